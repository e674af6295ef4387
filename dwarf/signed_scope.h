/*
 * Signed scope: a class that a unit only declares by the signature of the type
 * unit that defines it.
 *
 * gcc writes such declarations without the namespaces around them, with the
 * types within the class that the unit uses.
 */
#ifndef DWARF_SIGNED_SCOPE_H
#define DWARF_SIGNED_SCOPE_H

#include "dwarf/index.h"

/*
 * Names these scopes as their definitions are named, and all within them, in an
 * index that has all entries.
 */
void cw_signed_scopes_name(struct cw_index *index);

#endif

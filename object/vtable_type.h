/*
 * Vtable type: the debug info's type of a class whose vtable is known.
 *
 * Not here: finding vtables and the names of classes (object/vtable.h).
 */
#ifndef OBJECT_VTABLE_TYPE_H
#define OBJECT_VTABLE_TYPE_H

#include "dwarf/debug.h"

/*
 * The type of the class called @name, as the demangler writes it, whose vtable
 * is at @address.  The name alone decides when there is one type of it.  Else
 * "this" of the functions in the vtable does: compilers write template
 * arguments and lambdas otherwise than the demangler, and a name in an
 * anonymous namespace may stand for several classes.  NULL: none.
 */
const struct cw_type *cw_vtable_type(struct cw_debug *debug,
				     const struct cw_target *target,
				     cw_addr address, const char *name);

#endif

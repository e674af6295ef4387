/*
 * Call site: calls that the debug info describes.
 */
#ifndef DWARF_CALL_SITE_H
#define DWARF_CALL_SITE_H

#include "dwarf/function_read.h"

/* Adds the call site of that entry, if it says where it is. */
void cw_call_site_read(struct cw_function_reader *reader,
		       const struct cw_unit_entry *entry);

#endif

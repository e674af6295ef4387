/*
 * Operation: how long each operation of a DWARF expression is.
 */
#ifndef DWARF_OPERATION_H
#define DWARF_OPERATION_H

#include "dwarf/cursor.h"

/* Steps over the operation at the cursor.  False: it is not known how long. */
bool cw_operation_skip(struct cw_cursor *cursor);

#endif

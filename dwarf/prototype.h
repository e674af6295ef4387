/*
 * Prototype: what functions take and give, also of those that are only
 * declared.
 *
 * Not here: what others ask for (dwarf/scope.h).
 */
#ifndef DWARF_PROTOTYPE_H
#define DWARF_PROTOTYPE_H

#include "dwarf/function_read.h"

/* Takes note of what the reader's unit declares, the first time. */
void cw_declarations_note(struct cw_function_reader *reader);

#endif

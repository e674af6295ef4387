/*
 * Prototype: what functions take and give, also of those that are only
 * declared.
 *
 * Not here: what others ask for (dwarf/scope.h).
 */
#ifndef DWARF_PROTOTYPE_H
#define DWARF_PROTOTYPE_H

#include "dwarf/function_read.h"

/* Takes note of a declaration of that name in the reader's file. */
void cw_declaration_note(struct cw_function_reader *reader, const char *name,
			 uint64_t key);

#endif

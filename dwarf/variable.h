/*
 * Variable: what has static storage, read of one file after the other.
 *
 * Not here: those that live in frames (dwarf/frame_variable.h).
 */
#ifndef DWARF_VARIABLE_H
#define DWARF_VARIABLE_H

#include "dwarf/debug.h"
#include "dwarf/file.h"

struct cw_variable_list {
	struct cw_variable *items;
	size_t num, capacity;
};

/* Adds the variables of @file, which is the debug info of @module or a part. */
void cw_variables_read(struct cw_debug *debug, struct cw_module *module,
		       struct cw_debug_file *file,
		       struct cw_variable_list *ret);

/*
 * Sorts them as cw_debug_variables() gives them.  The same one may be described
 * by several units or inlined copies: one is left.
 */
void cw_variables_unite(struct cw_variable_list *list);

#endif

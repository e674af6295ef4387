/*
 * Debug private: what a debug shares with the rest of this folder only.
 */
#ifndef DWARF_DEBUG_PRIVATE_H
#define DWARF_DEBUG_PRIVATE_H

#include "dwarf/debug.h"
#include "dwarf/reader.h"
#include "dwarf/unwind.h"

struct cw_scope_store;

/* By number of the thread less 1; without frames: not yet unwound. */
struct cw_stacks {
	struct cw_stack *items;
	size_t num;
};

struct cw_stacks *cw_stacks_create(size_t num_threads);
void cw_stacks_destroy(struct cw_stacks *stacks);

/*
 * The file with the debug info of @module, opened now if it was not; NULL:
 * absent.  What cannot be opened is noted as a problem; fails only when the
 * user says stop.
 */
struct cw_error *cw_debug_file_of(struct cw_debug *debug,
				  const struct cw_module *module,
				  struct cw_debug_file **ret) cw_must_check;

/* Its arena is the debug's. */
struct cw_type_store *cw_debug_types(struct cw_debug *debug);
struct cw_scope_store *cw_debug_scopes(struct cw_debug *debug);
struct cw_stacks *cw_debug_stacks(struct cw_debug *debug);

#endif

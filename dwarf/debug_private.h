/*
 * Debug private: what a debug shares with the rest of this folder only.
 */
#ifndef DWARF_DEBUG_PRIVATE_H
#define DWARF_DEBUG_PRIVATE_H

#include "dwarf/debug.h"
#include "dwarf/reader.h"

struct cw_scope_store;

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

#endif

/*
 * Index walk: the pass over all DIEs that fills an index.
 */
#ifndef DWARF_INDEX_WALK_H
#define DWARF_INDEX_WALK_H

#include "dwarf/index.h"

/* Fills the arrays of @index, unsorted.  Stops early with what it has when the
 * file is damaged; fails only when the user says stop. */
struct cw_error *cw_index_walk(struct cw_index *index,
			       struct cw_progress *progress) cw_must_check;

/* Hash of a name with the scope's name before it. */
uint32_t cw_index_hash(const char *scope, const char *name);

#endif

/*
 * Reach: which blocks a root leads to, over any word that may be a pointer,
 * interior ones too.
 *
 * Marks blocks by windows of memory, without numbers, edges or types: a bit a
 * granule.  See `bench/` for what it costs.
 *
 * Not here: ways from a root to a block (object/path.h), clusters of what is
 * not reached (object/leak.h).
 */
#ifndef OBJECT_REACH_H
#define OBJECT_REACH_H

#include "base/progress.h"
#include "object/roots.h"

struct cw_reach {
	/* A bit a granule: set for starts of blocks that are reached or not
	 * in use.  starts & ~marks are the unreachable ones. */
	uint64_t *marks;
	uint64_t num_granules;
	struct cw_heap_count reachable, unreachable; /* used blocks */
	unsigned num_passes;
};

struct cw_error *cw_reach_create(const struct cw_heap *heap,
				 const struct cw_roots *roots,
				 struct cw_progress *progress,
				 struct cw_reach **ret) cw_must_check;
void cw_reach_destroy(struct cw_reach *reach);

/* Whether the used block that begins at @granule is reached. */
static inline bool cw_reach_has(const struct cw_reach *reach, uint64_t granule)
{
	return cw_bit_test(reach->marks, granule);
}

#endif

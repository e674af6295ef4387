/*
 * Reach: which blocks a root leads to, over any word that may be a pointer,
 * interior ones too.
 *
 * Marks blocks by windows of memory, without numbers, edges or types: a bit a
 * granule.  See `bench/` for what it costs.
 *
 * Strong words of roots (object/roots.h) and blocks are followed first, then
 * weak ones.
 *
 * Not here: ways from a root to a block (object/path.h), clusters of what is
 * not reached (object/leak.h).
 */
#ifndef OBJECT_REACH_H
#define OBJECT_REACH_H

#include "base/progress.h"
#include "object/number_word.h"
#include "object/roots.h"

struct cw_reach {
	/* A bit a granule: set for starts of blocks that are reached or not
	 * in use.  starts & ~marks are the unreachable ones. */
	uint64_t *marks;
	/* The same, by strong words alone.  NULL: as @marks. */
	uint64_t *strong_marks;
	uint64_t num_granules;
	/* Used blocks.  Weak ones are not among the reachable. */
	struct cw_heap_count reachable, weak, unreachable;
	unsigned num_passes;
};

/* @numbers: words of blocks that are weak; NULL: there are none. */
struct cw_error *cw_reach_create(const struct cw_heap *heap,
				 const struct cw_roots *roots,
				 const struct cw_number_words *numbers,
				 unsigned num_threads,
				 struct cw_progress *progress,
				 struct cw_reach **ret) cw_must_check;
void cw_reach_destroy(struct cw_reach *reach);

/* Whether the used block that begins at @granule is reached at all. */
static inline bool cw_reach_has(const struct cw_reach *reach, uint64_t granule)
{
	return cw_bit_test(reach->marks, granule);
}

/* Whether only weak words lead to it. */
static inline bool cw_reach_is_weak(const struct cw_reach *reach,
				    uint64_t granule)
{
	return reach->strong_marks && cw_bit_test(reach->marks, granule) &&
	       !cw_bit_test(reach->strong_marks, granule);
}

#endif

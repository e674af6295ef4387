/*
 * Rings: blocks that lead to themselves, in the whole heap or in its
 * unreachable part, and rings that are alike as groups.
 *
 * A ring is a strongly connected component with more than one block, or a
 * block that points to its own start; a list that is linked both ways is one
 * ring.  Rings are *alike* when blocks of the same kinds (the label, without
 * one the size) point to each other in the same way, whatever their number
 * (as in object/leak.h, with the same rule for when numbers part groups).
 *
 * Blocks that merely point into themselves behind their start (std::string
 * with a short text) are no rings: a ring of one needs a word that points to
 * the block's own start.
 *
 * Not here: whether the links of a ring own what they point to, which needs
 * types (object/audit.h).
 */
#ifndef OBJECT_RING_H
#define OBJECT_RING_H

#include "object/leak.h"

/* From one block of a ring to the next: which word holds what. */
struct cw_ring_step {
	cw_addr block;
	uint32_t label;
	uint64_t size;	 /* usable bytes */
	uint64_t offset; /* in block, of the word that points to the next */
	cw_addr value;	 /* of that word */
};

struct cw_ring_group {
	uint64_t signature; /* see struct cw_leak_group */
	bool is_identical;
	bool is_reachable; /* a root leads to it */
	uint32_t rings;
	struct cw_heap_count count;	 /* all of the group */
	uint32_t min_length, max_length; /* blocks in one ring */

	struct cw_leak_member *members; /* most bytes first */
	uint32_t num_members;

	/* Lowest block of each of some rings, lowest first. */
	cw_addr *examples;
	uint32_t num_examples;

	uint32_t first_ring; /* of the group, in the numbers of all rings */

	/* A shortest way round through the first example: the last step leads
	 * back to the first one's block.  It may leave out blocks. */
	struct cw_ring_step *steps;
	uint32_t num_steps;
};

struct cw_rings {
	uint32_t num_rings;
	struct cw_heap_count total;	  /* blocks in rings */
	struct cw_heap_count unreachable; /* of these */
	CW_ARRAY(struct cw_ring_group)
	groups; /* unreachable first, then most
		 * bytes first */
	/* The blocks of ring i, lowest first: blocks[first[i]] to
	 * blocks[first[i + 1]].  Those of one group follow each other. */
	uint32_t *first; /* num_rings + 1 */
	cw_addr *blocks; /* total.blocks */
	struct cw_arena arena;
};

/* Rings among the blocks that no root leads to.  @labels may be NULL. */
struct cw_error *cw_rings_create_lost(const struct cw_heap *heap,
				      const struct cw_reach *reach,
				      const struct cw_labels *labels,
				      struct cw_progress *progress,
				      struct cw_rings **ret) cw_must_check;

/*
 * Rings among all used blocks.  @graph is that of cw_edges_create_all();
 * @reach says which are reachable.
 */
struct cw_error *cw_rings_create_all(const struct cw_heap *heap,
				     const struct cw_reach *reach,
				     const struct cw_graph *graph,
				     const struct cw_labels *labels,
				     struct cw_progress *progress,
				     struct cw_rings **ret) cw_must_check;

void cw_rings_destroy(struct cw_rings *rings);

#endif

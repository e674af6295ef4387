/*
 * Edges: the words of blocks that point to blocks, as a graph.
 *
 * Nodes of the whole graph are block numbers (cw_block_index_number()), used
 * or not; only used blocks have edges and are pointed to.  A part graph has
 * its own, smaller numbers.
 *
 * Not here: the field that an edge comes from; it is worked out anew when it
 * is shown (object/reference.h).
 */
#ifndef OBJECT_EDGES_H
#define OBJECT_EDGES_H

#include "graph/graph.h"
#include "object/reach.h"

/* Edges among all used blocks.  The heap's index must be numbered. */
struct cw_error *cw_edges_create_all(const struct cw_heap *heap,
				     struct cw_progress *progress,
				     struct cw_graph *ret) cw_must_check;

/*
 * The used blocks that are not reached, in address order, and the edges among
 * them.
 */
struct cw_lost {
	struct cw_graph graph;
	uint64_t *granules; /* by node */
	/* By edge, a bit: it points behind the block's start.  In the order
	 * of graph.targets; an edge is interior when all its words are. */
	uint64_t *is_interior;
};

struct cw_error *cw_lost_init(struct cw_lost *lost, const struct cw_heap *heap,
			      const struct cw_reach *reach,
			      struct cw_progress *progress) cw_must_check;
void cw_lost_deinit(struct cw_lost *lost);

/* The node of the block that begins at @granule, or CW_NO_NODE. */
cw_node cw_lost_node(const struct cw_lost *lost, uint64_t granule);

/*
 * Blocks that words of roots (@is_strong: strong ones alone) point to, each
 * once, sorted; the caller frees.
 */
struct cw_error *cw_edges_root_blocks(const struct cw_heap *heap,
				      const struct cw_roots *roots,
				      bool is_strong, uint32_t **ret,
				      size_t *ret_num) cw_must_check;

#endif

/*
 * Holders: the tree of dominators, and what falls with each block.
 *
 * A block holds another when every way from a root to the other leads through
 * it.  Below the top, which stands for all roots together, the tree's nodes
 * are the reachable used blocks.
 *
 * 60 bytes a block while it is made, 28 when it is kept.
 */
#ifndef COMMAND_HOLDERS_H
#define COMMAND_HOLDERS_H

#include "graph/dominator.h"
#include "object/label.h"
#include "object/roots.h"

struct cw_holders {
	const struct cw_heap *heap;
	struct cw_dominators dominators;
	cw_node num_nodes; /* the top is number num_nodes */
	/* The children of n: children[first[n]] … children[first[n + 1] - 1],
	 * in the order of their numbers. */
	uint32_t *first;   /* num_nodes + 2 */
	cw_node *children; /* num_children */
	cw_node num_children;
	uint32_t *blocks; /* by node: how many it holds, itself too */
};

struct cw_error *cw_holders_create(const struct cw_heap *heap,
				   const struct cw_roots *roots,
				   const struct cw_graph *graph,
				   struct cw_progress *progress,
				   struct cw_holders **ret) cw_must_check;
void cw_holders_destroy(struct cw_holders *holders);

/* The block of a node. */
struct cw_block cw_holders_block(const struct cw_holders *holders,
				 cw_node node);

/*
 * The child that retains most, if it is at least @share of what @node retains;
 * else CW_NO_NODE.
 */
cw_node cw_holders_heir(const struct cw_holders *holders, cw_node node,
			double share);

/* Retained by all blocks of a kind together, what they hold of each other
 * counted once. */
struct cw_held_kind {
	uint32_t label;
	cw_node example; /* the one that retains most */
	struct cw_heap_count own, retained;
};

struct cw_held_kinds {
	CW_ARRAY(struct cw_held_kind) items; /* most retained bytes first */
};

struct cw_error *cw_holders_by_label(const struct cw_holders *holders,
				     const struct cw_labels *labels,
				     struct cw_held_kinds *ret) cw_must_check;
void cw_held_kinds_deinit(struct cw_held_kinds *kinds);

/* The @max children of @node that retain most, most first; the caller frees.
 * Returns how many. */
size_t cw_holders_largest(const struct cw_holders *holders, cw_node node,
			  size_t max, cw_node **ret);

#endif

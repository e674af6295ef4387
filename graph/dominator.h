/*
 * Dominators: what goes when a node goes (semi-NCA, iterative).
 */
#ifndef GRAPH_DOMINATOR_H
#define GRAPH_DOMINATOR_H

#include <stddef.h>

#include "base/progress.h"
#include "graph/graph.h"

struct cw_dominators {
	cw_node num_nodes;
	/* By node: its immediate dominator; CW_NO_NODE: only the roots
	 * together, or it is not reached at all (see is_reached). */
	cw_node *immediate;
	uint64_t *is_reached; /* bits */
	uint64_t *retained;   /* by node: sum of the sizes that it dominates,
			       * its own too; 0 when it is not reached */
};

/*
 * @roots are nodes that something outside of the graph points to.  @sizes
 * gives each node's own bytes.
 */
struct cw_error *cw_dominators_init(struct cw_dominators *dominators,
				    const struct cw_graph *graph,
				    const cw_node *roots, size_t num_roots,
				    const uint64_t *sizes,
				    struct cw_progress *progress) cw_must_check;
void cw_dominators_deinit(struct cw_dominators *dominators);

#endif

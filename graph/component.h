/*
 * Components: strongly connected ones; a ring is one with more than one node,
 * or one node that points to itself.
 */
#ifndef GRAPH_COMPONENT_H
#define GRAPH_COMPONENT_H

#include "base/progress.h"
#include "graph/graph.h"

struct cw_components {
	uint32_t num;
	/* By node.  Components are numbered in reverse topological order: an
	 * edge between two leads from the higher number to the lower. */
	uint32_t *of;
	cw_node num_nodes;
};

struct cw_error *cw_components_init(struct cw_components *components,
				    const struct cw_graph *graph,
				    struct cw_progress *progress) cw_must_check;
void cw_components_deinit(struct cw_components *components);

#endif

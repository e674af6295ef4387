/*
 * Graph: numbered nodes and the edges between them, in compressed rows.
 *
 * The edges of node n are targets[first[n]] … targets[first[n + 1] - 1].  A
 * target may be there twice: only repeats close to each other are dropped.
 * Nodes are in the order of the blocks' addresses, so "lower node" is "lower
 * address".
 *
 * Not here: what nodes stand for; this folder never sees an address.
 */
#ifndef GRAPH_GRAPH_H
#define GRAPH_GRAPH_H

#include <stdint.h>

#include "base/error.h"

/* A number of a node; never an address. */
typedef uint32_t cw_node;

#define CW_NO_NODE UINT32_MAX

struct cw_graph {
	cw_node num_nodes;
	uint32_t num_edges;
	uint32_t *first; /* num_nodes + 1 */
	cw_node *targets;
	/* Private: what the arrays have room for. */
	uint32_t max_edges;
	cw_node built; /* nodes whose edges are complete */
	/* Edges that did not fit any more; 0 unless max_edges was too low. */
	uint64_t num_dropped;
};

/*
 * An empty graph that is then filled in node order: cw_graph_edge() for each
 * edge of node 0, cw_graph_next(), then node 1, and so on.
 * Room for @max_edges is address space until it is used.
 */
struct cw_error *cw_graph_init(struct cw_graph *graph, cw_node num_nodes,
			       uint32_t max_edges) cw_must_check;
void cw_graph_deinit(struct cw_graph *graph);

/* Drops repeats among the last few edges of the same node. */
static inline void cw_graph_edge(struct cw_graph *graph, cw_node target)
{
	uint32_t row = graph->first[graph->built];
	uint32_t seen = graph->num_edges > row + 8 ? graph->num_edges - 8 : row;

	for (uint32_t i = seen; i < graph->num_edges; i++)
		if (graph->targets[i] == target)
			return;
	if (graph->num_edges < graph->max_edges)
		graph->targets[graph->num_edges++] = target;
	else
		graph->num_dropped++;
}

static inline void cw_graph_next(struct cw_graph *graph)
{
	graph->first[++graph->built] = graph->num_edges;
}

/* The graph with all edges turned round, each row in ascending order. */
struct cw_error *cw_graph_reverse(const struct cw_graph *graph,
				  struct cw_graph *ret) cw_must_check;

#endif

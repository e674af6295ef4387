#include "graph/graph.h"

#include "base/memory.h"

static size_t first_size(cw_node num_nodes)
{
	return ((size_t)num_nodes + 1) * sizeof(uint32_t);
}

struct cw_error *cw_graph_init(struct cw_graph *graph, cw_node num_nodes,
			       uint32_t max_edges)
{
	struct cw_graph new = {.num_nodes = num_nodes, .max_edges = max_edges};
	struct cw_error *err =
		cw_bulk_alloc_huge(first_size(num_nodes), &new.first);

	if (!err)
		err = cw_bulk_alloc_huge((size_t)max_edges * sizeof(cw_node),
					 &new.targets);
	if (err) {
		cw_graph_deinit(&new);
		return cw_error_in(err, "graph of %u nodes", num_nodes);
	}
	*graph = new;
	return NULL;
}

void cw_graph_deinit(struct cw_graph *graph)
{
	cw_bulk_free(graph->first, first_size(graph->num_nodes));
	cw_bulk_free(graph->targets,
		     (size_t)graph->max_edges * sizeof(cw_node));
	*graph = (struct cw_graph){0};
}

struct cw_error *cw_graph_reverse(const struct cw_graph *graph,
				  struct cw_graph *ret)
{
	struct cw_graph new;
	struct cw_error *err =
		cw_graph_init(&new, graph->num_nodes, graph->num_edges);

	if (err)
		return err;

	for (uint32_t i = 0; i < graph->num_edges; i++)
		new.first[graph->targets[i]]++;

	/* The end of each row; filling backwards then leaves its start. */
	uint32_t sum = 0;
	for (cw_node node = 0; node < graph->num_nodes; node++)
		new.first[node] = sum += new.first[node];
	new.first[graph->num_nodes] = sum;

	for (cw_node node = graph->num_nodes; node-- > 0;)
		for (uint32_t i = graph->first[node + 1];
		     i-- > graph->first[node];)
			new.targets[--new.first[graph->targets[i]]] = node;

	new.num_edges = graph->num_edges;
	new.built = graph->num_nodes;
	*ret = new;
	return NULL;
}

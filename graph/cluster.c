#include "graph/cluster.h"

#include <string.h>

#include "base/bits.h"
#include "base/memory.h"

#define NO_CLUSTER UINT32_MAX

static size_t bits_size(uint64_t num)
{
	return cw_bits_words(num) * sizeof(uint64_t);
}

/* Sets the bit of each component that another one points to. */
static void find_held(const struct cw_graph *graph,
		      const struct cw_components *components, uint64_t *is_held)
{
	for (cw_node node = 0; node < graph->num_nodes; node++) {
		uint32_t from = components->of[node];

		for (uint32_t i = graph->first[node];
		     i < graph->first[node + 1]; i++) {
			uint32_t to = components->of[graph->targets[i]];
			if (to != from)
				cw_bit_set(is_held, to);
		}
	}
}

/*
 * Adds what @members[begin …] lead to, in breadth-first order, to the end of
 * the list; only nodes of @component unless that is NO_CLUSTER.
 */
static uint32_t spread(struct cw_clusters *clusters,
		       const struct cw_graph *graph,
		       const struct cw_components *components,
		       uint32_t component, uint32_t begin, uint32_t end)
{
	for (uint32_t at = begin; at < end; at++) {
		cw_node node = clusters->members[at];

		for (uint32_t i = graph->first[node];
		     i < graph->first[node + 1]; i++) {
			cw_node target = graph->targets[i];
			if (clusters->of[target] != NO_CLUSTER)
				continue;
			if (component != NO_CLUSTER &&
			    components->of[target] != component)
				continue;
			clusters->of[target] = clusters->num;
			clusters->members[end++] = target;
		}
	}
	return end;
}

/* Heads in the order of their lowest nodes, each with what is still free. */
static void collect(struct cw_clusters *clusters, const struct cw_graph *graph,
		    const struct cw_components *components,
		    const uint64_t *is_held)
{
	uint32_t end = 0;

	for (cw_node node = 0; node < graph->num_nodes; node++) {
		uint32_t component = components->of[node];
		if (clusters->of[node] != NO_CLUSTER ||
		    cw_bit_test(is_held, component))
			continue;

		uint32_t begin = end;
		clusters->first[clusters->num] = begin;
		clusters->head[clusters->num] = node;
		clusters->of[node] = clusters->num;
		clusters->members[end++] = node;
		end = spread(clusters, graph, components, component, begin,
			     end);
		clusters->head_size[clusters->num] = end - begin;
		end = spread(clusters, graph, components, NO_CLUSTER, begin,
			     end);
		clusters->num++;
	}
	clusters->first[clusters->num] = end;
}

struct cw_error *cw_clusters_init(struct cw_clusters *clusters,
				  const struct cw_graph *graph,
				  const struct cw_components *components)
{
	size_t size = (size_t)graph->num_nodes * sizeof(uint32_t);
	struct cw_clusters new = {.num_nodes = graph->num_nodes};
	uint64_t *is_held = NULL;
	struct cw_error *err =
		cw_bulk_alloc(bits_size(components->num), &is_held);

	if (!err)
		err = cw_bulk_alloc_huge(size, &new.of);
	if (!err)
		err = cw_bulk_alloc(size, &new.head);
	if (!err)
		err = cw_bulk_alloc(size + sizeof(uint32_t), &new.first);
	if (!err)
		err = cw_bulk_alloc_huge(size, &new.members);
	if (!err)
		err = cw_bulk_alloc(size, &new.head_size);
	if (!err) {
		memset(new.of, 0xff, size);
		find_held(graph, components, is_held);
		collect(&new, graph, components, is_held);
		*clusters = new;
	} else {
		cw_clusters_deinit(&new);
	}
	cw_bulk_free(is_held, bits_size(components->num));
	return cw_error_in(err, "clusters");
}

void cw_clusters_deinit(struct cw_clusters *clusters)
{
	size_t size = (size_t)clusters->num_nodes * sizeof(uint32_t);

	cw_bulk_free(clusters->of, size);
	cw_bulk_free(clusters->head, size);
	cw_bulk_free(clusters->first, size + sizeof(uint32_t));
	cw_bulk_free(clusters->members, size);
	cw_bulk_free(clusters->head_size, size);
	*clusters = (struct cw_clusters){0};
}

/*
 * Graph algorithms against slow, obvious ones on random graphs.
 *
 * Everything is worked out from "which nodes are reached from here", by a
 * matrix: components are nodes that reach each other, a dominator is a node
 * without which another is not reached.
 */
#include "base/bits.h"
#include "base/memory.h"
#include "graph/cluster.h"
#include "graph/component.h"
#include "graph/dominator.h"
#include "tests/unit/check.h"

enum { MAX = 24, ROUNDS = 6000 };

static uint64_t state = 88172645463325252;

static uint32_t draw(uint32_t limit)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (state >> 11) % limit;
}

static struct cw_graph draw_graph(void)
{
	struct cw_graph graph;
	cw_node num = 1 + draw(MAX);
	/* From hardly any edges to many; some graphs are mostly chains. */
	uint32_t density = draw(4), chain = draw(3);

	check_ok(cw_graph_init(&graph, num, MAX * MAX * 2));
	for (cw_node node = 0; node < num; node++) {
		if (chain == 1 && node + 1 < num)
			cw_graph_edge(&graph, node + 1);
		if (chain == 2 && node > 0)
			cw_graph_edge(&graph, node - 1);
		uint32_t edges = draw(1 + density);
		for (uint32_t i = 0; i < edges; i++)
			cw_graph_edge(&graph, draw(num));
		cw_graph_next(&graph);
	}
	return graph;
}

/* Which nodes @from reaches, itself too, without passing @without. */
static uint32_t reached_from(const struct cw_graph *graph, uint32_t from,
			     cw_node without)
{
	uint32_t blocked = without == CW_NO_NODE ? 0 : UINT32_C(1) << without;
	uint32_t reached = from & ~blocked;

	for (;;) {
		uint32_t more = reached;

		for (cw_node node = 0; node < graph->num_nodes; node++)
			if (reached >> node & 1)
				for (uint32_t i = graph->first[node];
				     i < graph->first[node + 1]; i++)
					more |= UINT32_C(1)
						<< graph->targets[i];
		more &= ~blocked;
		if (more == reached)
			return reached;
		reached = more;
	}
}

static void check_reverse(const struct cw_graph *graph)
{
	struct cw_graph reverse, twice;

	check_ok(cw_graph_reverse(graph, &reverse));
	check_same(graph->num_edges, reverse.num_edges);
	for (cw_node node = 0; node < graph->num_nodes; node++)
		for (uint32_t i = reverse.first[node];
		     i < reverse.first[node + 1]; i++) {
			cw_node source = reverse.targets[i];
			uint32_t found = 0;

			check(i == reverse.first[node] ||
			      reverse.targets[i - 1] <= source);
			for (uint32_t j = graph->first[source];
			     j < graph->first[source + 1]; j++)
				found += graph->targets[j] == node;
			check(found > 0);
		}
	check_ok(cw_graph_reverse(&reverse, &twice));
	for (cw_node node = 0; node <= graph->num_nodes; node++)
		check_same(graph->first[node], twice.first[node]);
	cw_graph_deinit(&twice);
	cw_graph_deinit(&reverse);
}

static void check_components(const struct cw_graph *graph,
			     const struct cw_components *components,
			     const uint32_t *reach)
{
	uint32_t seen = 0;

	for (cw_node a = 0; a < graph->num_nodes; a++) {
		check(components->of[a] < components->num);
		seen |= UINT32_C(1) << components->of[a];
		for (cw_node b = 0; b < graph->num_nodes; b++) {
			bool together =
				(reach[a] >> b & 1) && (reach[b] >> a & 1);
			check_same(together,
				   components->of[a] == components->of[b]);
		}
		for (uint32_t i = graph->first[a]; i < graph->first[a + 1]; i++)
			check(components->of[graph->targets[i]] <=
			      components->of[a]);
	}
	check_same(components->num, (uint32_t)__builtin_popcount(seen));
}

static void check_clusters(const struct cw_graph *graph,
			   const struct cw_components *components,
			   const uint32_t *reach)
{
	struct cw_clusters clusters;
	uint32_t taken = 0, num = 0;

	check_ok(cw_clusters_init(&clusters, graph, components));
	for (cw_node node = 0; node < graph->num_nodes; node++) {
		uint32_t ring = 0, holders = 0;

		for (cw_node other = 0; other < graph->num_nodes; other++) {
			if (!(reach[other] >> node & 1))
				continue;
			if (reach[node] >> other & 1)
				ring |= UINT32_C(1) << other;
			else
				holders |= UINT32_C(1) << other;
		}
		if (holders != 0 || (ring & ((UINT32_C(1) << node) - 1)))
			continue; /* not a head, or not its lowest node */

		uint32_t wanted = reach[node] & ~taken, got = 0, head = 0;
		check(num < clusters.num);
		check_same(node, clusters.head[num]);
		for (uint32_t i = clusters.first[num];
		     i < clusters.first[num + 1]; i++) {
			uint32_t bit = UINT32_C(1) << clusters.members[i];

			check(!(got & bit));
			got |= bit;
			if (i < clusters.first[num] + clusters.head_size[num])
				head |= bit;
			check_same(num, clusters.of[clusters.members[i]]);
		}
		check_same(wanted, got);
		check_same(ring, head);
		taken |= wanted;
		num++;
	}
	check_same(num, clusters.num);
	check_same(UINT32_MAX >> (32 - graph->num_nodes), taken);
	cw_clusters_deinit(&clusters);
}

static void check_dominators(const struct cw_graph *graph)
{
	struct cw_dominators dominators;
	cw_node roots[MAX];
	size_t num_roots = draw(4);
	uint64_t sizes[MAX];
	uint32_t starts = 0;

	for (size_t i = 0; i < num_roots; i++) {
		roots[i] = draw(graph->num_nodes);
		starts |= UINT32_C(1) << roots[i];
	}
	for (cw_node node = 0; node < graph->num_nodes; node++)
		sizes[node] = draw(1000);
	check_ok(cw_dominators_init(&dominators, graph, roots, num_roots, sizes,
				    NULL));

	uint32_t all = reached_from(graph, starts, CW_NO_NODE);
	uint32_t lost[MAX]; /* by node: what is not reached without it */
	for (cw_node node = 0; node < graph->num_nodes; node++)
		lost[node] = all & ~reached_from(graph, starts, node);

	for (cw_node node = 0; node < graph->num_nodes; node++) {
		uint64_t retained = 0;
		cw_node immediate = CW_NO_NODE;

		check_same(all >> node & 1,
			   cw_bit_test(dominators.is_reached, node));
		for (cw_node other = 0; other < graph->num_nodes; other++) {
			if (lost[node] >> other & 1)
				retained += sizes[other];
			/* The dominator that loses least is the nearest. */
			if (other != node && (lost[other] >> node & 1) &&
			    (immediate == CW_NO_NODE ||
			     (lost[immediate] >> other & 1)))
				immediate = other;
		}
		check_same(retained, dominators.retained[node]);
		check_same(immediate, dominators.immediate[node]);
	}
	cw_dominators_deinit(&dominators);
}

/* Nothing may recurse: a chain, a ring and a back-linked list a million long */
static void check_deep(void)
{
	enum { LENGTH = 1000000 };
	struct cw_graph graph;
	struct cw_components components;
	struct cw_dominators dominators;
	uint64_t *sizes = cw_alloc(LENGTH * sizeof(*sizes));
	cw_node root = 0;

	for (int is_ring = 0; is_ring <= 1; is_ring++) {
		check_ok(cw_graph_init(&graph, LENGTH, 2 * LENGTH));
		for (cw_node node = 0; node < LENGTH; node++) {
			sizes[node] = 1;
			if (node + 1 < LENGTH || is_ring)
				cw_graph_edge(&graph, (node + 1) % LENGTH);
			if (is_ring && node > 0)
				cw_graph_edge(&graph, node - 1);
			cw_graph_next(&graph);
		}
		check_ok(cw_components_init(&components, &graph, NULL));
		check_same(is_ring ? 1 : LENGTH, components.num);
		check_ok(cw_dominators_init(&dominators, &graph, &root, 1,
					    sizes, NULL));
		check_same(LENGTH, dominators.retained[0]);
		check_same(is_ring ? LENGTH / 2 : LENGTH - 500,
			   dominators.retained[is_ring ? LENGTH / 2 : 500]);
		cw_dominators_deinit(&dominators);
		cw_components_deinit(&components);
		cw_graph_deinit(&graph);
	}
	free(sizes);
}

static void check_empty(void)
{
	struct cw_graph graph, reverse;
	struct cw_components components;
	struct cw_clusters clusters;
	struct cw_dominators dominators;

	check_ok(cw_graph_init(&graph, 0, 0));
	check_ok(cw_graph_reverse(&graph, &reverse));
	check_ok(cw_components_init(&components, &graph, NULL));
	check_ok(cw_clusters_init(&clusters, &graph, &components));
	check_ok(cw_dominators_init(&dominators, &graph, NULL, 0, NULL, NULL));
	check_same(0, components.num);
	check_same(0, clusters.num);
	cw_dominators_deinit(&dominators);
	cw_clusters_deinit(&clusters);
	cw_components_deinit(&components);
	cw_graph_deinit(&reverse);
	cw_graph_deinit(&graph);
}

int main(void)
{
	for (int round = 0; round < ROUNDS; round++) {
		struct cw_graph graph = draw_graph();
		struct cw_components components;
		uint32_t reach[MAX];

		for (cw_node node = 0; node < graph.num_nodes; node++)
			reach[node] = reached_from(&graph, UINT32_C(1) << node,
						   CW_NO_NODE);
		check_reverse(&graph);
		check_ok(cw_components_init(&components, &graph, NULL));
		check_components(&graph, &components, reach);
		check_clusters(&graph, &components, reach);
		check_dominators(&graph);
		cw_components_deinit(&components);
		cw_graph_deinit(&graph);
	}
	check_deep();
	check_empty();
	return 0;
}

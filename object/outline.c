#include "object/outline.h"

static struct cw_outline outline_ring(const struct cw_leaks *leaks,
				      cw_node head, uint32_t head_size)
{
	const struct cw_graph *graph = &leaks->lost.graph;
	struct cw_outline outline = {CW_LEAK_RING, head_size, CW_NO_NODE};

	for (uint32_t i = graph->first[head]; i < graph->first[head + 1]; i++) {
		cw_node target = graph->targets[i];
		if (leaks->components.of[target] ==
			    leaks->components.of[head] &&
		    (outline.next == CW_NO_NODE || outline.next == head))
			outline.next = target;
	}
	return outline;
}

/* Follows edges between blocks of the head's class. */
static struct cw_outline outline_chain(const struct cw_leaks *leaks,
				       const uint32_t *classes,
				       uint32_t cluster, const cw_node *members,
				       uint32_t num)
{
	const struct cw_graph *graph = &leaks->lost.graph;
	cw_node head = members[0];
	struct cw_outline outline = {CW_LEAK_OWNER, 0, CW_NO_NODE};
	uint32_t num_links = 0;
	bool has_branch = false;

	for (uint32_t i = 0; i < num; i++) {
		cw_node node = members[i];
		uint32_t links = 0;

		if (classes[node] != classes[head])
			continue;
		outline.length++;
		for (uint32_t j = graph->first[node];
		     j < graph->first[node + 1]; j++) {
			cw_node target = graph->targets[j];
			if (leaks->clusters.of[target] != cluster ||
			    classes[target] != classes[head] || target == node)
				continue;
			links++;
			if (node == head && outline.next == CW_NO_NODE)
				outline.next = target;
		}
		num_links += links;
		has_branch |= links > 1;
	}
	if (num_links == 0)
		outline.length = 1;
	else if (!has_branch && num_links + 1 == outline.length &&
		 outline.next != CW_NO_NODE)
		outline.shape = CW_LEAK_CHAIN;
	else
		outline.shape = CW_LEAK_TREE;
	return outline;
}

static bool has_self_link(const struct cw_leaks *leaks, cw_node node)
{
	const struct cw_graph *graph = &leaks->lost.graph;

	for (uint32_t i = graph->first[node]; i < graph->first[node + 1]; i++)
		if (graph->targets[i] == node &&
		    !cw_bit_test(leaks->lost.is_interior, i))
			return true;
	return false;
}

struct cw_outline cw_outline_of(const struct cw_leaks *leaks,
				const uint32_t *classes, uint32_t cluster)
{
	uint32_t num, head_size = leaks->clusters.head_size[cluster];
	const cw_node *members = cw_leaks_cluster(leaks, cluster, &num);

	if (head_size > 1 || has_self_link(leaks, members[0]))
		return outline_ring(leaks, members[0], head_size);
	if (num == 1)
		return (struct cw_outline){CW_LEAK_BLOCK, 1, CW_NO_NODE};
	return outline_chain(leaks, classes, cluster, members, num);
}

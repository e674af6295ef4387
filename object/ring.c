#include "object/ring.h"

#include <stdlib.h>

#include "base/memory.h"
#include "graph/component.h"
#include "object/extent.h"
#include "object/pattern.h"
#include "object/reference.h"

enum { MAX_EXAMPLES = 16, STEP = 1 << 18 };

/* What the two kinds of search share. */
struct ring_finder {
	const struct cw_heap *heap;
	const struct cw_reach *reach;
	const struct cw_graph *graph;
	const struct cw_lost *lost; /* or NULL: nodes are block numbers */
	struct cw_progress *progress;
	struct cw_rings *rings;

	struct cw_components components;
	uint32_t *component_size; /* by component */
	/* Nodes in rings, those of each ring together, lowest first. */
	cw_node *nodes;
	uint32_t num_nodes;
	CW_ARRAY(uint32_t) first; /* by ring, one more at the end: in nodes */
	CW_ARRAY(uint32_t) identities; /* by ring */
	struct cw_patterns patterns;
	struct cw_grouping grouping;
	struct cw_members members;
};

static uint64_t granule_of(const struct ring_finder *finder, cw_node node)
{
	return finder->lost
		       ? finder->lost->granules[node]
		       : cw_block_index_granule_of(&finder->heap->index, node);
}

static bool block_of(const struct ring_finder *finder, cw_node node,
		     struct cw_block *ret)
{
	const struct cw_block_index *index = &finder->heap->index;

	return cw_heap_block_at(
		finder->heap,
		cw_block_index_address(index, granule_of(finder, node)), ret);
}

/* Whether a word of the block points to its own start. */
static bool has_self_link(const struct ring_finder *finder, cw_node node)
{
	const struct cw_graph *graph = finder->graph;
	bool has_edge = false;

	for (uint32_t i = graph->first[node]; i < graph->first[node + 1]; i++)
		has_edge |= graph->targets[i] == node;
	if (!has_edge)
		return false;

	struct cw_block block;
	uint64_t offset;
	cw_addr value;
	return block_of(finder, node, &block) &&
	       cw_reference_between(finder->heap, NULL, &block, &block, &offset,
				    &value) &&
	       value == block.address;
}

/* Sizes of components; alone and no ring becomes 0. */
static struct cw_error *measure(struct ring_finder *finder)
{
	const struct cw_graph *graph = finder->graph;
	const uint32_t *of = finder->components.of;
	struct cw_error *err =
		cw_bulk_alloc((size_t)finder->components.num * sizeof(uint32_t),
			      &finder->component_size);

	if (err)
		return err;
	for (cw_node node = 0; node < graph->num_nodes; node++)
		finder->component_size[of[node]]++;
	for (cw_node node = 0; node < graph->num_nodes; node++) {
		uint32_t *size = &finder->component_size[of[node]];

		if (*size == 1 && !has_self_link(finder, node))
			*size = 0;
		finder->num_nodes += *size > 0;
	}
	return NULL;
}

/* Rings are numbered by their lowest blocks. */
static struct cw_error *collect(struct ring_finder *finder)
{
	const uint32_t *of = finder->components.of;
	uint32_t *place = finder->component_size; /* from here on: next free */
	uint32_t end = 0;
	size_t seen_size =
		cw_bits_words(finder->components.num) * sizeof(uint64_t);
	uint64_t *is_seen;
	struct cw_error *err = cw_bulk_alloc(
		(size_t)finder->num_nodes * sizeof(cw_node), &finder->nodes);

	if (!err)
		err = cw_bulk_alloc(seen_size, &is_seen);
	if (err)
		return err;
	for (cw_node node = 0; node < finder->graph->num_nodes; node++) {
		uint32_t component = of[node];

		if (!cw_bit_test(is_seen, component)) {
			uint32_t size = finder->component_size[component];
			if (size == 0)
				continue;
			cw_bit_set(is_seen, component);
			*cw_array_push(&finder->first) = end;
			place[component] = end;
			end += size;
		}
		finder->nodes[place[component]++] = node;
	}
	*cw_array_push(&finder->first) = end;
	cw_bulk_free(is_seen, seen_size);
	return NULL;
}

static struct cw_error *group_rings(struct ring_finder *finder,
				    const struct cw_labels *labels)
{
	struct cw_patterns *patterns = &finder->patterns;
	uint32_t num_rings = finder->first.num - 1;
	struct cw_error *err = cw_patterns_init(patterns, finder->graph);

	if (err)
		return err;
	cw_progress_begin(finder->progress, "grouping rings", num_rings);
	for (uint32_t i = 0; i < num_rings; i++) {
		const cw_node *nodes = finder->nodes + finder->first.items[i];
		uint32_t num =
			finder->first.items[i + 1] - finder->first.items[i];

		for (uint32_t j = 0; j < num; j++) {
			struct cw_block block;
			if (!block_of(finder, nodes[j], &block))
				continue;
			patterns->sizes[nodes[j]] = block.size;
			patterns->labels[nodes[j]] =
				cw_label_of(labels, &block);
		}
		/* Reachable and not are never one group. */
		struct cw_pattern pattern = cw_patterns_of(
			patterns, nodes, num, num, finder->components.of,
			finder->components.of[nodes[0]]);
		if (cw_reach_has(finder->reach, granule_of(finder, nodes[0]))) {
			pattern.structure = cw_hash_mix(pattern.structure);
			pattern.identity = cw_hash_mix(pattern.identity);
		}
		*cw_array_push(&finder->identities) =
			cw_grouping_add(&finder->grouping, &pattern);
		if (i % STEP == STEP - 1) {
			err = cw_progress_step(finder->progress, i);
			if (err)
				return err;
		}
	}
	cw_grouping_settle(&finder->grouping);
	return NULL;
}

static struct cw_ring_step step_between(const struct ring_finder *finder,
					cw_node from, cw_node to)
{
	struct cw_block from_block, to_block;
	struct cw_ring_step step = {
		.label = finder->patterns.labels[from],
		.size = finder->patterns.sizes[from],
	};

	if (block_of(finder, from, &from_block) &&
	    block_of(finder, to, &to_block)) {
		step.block = from_block.address;
		cw_reference_between(finder->heap, NULL, &from_block, &to_block,
				     &step.offset, &step.value);
	}
	return step;
}

/* A shortest way from @start back to it, breadth first within the ring. */
static void find_way(struct ring_finder *finder, cw_node start, uint32_t size,
		     struct cw_ring_group *group)
{
	const struct cw_graph *graph = finder->graph;
	const uint32_t *of = finder->components.of;
	cw_cleanup_free cw_node *queue = cw_alloc(size * sizeof(*queue));
	cw_cleanup_free uint32_t *before = cw_alloc(size * sizeof(*before));
	struct cw_map seen;
	uint32_t end = 0, at;

	cw_map_init(&seen);
	cw_map_set(&seen, start, 0);
	queue[end++] = start;
	for (at = 0; at < end; at++) {
		cw_node node = queue[at];
		bool is_back = false;

		for (uint32_t i = graph->first[node];
		     i < graph->first[node + 1]; i++) {
			cw_node target = graph->targets[i];
			uint32_t number;

			/* A block that points into itself is no way round. */
			if (target == start && (node != start || size == 1))
				is_back = true;
			if (of[target] != of[start] ||
			    cw_map_get(&seen, target, &number) || end == size)
				continue;
			cw_map_set(&seen, target, end);
			before[end] = at;
			queue[end++] = target;
		}
		if (is_back)
			break;
	}
	cw_map_deinit(&seen);
	if (at == end)
		return;

	uint32_t num = 1;
	for (uint32_t i = at; i != 0; i = before[i])
		num++;
	group->steps = cw_arena_alloc(&finder->rings->arena,
				      num * sizeof(*group->steps));
	group->num_steps = num;
	cw_node next = start;
	for (uint32_t i = at; num-- > 0; i = before[i]) {
		group->steps[num] = step_between(finder, queue[i], next);
		next = queue[i];
	}
}

static void begin_group(struct ring_finder *finder, uint32_t ring,
			struct cw_ring_group *group)
{
	uint32_t identity = finder->identities.items[ring];
	const struct cw_pattern *pattern =
		&finder->grouping.patterns.items[identity];
	uint32_t first = finder->first.items[ring];
	uint32_t size = finder->first.items[ring + 1] - first;
	cw_node lowest = finder->nodes[first];

	group->is_identical =
		cw_grouping_is_identical(&finder->grouping, identity);
	group->signature =
		group->is_identical ? pattern->identity : pattern->structure;
	group->is_reachable =
		cw_reach_has(finder->reach, granule_of(finder, lowest));
	group->min_length = group->max_length = size;
	group->examples = cw_arena_alloc(
		&finder->rings->arena, MAX_EXAMPLES * sizeof(*group->examples));
	find_way(finder, lowest, size, group);
}

static void add_ring(struct ring_finder *finder, uint32_t ring,
		     struct cw_ring_group *groups)
{
	struct cw_rings *rings = finder->rings;
	uint32_t number =
		finder->grouping.groups.items[finder->identities.items[ring]];
	struct cw_ring_group *group = &groups[number];
	uint32_t first = finder->first.items[ring];
	uint32_t size = finder->first.items[ring + 1] - first;

	if (group->rings++ == 0)
		begin_group(finder, ring, group);
	if (group->num_examples < MAX_EXAMPLES)
		group->examples[group->num_examples++] = cw_block_index_address(
			&finder->heap->index,
			granule_of(finder, finder->nodes[first]));
	if (size < group->min_length)
		group->min_length = size;
	if (size > group->max_length)
		group->max_length = size;
	for (uint32_t i = 0; i < size; i++) {
		cw_node node = finder->nodes[first + i];
		uint64_t bytes = finder->patterns.sizes[node];

		group->count.blocks++;
		group->count.bytes += bytes;
		rings->total.blocks++;
		rings->total.bytes += bytes;
		if (!group->is_reachable) {
			rings->unreachable.blocks++;
			rings->unreachable.bytes += bytes;
		}
		cw_members_add(&finder->members, number,
			       finder->patterns.classes[node],
			       finder->patterns.labels[node], bytes);
	}
}

static int by_interest(const void *left, const void *right)
{
	const struct cw_ring_group *a = left, *b = right;

	if (a->is_reachable != b->is_reachable)
		return a->is_reachable ? 1 : -1;
	if (a->count.bytes != b->count.bytes)
		return a->count.bytes < b->count.bytes ? 1 : -1;
	return (a->examples[0] > b->examples[0]) -
	       (a->examples[0] < b->examples[0]);
}

/* Hands over which blocks are in which ring, in the order of the groups. */
static struct cw_error *keep_rings(struct ring_finder *finder,
				   const uint32_t *places)
{
	struct cw_rings *rings = finder->rings;
	cw_cleanup_free uint32_t *next =
		cw_alloc((rings->groups.num + 1) * sizeof(*next));
	cw_cleanup_free uint32_t *order =
		cw_alloc((rings->num_rings + 1) * sizeof(*order));
	uint32_t end = 0;

	struct cw_error *err = cw_bulk_alloc(
		(rings->num_rings + 1) * sizeof(*rings->first), &rings->first);
	if (!err)
		err = cw_bulk_alloc(rings->total.blocks *
					    sizeof(*rings->blocks),
				    &rings->blocks);
	if (err)
		return err;
	cw_array_foreach(group, &rings->groups)
	{
		uint32_t number = group - rings->groups.items;
		group->first_ring = next[number] = end;
		end += group->rings;
	}
	for (uint32_t i = 0; i < rings->num_rings; i++)
		order[next[places[finder->grouping.groups.items
					  [finder->identities.items[i]]]]++] =
			i;
	end = 0;
	for (uint32_t i = 0; i < rings->num_rings; i++) {
		uint32_t from = finder->first.items[order[i]];
		uint32_t to = finder->first.items[order[i] + 1];

		rings->first[i] = end;
		for (uint32_t j = from; j < to; j++)
			rings->blocks[end++] = cw_block_index_address(
				&finder->heap->index,
				granule_of(finder, finder->nodes[j]));
	}
	rings->first[rings->num_rings] = end;
	return NULL;
}

static struct cw_error *fill_groups(struct ring_finder *finder)
{
	struct cw_rings *rings = finder->rings;
	uint32_t num = finder->grouping.num_groups;
	cw_cleanup_free struct cw_ring_group *groups =
		cw_alloc(num * sizeof(*groups));
	cw_cleanup_free struct cw_leak_member **lists =
		cw_alloc(num * sizeof(*lists));
	cw_cleanup_free uint32_t *sizes = cw_alloc(num * sizeof(*sizes));

	rings->num_rings = finder->first.num - 1;
	for (uint32_t i = 0; i < rings->num_rings; i++)
		add_ring(finder, i, groups);
	cw_members_list(&finder->members, num, &rings->arena, lists, sizes);
	for (uint32_t i = 0; i < num; i++) {
		groups[i].members = lists[i];
		groups[i].num_members = sizes[i];
	}
	/* What first_ring will be says meanwhile which one it was. */
	for (uint32_t i = 0; i < num; i++)
		groups[i].first_ring = i;
	if (num > 1)
		qsort(groups, num, sizeof(*groups), by_interest);
	cw_cleanup_free uint32_t *places = cw_alloc(num * sizeof(*places));
	for (uint32_t i = 0; i < num; i++) {
		places[groups[i].first_ring] = i;
		*cw_array_push(&rings->groups) = groups[i];
	}
	return keep_rings(finder, places);
}

static struct cw_error *find_rings(struct ring_finder *finder,
				   const struct cw_labels *labels,
				   struct cw_rings **ret)
{
	finder->rings = cw_alloc(sizeof(*finder->rings));
	cw_arena_init(&finder->rings->arena);

	struct cw_error *err = cw_components_init(
		&finder->components, finder->graph, finder->progress);
	uint32_t num_components = finder->components.num;
	if (!err)
		err = measure(finder);
	if (!err)
		err = collect(finder);
	if (!err)
		err = group_rings(finder, labels);
	if (!err)
		err = fill_groups(finder);

	cw_components_deinit(&finder->components);
	cw_bulk_free(finder->component_size,
		     (size_t)num_components * sizeof(uint32_t));
	cw_bulk_free(finder->nodes,
		     (size_t)finder->num_nodes * sizeof(cw_node));
	cw_array_deinit(&finder->first);
	cw_array_deinit(&finder->identities);
	cw_patterns_deinit(&finder->patterns);
	cw_grouping_deinit(&finder->grouping);
	cw_members_deinit(&finder->members);
	if (err) {
		cw_rings_destroy(finder->rings);
		return cw_error_in(err, "rings");
	}
	*ret = finder->rings;
	return NULL;
}

struct cw_error *cw_rings_create_lost(const struct cw_heap *heap,
				      const struct cw_reach *reach,
				      const struct cw_labels *labels,
				      struct cw_progress *progress,
				      struct cw_rings **ret)
{
	struct cw_lost lost;
	struct cw_error *err = cw_lost_init(&lost, heap, reach, progress);

	if (err)
		return err;
	struct ring_finder finder = {
		.heap = heap,
		.reach = reach,
		.graph = &lost.graph,
		.lost = &lost,
		.progress = progress,
	};
	err = find_rings(&finder, labels, ret);
	cw_lost_deinit(&lost);
	return err;
}

struct cw_error *cw_rings_create_all(const struct cw_heap *heap,
				     const struct cw_reach *reach,
				     const struct cw_graph *graph,
				     const struct cw_labels *labels,
				     struct cw_progress *progress,
				     struct cw_rings **ret)
{
	struct ring_finder finder = {
		.heap = heap,
		.reach = reach,
		.graph = graph,
		.progress = progress,
	};

	return find_rings(&finder, labels, ret);
}

void cw_rings_destroy(struct cw_rings *rings)
{
	if (!rings)
		return;
	cw_bulk_free(rings->first,
		     (rings->num_rings + 1) * sizeof(*rings->first));
	cw_bulk_free(rings->blocks,
		     rings->total.blocks * sizeof(*rings->blocks));
	cw_array_deinit(&rings->groups);
	cw_arena_deinit(&rings->arena);
	free(rings);
}

#include "object/leak.h"

#include <stdlib.h>

#include "base/memory.h"
#include "object/extent.h"
#include "object/outline.h"
#include "object/pattern.h"
#include "object/reference.h"

enum { STEP = 1 << 16 }; /* clusters between looks at the progress */

static const char *const kind_names[] = {
	[CW_LEAK_DEFINITE] = "definite",
	[CW_LEAK_INDIRECT] = "indirect",
	[CW_LEAK_POSSIBLE] = "possible",
	[CW_LEAK_WEAK] = "weak",
};

const char *cw_leak_kind_name(enum cw_leak_kind kind)
{
	return kind_names[kind];
}

static const char *const shape_names[] = {
	[CW_LEAK_BLOCK] = "block", [CW_LEAK_RING] = "ring",
	[CW_LEAK_CHAIN] = "chain", [CW_LEAK_TREE] = "tree",
	[CW_LEAK_OWNER] = "owner",
};

const char *cw_leak_shape_name(enum cw_leak_shape shape)
{
	return shape_names[shape];
}

static void count_add(struct cw_heap_count *count, uint64_t bytes)
{
	count->blocks++;
	count->bytes += bytes;
}

struct grouper {
	const struct cw_heap *heap;
	struct cw_leaks *leaks;
	struct cw_patterns patterns;
	struct cw_grouping grouping;
	struct cw_members members;
	uint32_t *identities; /* by cluster; later its group's place */
	struct cw_progress *progress;
	bool is_weak; /* what is grouped */
};

cw_addr cw_leaks_address(const struct cw_leaks *leaks,
			 const struct cw_heap *heap, cw_node node)
{
	return cw_block_index_address(&heap->index, leaks->lost.granules[node]);
}

const cw_node *cw_leaks_cluster(const struct cw_leaks *leaks, uint32_t cluster,
				uint32_t *ret_num)
{
	uint32_t first = leaks->clusters.first[cluster];

	*ret_num = leaks->clusters.first[cluster + 1] - first;
	return leaks->clusters.members + first;
}

/* Size and label of each lost block; they come in address order. */
static void read_blocks(struct grouper *grouper, const struct cw_labels *labels)
{
	const struct cw_heap *heap = grouper->heap;
	const struct cw_lost *lost = &grouper->leaks->lost;
	size_t region = 0;

	for (cw_node node = 0; node < lost->graph.num_nodes; node++) {
		uint64_t granule = lost->granules[node];
		cw_addr address = cw_block_index_address(&heap->index, granule);
		uint64_t size =
			cw_extent_block_end(&heap->index, granule) - address;

		while (region + 1 < heap->regions.num &&
		       heap->regions.items[region].end <= address)
			region++;
		uint64_t trailer = heap->regions.items[region].trailer_size;
		struct cw_block block = {
			.address = address,
			.size = size > trailer ? size - trailer : 0,
			.state = CW_BLOCK_USED,
			.granule = granule,
			.region = &heap->regions.items[region],
		};
		grouper->patterns.sizes[node] = block.size;
		grouper->patterns.labels[node] = cw_label_of(labels, &block);
	}
}

/*
 * Definite are the heads; from them on, over pointers to starts, all is
 * indirect; what is left hangs on an interior pointer.
 */
static struct cw_error *find_kinds(struct cw_leaks *leaks, bool is_weak)
{
	const struct cw_graph *graph = &leaks->lost.graph;
	const struct cw_clusters *clusters = &leaks->clusters;
	size_t queue_size = (size_t)graph->num_nodes * sizeof(cw_node);
	cw_node *queue;
	cw_node end = 0;
	struct cw_error *err = cw_bulk_alloc(queue_size, &queue);

	if (err)
		return err;
	err = cw_bulk_alloc(graph->num_nodes, &leaks->kind);
	if (err) {
		cw_bulk_free(queue, queue_size);
		return err;
	}
	for (cw_node node = 0; node < graph->num_nodes; node++)
		leaks->kind[node] = is_weak ? CW_LEAK_WEAK : CW_LEAK_POSSIBLE;
	if (is_weak) {
		cw_bulk_free(queue, queue_size);
		return NULL;
	}
	for (uint32_t i = 0; i < clusters->num; i++) {
		for (uint32_t j = 0; j < clusters->head_size[i]; j++) {
			cw_node node =
				clusters->members[clusters->first[i] + j];
			leaks->kind[node] = CW_LEAK_DEFINITE;
			queue[end++] = node;
		}
	}
	for (cw_node at = 0; at < end; at++) {
		for (uint32_t i = graph->first[queue[at]];
		     i < graph->first[queue[at] + 1]; i++) {
			cw_node target = graph->targets[i];

			if (cw_bit_test(leaks->lost.is_interior, i) ||
			    leaks->kind[target] != CW_LEAK_POSSIBLE)
				continue;
			leaks->kind[target] = CW_LEAK_INDIRECT;
			queue[end++] = target;
		}
	}
	cw_bulk_free(queue, queue_size);
	return NULL;
}

static void block_of(const struct grouper *grouper, cw_node node,
		     struct cw_block *ret)
{
	cw_addr address = cw_leaks_address(grouper->leaks, grouper->heap, node);

	if (!cw_heap_block_at(grouper->heap, address, ret))
		*ret = (struct cw_block){.address = address};
}

static uint64_t link_offset(const struct grouper *grouper, cw_node from,
			    cw_node to)
{
	struct cw_block from_block, to_block;
	uint64_t offset;
	cw_addr value;

	if (to == CW_NO_NODE)
		return CW_NO_OFFSET;
	block_of(grouper, from, &from_block);
	block_of(grouper, to, &to_block);
	if (!cw_reference_between(grouper->heap, NULL, &from_block, &to_block,
				  &offset, &value))
		return CW_NO_OFFSET;
	return offset;
}

/* Clusters come in address order: the first of a group is its example. */
static void begin_group(const struct grouper *grouper, uint32_t cluster,
			const struct cw_outline *outline,
			struct cw_leak_group *group)
{
	const struct cw_grouping *grouping = &grouper->grouping;
	uint32_t identity = grouper->identities[cluster];
	const struct cw_pattern *pattern = &grouping->patterns.items[identity];
	cw_node head = grouper->leaks->clusters.head[cluster];

	group->structure = pattern->structure;
	group->is_identical = cw_grouping_is_identical(grouping, identity);
	group->signature =
		group->is_identical ? pattern->identity : pattern->structure;
	group->shape = outline->shape;
	group->head_label = grouper->patterns.labels[head];
	group->head_size = grouper->patterns.sizes[head];
	group->min_length = group->max_length = outline->length;
	group->link_offset = link_offset(grouper, head, outline->next);
	group->example = cw_leaks_address(grouper->leaks, grouper->heap, head);
}

static void add_cluster(struct grouper *grouper, uint32_t cluster,
			struct cw_leak_group *groups)
{
	struct cw_leaks *leaks = grouper->leaks;
	uint32_t identity = grouper->identities[cluster];
	uint32_t number = grouper->grouping.groups.items[identity];
	struct cw_leak_group *group = &groups[number];
	struct cw_outline outline =
		cw_outline_of(leaks, grouper->patterns.classes, cluster);
	uint32_t num;
	const cw_node *nodes = cw_leaks_cluster(leaks, cluster, &num);

	if (group->clusters++ == 0)
		begin_group(grouper, cluster, &outline, group);
	if (group->shape == CW_LEAK_CHAIN && outline.shape == CW_LEAK_TREE)
		group->shape = CW_LEAK_TREE;
	if (outline.length < group->min_length)
		group->min_length = outline.length;
	if (outline.length > group->max_length)
		group->max_length = outline.length;
	for (uint32_t i = 0; i < num; i++) {
		cw_node node = nodes[i];
		uint64_t size = grouper->patterns.sizes[node];
		enum cw_leak_kind kind = leaks->kind[node];

		count_add(&group->count, size);
		count_add(&group->kinds[kind], size);
		count_add(&leaks->kinds[kind], size);
		count_add(&leaks->total, size);
		cw_members_add(&grouper->members, number,
			       grouper->patterns.classes[node],
			       grouper->patterns.labels[node], size);
	}
}

static int by_bytes(const void *left, const void *right)
{
	const struct cw_leak_group *a = left, *b = right;

	if (a->count.bytes != b->count.bytes)
		return a->count.bytes < b->count.bytes ? 1 : -1;
	return (a->example > b->example) - (a->example < b->example);
}

static void list_members(struct grouper *grouper, struct cw_leak_group *groups,
			 uint32_t num)
{
	cw_cleanup_free struct cw_leak_member **lists =
		cw_alloc(num * sizeof(*lists));
	cw_cleanup_free uint32_t *sizes = cw_alloc(num * sizeof(*sizes));

	cw_members_list(&grouper->members, num, &grouper->leaks->arena, lists,
			sizes);
	for (uint32_t i = 0; i < num; i++) {
		groups[i].members = lists[i];
		groups[i].num_members = sizes[i];
		/* Its number, until the groups are sorted. */
		groups[i].first_cluster = i;
	}
}

/* Sorts the groups, and the clusters by group. */
static struct cw_error *put_in_order(struct grouper *grouper,
				     struct cw_leak_group *groups, uint32_t num)
{
	struct cw_leaks *leaks = grouper->leaks;
	cw_cleanup_free uint32_t *next = cw_alloc(num * sizeof(*next));
	uint32_t first = 0;
	struct cw_error *err = cw_bulk_alloc((size_t)leaks->clusters.num_nodes *
						     sizeof(uint32_t),
					     &leaks->order);

	if (err)
		return err;
	if (num > 1)
		qsort(groups, num, sizeof(*groups), by_bytes);
	for (uint32_t i = 0; i < num; i++) {
		next[groups[i].first_cluster] = first;
		groups[i].first_cluster = first;
		first += groups[i].clusters;
		*cw_array_push(&leaks->groups) = groups[i];
	}
	for (uint32_t i = 0; i < leaks->clusters.num; i++) {
		uint32_t group =
			grouper->grouping.groups.items[grouper->identities[i]];
		leaks->order[next[group]++] = i;
	}
	return NULL;
}

static struct cw_error *group_clusters(struct grouper *grouper)
{
	struct cw_leaks *leaks = grouper->leaks;
	const struct cw_clusters *clusters = &leaks->clusters;

	cw_progress_begin(grouper->progress, "grouping what is lost",
			  2 * (uint64_t)clusters->num);
	for (uint32_t i = 0; i < clusters->num; i++) {
		uint32_t num;
		const cw_node *members = cw_leaks_cluster(leaks, i, &num);
		struct cw_pattern pattern =
			cw_patterns_of(&grouper->patterns, members, num,
				       clusters->head_size[i], clusters->of, i);

		grouper->identities[i] =
			cw_grouping_add(&grouper->grouping, &pattern);
		if (i % STEP == STEP - 1) {
			struct cw_error *err =
				cw_progress_step(grouper->progress, i);
			if (err)
				return err;
		}
	}
	cw_grouping_settle(&grouper->grouping);

	uint32_t num_groups = grouper->grouping.num_groups;
	cw_cleanup_free struct cw_leak_group *groups =
		cw_alloc(num_groups * sizeof(*groups));
	for (uint32_t i = 0; i < clusters->num; i++)
		add_cluster(grouper, i, groups);
	list_members(grouper, groups, num_groups);
	return put_in_order(grouper, groups, num_groups);
}

static struct cw_error *leaks_build(struct grouper *grouper,
				    const struct cw_reach *reach,
				    const struct cw_labels *labels)
{
	struct cw_leaks *leaks = grouper->leaks;
	struct cw_error *err = cw_lost_init(&leaks->lost, grouper->heap, reach,
					    grouper->progress);

	if (!err)
		err = cw_components_init(&leaks->components, &leaks->lost.graph,
					 grouper->progress);
	if (!err)
		err = cw_clusters_init(&leaks->clusters, &leaks->lost.graph,
				       &leaks->components);
	if (!err)
		err = find_kinds(leaks, grouper->is_weak);
	if (!err)
		err = cw_patterns_init(&grouper->patterns, &leaks->lost.graph);
	if (!err)
		err = cw_bulk_alloc((size_t)leaks->clusters.num *
					    sizeof(uint32_t),
				    &grouper->identities);
	if (err)
		return err;
	leaks->num_clusters = leaks->clusters.num;
	read_blocks(grouper, labels);
	return group_clusters(grouper);
}

static struct cw_error *leaks_create(const struct cw_heap *heap,
				     const struct cw_reach *reach,
				     const struct cw_labels *labels,
				     bool is_weak, struct cw_progress *progress,
				     struct cw_leaks **ret)
{
	struct cw_leaks *leaks = cw_alloc(sizeof(*leaks));
	struct grouper grouper = {
		.heap = heap,
		.leaks = leaks,
		.progress = progress,
		.is_weak = is_weak,
	};

	cw_arena_init(&leaks->arena);
	struct cw_error *err = leaks_build(&grouper, reach, labels);
	cw_bulk_free(grouper.identities,
		     (size_t)leaks->clusters.num * sizeof(uint32_t));
	cw_patterns_deinit(&grouper.patterns);
	cw_grouping_deinit(&grouper.grouping);
	cw_members_deinit(&grouper.members);
	if (err) {
		cw_leaks_destroy(leaks);
		return cw_error_in(err, "leaks");
	}
	*ret = leaks;
	return NULL;
}

/* As if all but the weak blocks were reached. */
static struct cw_error *create_weak(const struct cw_heap *heap,
				    const struct cw_reach *reach,
				    const struct cw_labels *labels,
				    struct cw_progress *progress,
				    struct cw_leaks **ret)
{
	size_t num_words = cw_bits_words(reach->num_granules);
	struct cw_reach others = {.num_granules = reach->num_granules};
	struct cw_error *err =
		cw_bulk_alloc(num_words * sizeof(uint64_t), &others.marks);

	if (err)
		return err;
	for (size_t i = 0; i < num_words; i++)
		others.marks[i] = ~reach->marks[i] | reach->strong_marks[i];
	err = leaks_create(heap, &others, labels, true, progress, ret);
	cw_bulk_free(others.marks, num_words * sizeof(uint64_t));
	return err;
}

struct cw_error *cw_leaks_create(const struct cw_heap *heap,
				 const struct cw_reach *reach,
				 const struct cw_labels *labels,
				 struct cw_progress *progress,
				 struct cw_leaks **ret)
{
	struct cw_leaks *leaks;
	struct cw_error *err =
		leaks_create(heap, reach, labels, false, progress, &leaks);

	if (err)
		return err;
	if (reach->weak.blocks > 0) {
		err = create_weak(heap, reach, labels, progress, &leaks->weak);
		if (err) {
			cw_leaks_destroy(leaks);
			return err;
		}
		leaks->kinds[CW_LEAK_WEAK] = leaks->weak->total;
	}
	*ret = leaks;
	return NULL;
}

void cw_leaks_destroy(struct cw_leaks *leaks)
{
	if (!leaks)
		return;
	cw_leaks_destroy(leaks->weak);
	cw_bulk_free(leaks->kind, leaks->lost.graph.num_nodes);
	cw_bulk_free(leaks->order,
		     (size_t)leaks->clusters.num_nodes * sizeof(uint32_t));
	cw_clusters_deinit(&leaks->clusters);
	cw_components_deinit(&leaks->components);
	cw_lost_deinit(&leaks->lost);
	cw_array_deinit(&leaks->groups);
	cw_arena_deinit(&leaks->arena);
	free(leaks);
}

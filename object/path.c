/*
 * Ways are looked for backwards, breadth first, over the reversed graph: each
 * block that a root points to ends one, the nearest first.
 */
#include "object/path.h"

#include <stdlib.h>

#include "base/bits.h"
#include "base/map.h"
#include "base/memory.h"
#include "object/edges.h"
#include "object/extent.h"
#include "object/reference.h"
#include "object/weak.h"

struct cw_path_finder {
	const struct cw_heap *heap;
	const struct cw_roots *roots;
	const struct cw_number_words *numbers; /* or NULL */
	struct cw_graph reverse;
	/* By block, bits: a root points to it, by any word or a strong one. */
	uint64_t *is_held, *is_held_strongly;
	/* By block: the next one on the way; CW_NO_NODE: not looked at. */
	cw_node *next;
	cw_node *queue;
};

static size_t bits_size(const struct cw_path_finder *finder)
{
	return cw_bits_words(finder->reverse.num_nodes) * sizeof(uint64_t);
}

static size_t nodes_size(const struct cw_path_finder *finder)
{
	return (size_t)finder->reverse.num_nodes * sizeof(cw_node);
}

static struct cw_error *mark_held(const struct cw_path_finder *finder,
				  bool is_strong, uint64_t *is_held)
{
	cw_cleanup_free uint32_t *blocks = NULL;
	size_t num;
	struct cw_error *err = cw_edges_root_blocks(finder->heap, finder->roots,
						    is_strong, &blocks, &num);

	for (size_t i = 0; !err && i < num; i++)
		cw_bit_set(is_held, blocks[i]);
	return err;
}

struct cw_error *cw_path_finder_create(const struct cw_heap *heap,
				       const struct cw_roots *roots,
				       const struct cw_number_words *numbers,
				       const struct cw_graph *graph,
				       struct cw_progress *progress,
				       struct cw_path_finder **ret)
{
	struct cw_path_finder *finder = cw_alloc(sizeof(*finder));

	finder->heap = heap;
	finder->roots = roots;
	finder->numbers = numbers;
	cw_progress_begin(progress, "turning pointers round", 1);
	struct cw_error *err = cw_graph_reverse(graph, &finder->reverse);
	if (!err)
		err = cw_bulk_alloc(bits_size(finder), &finder->is_held);
	if (!err)
		err = cw_bulk_alloc(bits_size(finder),
				    &finder->is_held_strongly);
	if (!err)
		err = cw_bulk_alloc(nodes_size(finder), &finder->next);
	if (!err)
		err = cw_bulk_alloc(nodes_size(finder), &finder->queue);
	if (!err)
		err = mark_held(finder, false, finder->is_held);
	if (!err)
		err = mark_held(finder, true, finder->is_held_strongly);
	if (err) {
		cw_path_finder_destroy(finder);
		return cw_error_in(err, "paths");
	}
	*ret = finder;
	return NULL;
}

void cw_path_finder_destroy(struct cw_path_finder *finder)
{
	if (!finder)
		return;
	cw_bulk_free(finder->is_held, bits_size(finder));
	cw_bulk_free(finder->is_held_strongly, bits_size(finder));
	cw_bulk_free(finder->next, nodes_size(finder));
	cw_bulk_free(finder->queue, nodes_size(finder));
	cw_graph_deinit(&finder->reverse);
	free(finder);
}

static bool block_of(const struct cw_path_finder *finder, cw_node node,
		     struct cw_block *ret)
{
	const struct cw_block_index *index = &finder->heap->index;
	uint64_t granule = cw_block_index_granule_of(index, node);

	return cw_heap_block_at(finder->heap,
				cw_block_index_address(index, granule), ret);
}

/* Whether nothing but numbers of @from lead to @to. */
static bool is_by_number(const struct cw_path_finder *finder, cw_node from,
			 cw_node to)
{
	struct cw_block from_block, to_block;
	uint64_t offset;
	cw_addr value;

	return block_of(finder, from, &from_block) &&
	       cw_number_words_hold(finder->numbers, from_block.granule) &&
	       block_of(finder, to, &to_block) &&
	       cw_reference_between(finder->heap, finder->numbers, &from_block,
				    &to_block, &offset, &value) &&
	       cw_number_words_has(finder->numbers,
				   from_block.address + offset);
}

/* A block that ends a way, and the best root that points to it. */
struct end {
	cw_node node;
	uint32_t distance; /* steps */
	unsigned rank;
	const struct cw_root *root;
	struct cw_block block;
	uint64_t offset;
	cw_addr value;
};

struct ends {
	CW_ARRAY(struct end) items;
	struct cw_map numbers; /* by block: number in items */
};

/* One look at all roots for all ends. */
static void find_roots(const struct cw_path_finder *finder, struct ends *ends)
{
	const struct cw_block_index *index = &finder->heap->index;

	cw_array_foreach(root, &finder->roots->roots)
	{
		struct cw_piece piece = cw_root_piece(root);
		unsigned rank = cw_root_kind_rank(root->kind);

		for (uint64_t i = 0; i < piece.num_words; i++) {
			uint64_t value = cw_piece_word(&piece, i);
			uint64_t start = cw_piece_used(index, &piece, i);
			uint32_t number;

			if (start == CW_NO_GRANULE ||
			    !cw_map_get(&ends->numbers,
					cw_block_index_block(index, start),
					&number))
				continue;
			struct end *end = &ends->items.items[number];
			unsigned word_rank = rank + (cw_root_weak_word(root, i)
							     ? CW_NUM_ROOT_KINDS
							     : 0);
			if (end->root && word_rank >= end->rank)
				continue;
			end->root = root;
			end->rank = word_rank;
			end->offset = i * sizeof(uint64_t);
			end->value = value;
		}
	}
}

static int by_length(const void *left, const void *right)
{
	const struct end *a = left, *b = right;

	if (a->distance != b->distance)
		return a->distance < b->distance ? -1 : 1;
	if (a->rank != b->rank)
		return a->rank < b->rank ? -1 : 1;
	return (a->node > b->node) - (a->node < b->node);
}

/*
 * Ends, blocks that roots hold (@is_strong: by strong words, and ways too are
 * of these), in the order of their distance from @target: all of the distance
 * at which there are @max, so that the best of them can be taken.
 */
static void search(struct cw_path_finder *finder, bool is_strong,
		   cw_node target, size_t max, struct ends *ends)
{
	const uint64_t *is_held =
		is_strong ? finder->is_held_strongly : finder->is_held;
	bool has_numbers =
		is_strong && finder->numbers && finder->numbers->slots.num > 0;
	const struct cw_graph *reverse = &finder->reverse;
	cw_node *queue = finder->queue;
	cw_node end = 0, level_end = 1;
	uint32_t distance = 1;

	for (cw_node node = 0; node < reverse->num_nodes; node++)
		finder->next[node] = CW_NO_NODE;
	finder->next[target] = target;
	queue[end++] = target;
	for (cw_node at = 0; at < end; at++) {
		if (at == level_end) {
			if (ends->items.num > max)
				return;
			level_end = end;
			distance++;
		}
		cw_node node = queue[at];
		if (cw_bit_test(is_held, node)) {
			cw_map_set(&ends->numbers, node, ends->items.num);
			*cw_array_push(&ends->items) = (struct end){
				.node = node,
				.distance = distance,
			};
		}
		for (uint32_t i = reverse->first[node];
		     i < reverse->first[node + 1]; i++) {
			cw_node source = reverse->targets[i];
			if (finder->next[source] != CW_NO_NODE ||
			    (has_numbers && is_by_number(finder, source, node)))
				continue;
			finder->next[source] = node;
			queue[end++] = source;
		}
	}
}

static void add_path(const struct cw_path_finder *finder, const struct end *end,
		     cw_node target, struct cw_paths *paths)
{
	struct cw_path path = {
		.root = end->root,
		.root_offset = end->offset,
		.slot = end->root->start ? end->root->start + end->offset : 0,
		.num_steps = end->distance,
		.steps = cw_arena_alloc(&paths->arena,
					end->distance *
						sizeof(struct cw_path_step)),
	};
	cw_node node = end->node;
	cw_addr value = end->value;

	for (uint32_t i = 0; i < path.num_steps; i++) {
		struct cw_path_step *step = &path.steps[i];
		struct cw_block next;

		if (!block_of(finder, node, &step->block))
			return;
		step->value = value;
		step->offset = CW_NO_OFFSET;
		if (node == target)
			break;
		node = finder->next[node];
		if (block_of(finder, node, &next))
			cw_reference_between(finder->heap, finder->numbers,
					     &step->block, &next, &step->offset,
					     &value);
	}
	if (paths->items.num > 0) {
		const struct cw_path *last =
			&paths->items.items[paths->items.num - 1];
		while (path.num_shared < path.num_steps &&
		       path.num_shared < last->num_steps &&
		       path.steps[path.num_steps - 1 - path.num_shared]
				       .block.address ==
			       last->steps[last->num_steps - 1 -
					   path.num_shared]
				       .block.address)
			path.num_shared++;
	}
	*cw_array_push(&paths->items) = path;
}

struct cw_error *cw_paths_find(struct cw_path_finder *finder,
			       const struct cw_block *block, size_t max,
			       struct cw_paths *ret)
{
	const struct cw_block_index *index = &finder->heap->index;
	struct ends ends = {0};
	struct cw_paths paths = {0};

	cw_arena_init(&paths.arena);
	if (!cw_bit_test(index->unused, block->granule)) {
		cw_node target = cw_block_index_block(index, block->granule);

		search(finder, true, target, max, &ends);
		if (ends.items.num == 0)
			search(finder, false, target, max, &ends);
		find_roots(finder, &ends);
		if (ends.items.num > 1)
			qsort(ends.items.items, ends.items.num,
			      sizeof(struct end), by_length);
		for (size_t i = 0; i < ends.items.num && i < max; i++)
			if (ends.items.items[i].root)
				add_path(finder, &ends.items.items[i], target,
					 &paths);
		paths.has_more = ends.items.num > max;
	}
	cw_array_deinit(&ends.items);
	cw_map_deinit(&ends.numbers);
	*ret = paths;
	return NULL;
}

void cw_paths_deinit(struct cw_paths *paths)
{
	cw_array_deinit(&paths->items);
	cw_arena_deinit(&paths->arena);
}

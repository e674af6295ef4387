#include "object/edges.h"

#include <stdlib.h>

#include "base/memory.h"
#include "object/extent.h"
#include "object/weak.h"

enum { STEP = 1 << 16 }; /* blocks between looks at the progress */

/* Words that could be edges: all of the regions, as far as 32 bits go. */
static uint32_t most_edges(const struct cw_heap *heap)
{
	uint64_t words = 0;

	cw_array_foreach(region, &heap->regions)
	{
		words += (region->end - region->start) / sizeof(uint64_t);
	}
	return words < UINT32_MAX ? words : UINT32_MAX;
}

static struct cw_error *check_complete(const struct cw_graph *graph)
{
	if (graph->num_dropped == 0)
		return NULL;
	return cw_error_new(CW_ERROR_MEMORY,
			    "more than %u pointers between blocks",
			    graph->max_edges);
}

static void add_edges(const struct cw_block_index *index,
		      const struct cw_extents *extents, size_t *hint,
		      uint64_t granule, struct cw_graph *graph)
{
	cw_addr address = cw_block_index_address(index, granule);
	cw_addr end = cw_extent_block_end(index, granule);
	struct cw_piece piece;

	while (cw_extents_next(extents, hint, &address, end, &piece)) {
		cw_piece_look(index, &piece);
		for (uint64_t i = 0; i < piece.num_words; i++) {
			uint64_t target = cw_piece_used(index, &piece, i);

			if (target != CW_NO_GRANULE)
				cw_graph_edge(graph, cw_block_index_block(
							     index, target));
		}
	}
}

static struct cw_error *fill_all(const struct cw_block_index *index,
				 const struct cw_extents *extents,
				 struct cw_progress *progress,
				 struct cw_graph *graph)
{
	uint64_t num_words = cw_bits_words(index->num_granules);
	size_t hint = 0;

	for (uint64_t i = 0; i < num_words; i++) {
		uint64_t bits = index->starts[i];

		for (; bits; bits &= bits - 1) {
			uint64_t granule = i * 64 + __builtin_ctzll(bits);

			if (!cw_bit_test(index->unused, granule))
				add_edges(index, extents, &hint, granule,
					  graph);
			cw_graph_next(graph);
			if (graph->built % STEP != 0)
				continue;
			struct cw_error *err =
				cw_progress_step(progress, graph->built);
			if (err)
				return err;
		}
	}
	return check_complete(graph);
}

struct cw_error *cw_edges_create_all(const struct cw_heap *heap,
				     struct cw_progress *progress,
				     struct cw_graph *ret)
{
	const struct cw_block_index *index = &heap->index;
	struct cw_extents extents;
	struct cw_graph graph;
	struct cw_error *err =
		cw_graph_init(&graph, index->num_blocks, most_edges(heap));

	if (err)
		return err;
	cw_progress_begin(progress, "reading pointers", index->num_blocks);
	cw_extents_init(&extents, heap->target);
	err = fill_all(index, &extents, progress, &graph);
	cw_extents_deinit(&extents);
	if (err) {
		cw_graph_deinit(&graph);
		return cw_error_in(err, "edges");
	}
	*ret = graph;
	return NULL;
}

/*
 * Numbers of unreachable blocks: @before is, by line of granules, how many
 * there are before it.
 */
struct lost_map {
	const struct cw_block_index *index;
	const uint64_t *marks;
	uint32_t *before;
	uint64_t num_lines;
};

enum { LINE_WORDS = 1 << (CW_LINE_SHIFT - 6) };

static inline uint64_t lost_bits(const struct lost_map *map, uint64_t word)
{
	return map->index->starts[word] & ~map->marks[word];
}

/* The node of a start that is not marked. */
static cw_node lost_number(const struct lost_map *map, uint64_t granule)
{
	uint64_t line = granule >> CW_LINE_SHIFT;
	uint32_t number = map->before[line];
	uint64_t last = granule >> 6;

	for (uint64_t word = line * LINE_WORDS; word < last; word++)
		number += cw_bits_count(lost_bits(map, word));
	uint64_t below = (UINT64_C(1) << (granule & 63)) - 1;
	return number + cw_bits_count(lost_bits(map, last) & below);
}

static struct cw_error *lost_map_init(struct lost_map *map,
				      const struct cw_block_index *index,
				      const struct cw_reach *reach,
				      uint32_t *ret_num)
{
	uint64_t num_lines = index->num_granules >> CW_LINE_SHIFT;
	uint32_t num = 0;
	struct cw_error *err;

	*map = (struct lost_map){index, reach->marks, NULL, num_lines};
	err = cw_bulk_alloc(num_lines * sizeof(uint32_t), &map->before);
	if (err)
		return err;
	for (uint64_t line = 0; line < num_lines; line++) {
		map->before[line] = num;
		for (int i = 0; i < LINE_WORDS; i++)
			num += cw_bits_count(
				lost_bits(map, line * LINE_WORDS + i));
	}
	*ret_num = num;
	return NULL;
}

static void lost_map_deinit(struct lost_map *map)
{
	cw_bulk_free(map->before, map->num_lines * sizeof(uint32_t));
}

/* The granules by node; counts the words that could be edges. */
static uint64_t list_lost(const struct lost_map *map, uint64_t *granules)
{
	uint64_t num_words = 0;
	cw_node node = 0;

	for (uint64_t i = 0; i < map->num_lines * LINE_WORDS; i++) {
		uint64_t bits = lost_bits(map, i);

		for (; bits; bits &= bits - 1) {
			uint64_t granule = i * 64 + __builtin_ctzll(bits);

			granules[node++] = granule;
			num_words +=
				2 * (cw_block_index_next(map->index, granule) -
				     granule);
		}
	}
	return num_words;
}

/* As cw_graph_edge(), but an edge by a pointer to the start is no interior. */
static void add_lost_edge(struct cw_lost *lost, cw_node target,
			  bool is_interior)
{
	struct cw_graph *graph = &lost->graph;
	uint32_t row = graph->first[graph->built];
	uint32_t seen = graph->num_edges > row + 8 ? graph->num_edges - 8 : row;

	for (uint32_t i = seen; i < graph->num_edges; i++) {
		if (graph->targets[i] != target)
			continue;
		if (!is_interior)
			cw_bit_clear(lost->is_interior, i);
		return;
	}
	if (is_interior && graph->num_edges < graph->max_edges)
		cw_bit_set(lost->is_interior, graph->num_edges);
	if (graph->num_edges < graph->max_edges)
		graph->targets[graph->num_edges++] = target;
	else
		graph->num_dropped++;
}

static struct cw_error *fill_lost(const struct lost_map *map,
				  const struct cw_extents *extents,
				  struct cw_progress *progress,
				  struct cw_lost *lost)
{
	const struct cw_block_index *index = map->index;
	size_t hint = 0;

	for (cw_node node = 0; node < lost->graph.num_nodes; node++) {
		uint64_t granule = lost->granules[node];
		cw_addr address = cw_block_index_address(index, granule);
		cw_addr end = cw_extent_block_end(index, granule);
		struct cw_piece piece;

		while (cw_extents_next(extents, &hint, &address, end, &piece)) {
			cw_piece_look(index, &piece);
			for (uint64_t i = 0; i < piece.num_words; i++) {
				uint64_t value = cw_piece_word(&piece, i);
				uint64_t target =
					cw_piece_start(index, &piece, i);

				if (target == CW_NO_GRANULE ||
				    cw_bit_test(map->marks, target))
					continue;
				add_lost_edge(lost, lost_number(map, target),
					      value != cw_block_index_address(
							       index, target));
			}
		}
		cw_graph_next(&lost->graph);
		if (node % STEP == STEP - 1) {
			struct cw_error *err = cw_progress_step(progress, node);
			if (err)
				return err;
		}
	}
	return check_complete(&lost->graph);
}

static struct cw_error *lost_build(struct cw_lost *lost, struct lost_map *map,
				   const struct cw_heap *heap, uint32_t num,
				   struct cw_progress *progress)
{
	struct cw_extents extents;
	struct cw_error *err = cw_bulk_alloc(
		(size_t)num * sizeof(*lost->granules), &lost->granules);

	lost->graph.num_nodes = num; /* so that deinit knows the sizes */
	if (err)
		return err;
	uint64_t max_edges = list_lost(map, lost->granules);
	if (max_edges > UINT32_MAX)
		max_edges = UINT32_MAX;
	err = cw_graph_init(&lost->graph, num, max_edges);
	if (!err)
		err = cw_bulk_alloc(cw_bits_words(max_edges) * sizeof(uint64_t),
				    &lost->is_interior);
	if (err)
		return err;
	cw_extents_init(&extents, heap->target);
	err = fill_lost(map, &extents, progress, lost);
	cw_extents_deinit(&extents);
	return err;
}

struct cw_error *cw_lost_init(struct cw_lost *lost, const struct cw_heap *heap,
			      const struct cw_reach *reach,
			      struct cw_progress *progress)
{
	struct lost_map map;
	struct cw_lost new = {0};
	uint32_t num;
	struct cw_error *err = lost_map_init(&map, &heap->index, reach, &num);

	if (!err) {
		cw_progress_begin(progress, "reading what is lost", num);
		err = lost_build(&new, &map, heap, num, progress);
	}
	lost_map_deinit(&map);
	if (err) {
		cw_lost_deinit(&new);
		return cw_error_in(err, "unreachable blocks");
	}
	*lost = new;
	return NULL;
}

void cw_lost_deinit(struct cw_lost *lost)
{
	cw_bulk_free(lost->granules,
		     (size_t)lost->graph.num_nodes * sizeof(*lost->granules));
	cw_bulk_free(lost->is_interior,
		     cw_bits_words(lost->graph.max_edges) * sizeof(uint64_t));
	cw_graph_deinit(&lost->graph);
	*lost = (struct cw_lost){0};
}

cw_node cw_lost_node(const struct cw_lost *lost, uint64_t granule)
{
	cw_node low = 0, high = lost->graph.num_nodes;

	while (low < high) {
		cw_node middle = low + (high - low) / 2;
		if (lost->granules[middle] < granule)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == lost->graph.num_nodes || lost->granules[low] != granule)
		return CW_NO_NODE;
	return low;
}

struct cw_error *cw_edges_root_blocks(const struct cw_heap *heap,
				      const struct cw_roots *roots,
				      bool is_strong, uint32_t **ret,
				      size_t *ret_num)
{
	const struct cw_block_index *index = &heap->index;
	size_t size = cw_bits_words(index->num_blocks) * sizeof(uint64_t);
	CW_ARRAY(uint32_t) blocks = {0};
	uint64_t *is_held;
	struct cw_error *err = cw_bulk_alloc(size, &is_held);

	if (err)
		return err;
	cw_array_foreach(root, &roots->roots)
	{
		struct cw_piece piece = cw_root_piece(root);

		for (uint64_t i = 0; i < piece.num_words; i++) {
			uint64_t start = cw_piece_used(index, &piece, i);
			if (start != CW_NO_GRANULE &&
			    !(is_strong && cw_root_weak_word(root, i)))
				cw_bit_set(is_held,
					   cw_block_index_block(index, start));
		}
	}
	for (uint64_t i = 0; i < cw_bits_words(index->num_blocks); i++)
		for (uint64_t bits = is_held[i]; bits; bits &= bits - 1)
			*cw_array_push(&blocks) =
				i * 64 + __builtin_ctzll(bits);
	cw_bulk_free(is_held, size);
	*ret = blocks.items;
	*ret_num = blocks.num;
	return NULL;
}

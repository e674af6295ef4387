#include "command/holders.h"

#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/memory.h"
#include "object/edges.h"

struct cw_block cw_holders_block(const struct cw_holders *holders, cw_node node)
{
	const struct cw_block_index *index = &holders->heap->index;
	struct cw_block block = {0};

	uint64_t granule = cw_block_index_granule_of(index, node);
	cw_heap_block_at(holders->heap, cw_block_index_address(index, granule),
			 &block);
	return block;
}

static void fill_sizes(const struct cw_heap *heap, uint64_t *sizes)
{
	struct cw_block_cursor cursor = cw_heap_blocks(heap);
	struct cw_block block;

	while (cw_block_cursor_next(&cursor, &block))
		if (block.state == CW_BLOCK_USED)
			sizes[cw_block_index_block(&heap->index,
						   block.granule)] = block.size;
}

static struct cw_error *find_dominators(struct cw_holders *holders,
					const struct cw_roots *roots,
					const struct cw_graph *graph,
					struct cw_progress *progress)
{
	size_t sizes_size = (size_t)graph->num_nodes * sizeof(uint64_t);
	cw_cleanup_free cw_node *root_nodes = NULL;
	size_t num_roots = 0;
	uint64_t *sizes = NULL;

	struct cw_error *err = cw_edges_root_blocks(holders->heap, roots, false,
						    &root_nodes, &num_roots);
	if (!err)
		err = cw_bulk_alloc(sizes_size, &sizes);
	if (err)
		return err;
	fill_sizes(holders->heap, sizes);
	err = cw_dominators_init(&holders->dominators, graph, root_nodes,
				 num_roots, sizes, progress);
	cw_bulk_free(sizes, sizes_size);
	return err;
}

static bool is_in_tree(const struct cw_holders *holders, cw_node node)
{
	return cw_bit_test(holders->dominators.is_reached, node);
}

/* The parent's number, the top's where it has none. */
static cw_node parent_of(const struct cw_holders *holders, cw_node node)
{
	cw_node parent = holders->dominators.immediate[node];

	return parent == CW_NO_NODE ? holders->num_nodes : parent;
}

static void sort_children(struct cw_holders *holders)
{
	uint32_t *first = holders->first;

	for (cw_node node = 0; node < holders->num_nodes; node++)
		if (is_in_tree(holders, node))
			first[parent_of(holders, node) + 1]++;
	for (cw_node node = 0; node <= holders->num_nodes; node++)
		first[node + 1] += first[node];
	/* Filled from behind, so that first ends where it began. */
	for (cw_node node = holders->num_nodes; node-- > 0;)
		if (is_in_tree(holders, node))
			holders->children[--first[parent_of(holders, node) +
						  1]] = node;
	for (cw_node node = 0; node <= holders->num_nodes; node++)
		first[node] = first[node + 1];
	first[holders->num_nodes + 1] = holders->num_children;
}

/*
 * A walk over the tree that goes into each node and out of it again, without
 * recursion: the way up is by the parents.
 */
struct tour {
	const struct cw_holders *holders;
	uint32_t *next; /* by node: its next child */
	size_t next_size;
};

static struct cw_error *tour_init(struct tour *tour,
				  const struct cw_holders *holders)
{
	tour->holders = holders;
	tour->next_size = ((size_t)holders->num_nodes + 1) * sizeof(uint32_t);
	struct cw_error *err = cw_bulk_alloc(tour->next_size, &tour->next);
	if (err)
		return err;
	for (cw_node node = 0; node <= holders->num_nodes; node++)
		tour->next[node] = holders->first[node];
	return NULL;
}

static void tour_deinit(struct tour *tour)
{
	cw_bulk_free(tour->next, tour->next_size);
}

/* The next child of @node, which is gone into; CW_NO_NODE: go out. */
static cw_node tour_child(struct tour *tour, cw_node node)
{
	if (tour->next[node] == tour->holders->first[node + 1])
		return CW_NO_NODE;
	return tour->holders->children[tour->next[node]++];
}

static struct cw_error *count_blocks(struct cw_holders *holders)
{
	cw_node node = holders->num_nodes;
	struct tour tour;

	struct cw_error *err = tour_init(&tour, holders);
	if (err)
		return err;
	for (;;) {
		cw_node child = tour_child(&tour, node);

		if (child != CW_NO_NODE) {
			node = child;
			holders->blocks[node] = 1;
			continue;
		}
		if (node == holders->num_nodes)
			break;
		cw_node parent = parent_of(holders, node);
		holders->blocks[parent] += holders->blocks[node];
		node = parent;
	}
	tour_deinit(&tour);
	return NULL;
}

static size_t first_size(const struct cw_holders *holders)
{
	return ((size_t)holders->num_nodes + 2) * sizeof(uint32_t);
}

static size_t children_size(const struct cw_holders *holders)
{
	return (size_t)holders->num_children * sizeof(cw_node);
}

static size_t blocks_size(const struct cw_holders *holders)
{
	return ((size_t)holders->num_nodes + 1) * sizeof(uint32_t);
}

static struct cw_error *make_tree(struct cw_holders *holders)
{
	for (cw_node node = 0; node < holders->num_nodes; node++)
		holders->num_children += is_in_tree(holders, node);
	struct cw_error *err =
		cw_bulk_alloc(first_size(holders), &holders->first);
	if (!err)
		err = cw_bulk_alloc(children_size(holders), &holders->children);
	if (!err)
		err = cw_bulk_alloc(blocks_size(holders), &holders->blocks);
	if (err)
		return err;
	sort_children(holders);
	return count_blocks(holders);
}

struct cw_error *cw_holders_create(const struct cw_heap *heap,
				   const struct cw_roots *roots,
				   const struct cw_graph *graph,
				   struct cw_progress *progress,
				   struct cw_holders **ret)
{
	struct cw_holders *holders = cw_alloc(sizeof(*holders));

	holders->heap = heap;
	struct cw_error *err = find_dominators(holders, roots, graph, progress);
	if (err) {
		free(holders);
		return err;
	}
	holders->num_nodes = graph->num_nodes;
	err = make_tree(holders);
	if (err)
		cw_holders_destroy(holders);
	else
		*ret = holders;
	return err;
}

void cw_holders_destroy(struct cw_holders *holders)
{
	if (!holders)
		return;
	cw_bulk_free(holders->blocks, blocks_size(holders));
	cw_bulk_free(holders->children, children_size(holders));
	cw_bulk_free(holders->first, first_size(holders));
	cw_dominators_deinit(&holders->dominators);
	free(holders);
}

cw_node cw_holders_heir(const struct cw_holders *holders, cw_node node,
			double share)
{
	const uint64_t *retained = holders->dominators.retained;
	cw_node best = CW_NO_NODE;

	for (uint32_t i = holders->first[node]; i < holders->first[node + 1];
	     i++) {
		cw_node child = holders->children[i];
		if (best == CW_NO_NODE || retained[child] > retained[best])
			best = child;
	}
	if (best == CW_NO_NODE || node == holders->num_nodes ||
	    retained[best] < share * retained[node])
		return CW_NO_NODE;
	return best;
}

/* Puts @node where it belongs among the largest so far. */
static void insert(const uint64_t *retained, cw_node *largest, size_t *num,
		   size_t max, cw_node node)
{
	size_t at = *num;

	if (at < max)
		*num += 1;
	else if (retained[node] <= retained[largest[at - 1]])
		return;
	else
		at--;
	for (; at > 0 && retained[largest[at - 1]] < retained[node]; at--)
		largest[at] = largest[at - 1];
	largest[at] = node;
}

static int compare_retained(const void *a, const void *b, void *context)
{
	const uint64_t *retained = context;
	uint64_t x = retained[*(const cw_node *)a];
	uint64_t y = retained[*(const cw_node *)b];

	return x < y   ? 1
	       : x > y ? -1
		       : *(const cw_node *)a > *(const cw_node *)b;
}

/* Beyond, sorting all is less work. */
#define MAX_INSERTED 256

size_t cw_holders_largest(const struct cw_holders *holders, cw_node node,
			  size_t max, cw_node **ret)
{
	uint64_t *retained = holders->dominators.retained;
	const cw_node *children = holders->children + holders->first[node];
	size_t num_children = holders->first[node + 1] - holders->first[node];
	size_t num = 0;

	if (max > num_children)
		max = num_children;
	bool is_sorted = max > MAX_INSERTED;
	cw_node *largest = cw_alloc(((is_sorted ? num_children : max) + 1) *
				    sizeof(*largest));
	if (is_sorted) {
		memcpy(largest, children, num_children * sizeof(*largest));
		qsort_r(largest, num_children, sizeof(*largest),
			compare_retained, retained);
		num = max;
	}
	for (size_t i = 0; !is_sorted && max > 0 && i < num_children; i++)
		insert(retained, largest, &num, max, children[i]);
	*ret = largest;
	return num;
}

/* How many blocks of each kind the way down to a node goes through. */
struct kinds_work {
	struct cw_held_kinds *kinds;
	struct cw_map by_label;
	CW_ARRAY(uint32_t) num_open;
};

static uint32_t kind_of(struct kinds_work *work, uint32_t label)
{
	uint32_t *at =
		cw_map_place(&work->by_label, label, work->kinds->items.num);

	if (*at == work->kinds->items.num) {
		*cw_array_push(&work->kinds->items) = (struct cw_held_kind){
			.label = label, .example = CW_NO_NODE};
		*cw_array_push(&work->num_open) = 0;
	}
	return *at;
}

static void enter(struct kinds_work *work, const struct cw_holders *holders,
		  cw_node node, uint32_t kind, uint64_t size)
{
	struct cw_held_kind *held = &work->kinds->items.items[kind];
	const uint64_t *retained = holders->dominators.retained;

	held->own.blocks++;
	held->own.bytes += size;
	/* What another of the kind holds is counted there. */
	if (work->num_open.items[kind]++ == 0) {
		held->retained.blocks += holders->blocks[node];
		held->retained.bytes += retained[node];
	}
	if (held->example == CW_NO_NODE ||
	    retained[node] > retained[held->example])
		held->example = node;
}

static int compare_kinds(const void *a, const void *b)
{
	const struct cw_held_kind *x = a, *y = b;

	if (x->retained.bytes != y->retained.bytes)
		return x->retained.bytes < y->retained.bytes ? 1 : -1;
	return x->label < y->label ? -1 : x->label > y->label;
}

static void tour_kinds(struct tour *tour, struct kinds_work *work,
		       const struct cw_labels *labels, uint32_t *kind_by_node)
{
	const struct cw_holders *holders = tour->holders;
	cw_node node = holders->num_nodes;

	for (;;) {
		cw_node child = tour_child(tour, node);

		if (child != CW_NO_NODE) {
			struct cw_block block =
				cw_holders_block(holders, child);
			uint32_t kind =
				kind_of(work, cw_label_of(labels, &block));
			enter(work, holders, child, kind, block.size);
			kind_by_node[child] = kind;
			node = child;
			continue;
		}
		if (node == holders->num_nodes)
			return;
		work->num_open.items[kind_by_node[node]]--;
		node = parent_of(holders, node);
	}
}

struct cw_error *cw_holders_by_label(const struct cw_holders *holders,
				     const struct cw_labels *labels,
				     struct cw_held_kinds *ret)
{
	struct cw_held_kinds kinds = {0};
	struct kinds_work work = {.kinds = &kinds};
	size_t kinds_size = (size_t)holders->num_nodes * sizeof(uint32_t);
	uint32_t *kind_by_node = NULL;
	struct tour tour;

	struct cw_error *err = tour_init(&tour, holders);
	if (err)
		return err;
	cw_map_init(&work.by_label);
	err = cw_bulk_alloc(kinds_size, &kind_by_node);
	if (!err) {
		tour_kinds(&tour, &work, labels, kind_by_node);
		if (kinds.items.num)
			qsort(kinds.items.items, kinds.items.num,
			      sizeof(*kinds.items.items), compare_kinds);
		*ret = kinds;
	}
	cw_bulk_free(kind_by_node, kinds_size);
	cw_array_deinit(&work.num_open);
	cw_map_deinit(&work.by_label);
	tour_deinit(&tour);
	return err;
}

void cw_held_kinds_deinit(struct cw_held_kinds *kinds)
{
	cw_array_deinit(&kinds->items);
}

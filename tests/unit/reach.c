/*
 * Marking, edges and the part graph of what is lost, against a marker that
 * looks at each block for each word.
 */
#include "object/reach.h"
#include "graph/graph.h"
#include "object/edges.h"
#include "object/leak.h"
#include "object/weak.h"
#include "tests/unit/made_heap.h"

enum { ROUNDS = 400, MAX_REGION_BLOCKS = 60 };

static const cw_addr places[] = {
	0x555555559000, 0x5555559fe000, 0x7f0000000000, 0x7f0000400000,
	0x7f1234567000, 0x7f5000000ff0, 0x7f5001000000, 0x7fff00000000,
};

static struct made_heap *draw_heap(void)
{
	struct made_heap *made = made_create();
	size_t num_regions = 1 + made_draw(cw_num_elements(places));

	for (size_t i = 0; i < num_regions; i++) {
		uint64_t extents[MAX_REGION_BLOCKS];
		size_t num = 1 + made_draw(MAX_REGION_BLOCKS);
		cw_addr start = places[i] & ~UINT64_C(15);

		for (size_t j = 0; j < num; j++)
			extents[j] = 32 + 16 * made_draw(12);
		/* Some reach over lines and pages. */
		if (made_draw(3) == 0)
			extents[made_draw(num)] += made_draw(2) ? 9000 : 12288;
		for (size_t j = 0; j < num; j++)
			extents[j] &= ~UINT64_C(15);
		made_region(made, start, extents, num, 1 + made_draw(3),
			    made_draw(4) == 0);
	}
	for (size_t i = 0; i < made->num_blocks; i++)
		made->blocks[i].is_used = made_draw(5) != 0;
	made_seal(made);
	return made;
}

static uint64_t draw_pointer(const struct made_heap *made)
{
	const struct made_block *block =
		&made->blocks[made_draw(made->num_blocks)];

	switch (made_draw(8)) {
	case 0:
		return made_draw(UINT64_MAX);
	case 1: /* around the ends of a page */
		return (block->address & ~UINT64_C(0x3fffff)) - 8 +
		       16 * made_draw(2);
	case 2: /* behind the end, which still is this block */
		return block->address + block->size;
	case 3:
		return block->address + made_draw(block->size);
	case 4: /* the header before it: the one before, or nothing */
		return block->address - 16;
	default:
		return block->address;
	}
}

static void draw_words(struct made_heap *made)
{
	uint64_t words = made->num_blocks / (1 + made_draw(3));

	for (uint64_t i = 0; i < words; i++) {
		const struct made_block *block =
			&made->blocks[made_draw(made->num_blocks)];
		made_write(made,
			   block->address + 8 * made_draw(block->size / 8),
			   draw_pointer(made));
	}
	size_t num_roots = made_draw(5);
	for (size_t i = 0; i < num_roots; i++)
		made->root_words[i] = draw_pointer(made);
	made_root(made, num_roots);

	struct cw_root *root = &made->roots.roots.items[0];
	for (size_t i = 0; i < num_roots; i++)
		if (made_draw(3) == 0)
			*cw_array_push(&made->roots.weak_words) =
				(struct cw_weak_word){.word = i};
	root->weak_words = made->roots.weak_words.items;
	root->num_weak_words = made->roots.weak_words.num;
}

struct slow {
	const struct made_heap *made;
	struct cw_number_words numbers;
	bool has_numbers; /* they count */
	cw_addr from;	  /* the block that is looked through */
	bool is_reached[MADE_MAX_BLOCKS];
	bool is_strong[MADE_MAX_BLOCKS]; /* reached by strong words alone */
	int stack[MADE_MAX_BLOCKS];
	size_t num_stack;
};

static void slow_mark(struct slow *slow, int block)
{
	if (block < 0 || !slow->made->blocks[block].is_used ||
	    slow->is_reached[block])
		return;
	slow->is_reached[block] = true;
	slow->stack[slow->num_stack++] = block;
}

static void slow_found(void *context, uint64_t offset, uint64_t value,
		       int target)
{
	struct slow *slow = context;

	if (slow->has_numbers ||
	    !cw_number_words_has(&slow->numbers, slow->from + offset))
		slow_mark(slow, target);
}

static void slow_run_words(struct slow *slow, bool is_weak)
{
	const struct made_heap *made = slow->made;
	const struct cw_root *root = &made->roots.roots.items[0];

	for (size_t i = 0; i < root->num_words; i++)
		if (is_weak == (cw_root_weak_word(root, i) != NULL))
			slow_mark(slow,
				  made_block_of(made, made->root_words[i]));
	slow->has_numbers = is_weak;
	while (slow->num_stack > 0) {
		int block = slow->stack[--slow->num_stack];

		slow->from = made->blocks[block].address;
		made_words(made, block, slow_found, slow);
	}
}

static void slow_run(struct slow *slow)
{
	slow_run_words(slow, false);
	memcpy(slow->is_strong, slow->is_reached, sizeof(slow->is_strong));
	for (size_t i = 0; i < slow->made->num_blocks; i++)
		if (slow->is_strong[i])
			slow->stack[slow->num_stack++] = i;
	slow_run_words(slow, true);
}

struct row {
	const struct made_heap *made;
	const struct slow *slow;
	bool is_target[MADE_MAX_BLOCKS];
	bool is_exact[MADE_MAX_BLOCKS];
};

static void row_found(void *context, uint64_t offset, uint64_t value,
		      int target)
{
	struct row *row = context;

	row->is_target[target] = true;
	row->is_exact[target] |= value == row->made->blocks[target].address;
}

static uint64_t granule_of(const struct made_heap *made, size_t block)
{
	return cw_block_index_granule(&made->heap.index,
				      made->blocks[block].address);
}

/* Words of some blocks are numbers, whether they lead anywhere or not. */
static void draw_numbers(const struct made_heap *made,
			 struct cw_number_words *numbers)
{
	numbers->num_granules = made->heap.index.num_granules;
	if (made_draw(2))
		return;
	check_ok(cw_bulk_alloc(cw_bits_words(numbers->num_granules) *
				       sizeof(uint64_t),
			       &numbers->holders));
	for (size_t i = 0; i < made->num_blocks; i++) {
		const struct made_block *block = &made->blocks[i];

		for (uint64_t at = 0; at + 8 <= block->size; at += 8) {
			if (!block->is_used || made_draw(3))
				continue;
			*cw_array_push(&numbers->slots) = block->address + at;
			cw_bit_set(numbers->holders, granule_of(made, i));
		}
	}
}

static void check_row(const struct made_heap *made, size_t block,
		      const struct cw_graph *graph)
{
	const struct cw_block_index *index = &made->heap.index;
	struct row *row = cw_alloc(sizeof(*row));
	cw_node node = cw_block_index_block(index, granule_of(made, block));
	size_t wanted = 0, got = 0;

	row->made = made;
	if (made->blocks[block].is_used)
		made_words(made, block, row_found, row);
	for (size_t i = 0; i < made->num_blocks; i++)
		wanted += row->is_target[i];
	for (uint32_t i = graph->first[node]; i < graph->first[node + 1]; i++) {
		int target = made_block_of(
			made,
			cw_block_index_address(
				index, cw_block_index_granule_of(
					       index, graph->targets[i])));
		check(row->is_target[target]);
		/* Only far repeats may be there twice. */
		bool is_repeat = false;
		for (uint32_t j = graph->first[node]; j < i; j++)
			is_repeat |= graph->targets[j] == graph->targets[i];
		got += !is_repeat;
	}
	check_same(wanted, got);
	free(row);
}

static void check_lost_row(const struct made_heap *made,
			   const struct slow *slow, size_t block,
			   const struct cw_lost *lost)
{
	struct row *row = cw_alloc(sizeof(*row));
	cw_node node = cw_lost_node(lost, granule_of(made, block));

	check(node < lost->graph.num_nodes);
	row->made = made;
	made_words(made, block, row_found, row);
	for (size_t i = 0; i < made->num_blocks; i++) {
		bool is_lost = made->blocks[i].is_used && !slow->is_reached[i];
		bool found = false, exact = false;
		cw_node target = cw_lost_node(lost, granule_of(made, i));

		check_same(is_lost, target != CW_NO_NODE);
		for (uint32_t j = lost->graph.first[node];
		     j < lost->graph.first[node + 1]; j++) {
			if (lost->graph.targets[j] != target)
				continue;
			found = true;
			exact |= !cw_bit_test(lost->is_interior, j);
		}
		check_same(is_lost && row->is_target[i], found);
		check_same(is_lost && row->is_exact[i], exact);
	}
	free(row);
}

/* What is weak is in clusters of its own, and all there is. */
static void check_weak_leaks(struct made_heap *made,
			     const struct cw_reach *reach)
{
	struct cw_leaks *leaks;
	uint64_t blocks = 0;

	check_ok(cw_leaks_create(&made->heap, reach, NULL, NULL, &leaks));
	check_same(reach->unreachable.blocks, leaks->total.blocks);
	check_same(reach->weak.blocks, leaks->kinds[CW_LEAK_WEAK].blocks);
	check_same(reach->weak.bytes, leaks->kinds[CW_LEAK_WEAK].bytes);
	check_same(reach->weak.blocks > 0, leaks->weak != NULL);
	for (size_t i = 0; leaks->weak && i < leaks->weak->groups.num; i++)
		blocks +=
			leaks->weak->groups.items[i].kinds[CW_LEAK_WEAK].blocks;
	check_same(reach->weak.blocks, blocks);
	cw_leaks_destroy(leaks);
}

static void check_heap(struct made_heap *made, const struct slow *slow)
{
	struct cw_reach *reach;
	struct cw_graph graph;
	struct cw_lost lost;
	struct cw_heap_count reachable = {0}, weak = {0}, unreachable = {0};

	check_ok(cw_reach_create(&made->heap, &made->roots, &slow->numbers, 0,
				 NULL, &reach));
	check_ok(cw_edges_create_all(&made->heap, NULL, &graph));
	check_ok(cw_lost_init(&lost, &made->heap, reach, NULL));
	check_same(made->heap.index.num_blocks, graph.built);
	for (size_t i = 0; i < made->num_blocks; i++) {
		const struct made_block *block = &made->blocks[i];
		struct cw_heap_count *count = slow->is_strong[i] ? &reachable
					      : slow->is_reached[i]
						      ? &weak
						      : &unreachable;

		check_row(made, i, &graph);
		if (!block->is_used)
			continue;
		count->blocks++;
		count->bytes += block->size;
		check_same(slow->is_reached[i],
			   cw_reach_has(reach, granule_of(made, i)));
		check_same(slow->is_reached[i] && !slow->is_strong[i],
			   cw_reach_is_weak(reach, granule_of(made, i)));
		if (!slow->is_reached[i])
			check_lost_row(made, slow, i, &lost);
	}
	check_same(reachable.blocks, reach->reachable.blocks);
	check_same(reachable.bytes, reach->reachable.bytes);
	check_same(weak.blocks, reach->weak.blocks);
	check_same(weak.bytes, reach->weak.bytes);
	check_same(unreachable.blocks, reach->unreachable.blocks);
	check_same(unreachable.bytes, reach->unreachable.bytes);
	check_same(unreachable.blocks, lost.graph.num_nodes);
	check_weak_leaks(made, reach);
	cw_lost_deinit(&lost);
	cw_graph_deinit(&graph);
	cw_reach_destroy(reach);
}

static void check_root_blocks(struct made_heap *made)
{
	uint32_t *blocks;
	size_t num_blocks, wanted = 0;

	check_ok(cw_edges_root_blocks(&made->heap, &made->roots, false, &blocks,
				      &num_blocks));
	for (size_t i = 0; i < made->num_blocks; i++) {
		bool is_held = false;
		for (size_t j = 0; j < made->roots.roots.items[0].num_words;
		     j++)
			is_held |= made_block_of(made, made->root_words[j]) ==
				   (int)i;
		wanted += is_held && made->blocks[i].is_used;
	}
	check_same(wanted, num_blocks);
	for (size_t i = 1; i < num_blocks; i++)
		check(blocks[i - 1] < blocks[i]);
	free(blocks);
}

/* A list that leads to and fro between two windows with every step. */
static void check_zigzag(void)
{
	enum { LENGTH = 1500 };
	static uint64_t extents[LENGTH];
	struct made_heap *made = made_create();
	struct cw_reach *reach;

	for (size_t i = 0; i < LENGTH; i++)
		extents[i] = 32;
	made_region(made, 0x555555559000, extents, LENGTH, 1, false);
	made_region(made, 0x7f0000000000, extents, LENGTH, 1, false);
	made_region(made, 0x7f0004000000, extents, 1, 1, false);
	made_seal(made);
	for (size_t i = 0; i < LENGTH; i++) {
		made_write(made, made->blocks[i].address,
			   made->blocks[LENGTH + i].address + 8);
		if (i > 0)
			made_write(made, made->blocks[LENGTH + i].address,
				   made->blocks[i - 1].address);
	}
	made->root_words[0] = made->blocks[LENGTH - 1].address;
	made_root(made, 1);
	check_ok(cw_reach_create(&made->heap, &made->roots, NULL, 0, NULL,
				 &reach));
	check_same(1, reach->unreachable.blocks);
	check_same(2 * LENGTH, reach->reachable.blocks);
	check(reach->num_passes < 20);
	cw_reach_destroy(reach);
	made_destroy(made);
}

/* In windows enough for several threads, which mark what one does. */
static void check_threads(void)
{
	enum { REGIONS = 16, BLOCKS = 200, POINTERS = 4000 };
	static uint64_t extents[BLOCKS];
	struct made_heap *made = made_create();
	struct cw_reach *one, *several;

	for (size_t i = 0; i < BLOCKS; i++)
		extents[i] = 64;
	for (cw_addr i = 0; i < REGIONS; i++)
		made_region(made, 0x7f0000000000 + (i << 24), extents, BLOCKS,
			    1, false);
	made_seal(made);
	for (size_t i = 0; i < POINTERS; i++)
		made_write(made,
			   made->blocks[made_draw(made->num_blocks)].address +
				   8 * made_draw(7),
			   made->blocks[made_draw(made->num_blocks)].address +
				   made_draw(50));
	for (size_t i = 0; i < REGIONS; i++)
		made->root_words[i] = made->blocks[i * BLOCKS].address;
	made_root(made, REGIONS);
	check_ok(cw_reach_create(&made->heap, &made->roots, NULL, 1, NULL,
				 &one));
	check_ok(cw_reach_create(&made->heap, &made->roots, NULL, 4, NULL,
				 &several));
	check(one->reachable.blocks > BLOCKS && one->unreachable.blocks > 0);
	check(memcmp(one->marks, several->marks,
		     cw_bits_words(one->num_granules) * sizeof(uint64_t)) == 0);
	check_same(one->reachable.bytes, several->reachable.bytes);
	cw_reach_destroy(one);
	cw_reach_destroy(several);
	made_destroy(made);
}

static void check_empty(void)
{
	struct made_heap *made = made_create();
	struct cw_reach *reach;
	struct cw_lost lost;

	made->root_words[0] = 0x5555555592a0;
	made_root(made, 1);
	made_seal(made);
	check_ok(cw_reach_create(&made->heap, &made->roots, NULL, 0, NULL,
				 &reach));
	check_ok(cw_lost_init(&lost, &made->heap, reach, NULL));
	check_same(0, lost.graph.num_nodes);
	cw_lost_deinit(&lost);
	cw_reach_destroy(reach);
	made_destroy(made);
}

int main(void)
{
	for (int round = 0; round < ROUNDS; round++) {
		struct made_heap *made = draw_heap();
		struct slow *slow = cw_alloc(sizeof(*slow));

		draw_words(made);
		slow->made = made;
		draw_numbers(made, &slow->numbers);
		slow_run(slow);
		check_heap(made, slow);
		check_root_blocks(made);
		cw_number_words_deinit(&slow->numbers);
		free(slow);
		made_destroy(made);
	}
	check_zigzag();
	for (int round = 0; round < 20; round++)
		check_threads();
	check_empty();
	return 0;
}

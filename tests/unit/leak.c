/*
 * Leaks, rings, references, paths and search on heaps made by hand, and on
 * random ones against slow ways to the same answers.
 */
#include "object/leak.h"
#include "object/edges.h"
#include "object/path.h"
#include "object/reference.h"
#include "object/ring.h"
#include "object/search.h"
#include "tests/unit/made_heap.h"

enum { ROUNDS = 300, MAX_BLOCKS = 40 };

/* A heap of @num blocks of @size usable bytes, each a list of its own. */
static struct made_heap *plain_heap(size_t num, uint64_t size)
{
	uint64_t *extents = cw_alloc(num * sizeof(*extents));
	struct made_heap *made = made_create();

	for (size_t i = 0; i < num; i++)
		extents[i] = size + 8;
	made_region(made, 0x555555559000, extents, num, 1, false);
	made_seal(made);
	free(extents);
	return made;
}

static void join(struct made_heap *made, size_t from, unsigned word, size_t to)
{
	made_write(made, made->blocks[from].address + word * 8,
		   made->blocks[to].address);
}

static struct cw_leaks *leaks_of(struct made_heap *made,
				 const struct cw_labels *labels)
{
	struct cw_reach *reach;
	struct cw_leaks *leaks;

	check_ok(cw_reach_create(&made->heap, &made->roots, NULL, 0, NULL,
				 &reach));
	check_ok(cw_leaks_create(&made->heap, reach, labels, NULL, &leaks));
	cw_reach_destroy(reach);
	return leaks;
}

static void check_group(const struct cw_leaks *leaks, size_t number,
			enum cw_leak_shape shape, uint32_t clusters,
			uint64_t blocks, uint32_t min_length,
			uint32_t max_length)
{
	const struct cw_leak_group *group = &leaks->groups.items[number];

	check(number < leaks->groups.num);
	check_text(cw_leak_shape_name(shape), cw_leak_shape_name(group->shape));
	check_same(clusters, group->clusters);
	check_same(blocks, group->count.blocks);
	check_same(min_length, group->min_length);
	check_same(max_length, group->max_length);
}

/* Chains of few lengths are a group each; of many lengths, one group. */
static void check_chains(unsigned num_lengths)
{
	enum { SAME = 3 };
	size_t num = SAME * num_lengths * (num_lengths + 5);
	struct made_heap *made = plain_heap(num, 56);
	size_t at = 0;

	for (unsigned i = 0; i < num_lengths; i++)
		for (unsigned j = 0; j < SAME; j++) {
			for (unsigned k = 0; k + 1 < 2 + i; k++)
				join(made, at + k, 1, at + k + 1);
			at += 2 + i;
		}
	/* What is left over is held. */
	for (size_t i = at; i + 1 < num; i++)
		join(made, i, 0, i + 1);
	made->root_words[0] = made->blocks[at].address;
	made_root(made, at < num);

	struct cw_leaks *leaks = leaks_of(made, NULL);
	check_same(at, leaks->total.blocks);
	check_same(SAME * num_lengths, leaks->num_clusters);
	check_same(SAME * num_lengths, leaks->kinds[CW_LEAK_DEFINITE].blocks);
	check_same(0, leaks->kinds[CW_LEAK_POSSIBLE].blocks);
	if (num_lengths <= 4) {
		check_same(num_lengths, leaks->groups.num);
		for (unsigned i = 0; i < num_lengths; i++) {
			unsigned length = 1 + num_lengths - i;
			check_group(leaks, i, CW_LEAK_CHAIN, SAME,
				    SAME * length, length, length);
			check_same(8, leaks->groups.items[i].link_offset);
			check(leaks->groups.items[i].is_identical);
		}
	} else {
		check_same(1, leaks->groups.num);
		check_group(leaks, 0, CW_LEAK_CHAIN, SAME * num_lengths, at, 2,
			    1 + num_lengths);
		check(!leaks->groups.items[0].is_identical);
	}
	cw_leaks_destroy(leaks);
	made_destroy(made);
}

/* An owner of a tree, a ring with blocks on it, an interior pointer. */
static void check_shapes(void)
{
	struct made_heap *made = plain_heap(20, 56);

	for (size_t i = 1; i <= 3; i++) {
		join(made, i, 0, 2 * i);
		join(made, i, 1, 2 * i + 1);
	}
	join(made, 8, 0, 9);
	join(made, 9, 0, 10);
	join(made, 10, 2, 8);
	join(made, 10, 3, 11);
	made_write(made, made->blocks[12].address,
		   made->blocks[13].address + 8);
	join(made, 14, 0, 14);
	made_root(made, 0);

	struct cw_leaks *leaks = leaks_of(made, NULL);
	check_same(20, leaks->total.blocks);
	check_same(1, leaks->kinds[CW_LEAK_POSSIBLE].blocks);
	check_group(leaks, 0, CW_LEAK_TREE, 1, 7, 7, 7);
	check_group(leaks, 1, CW_LEAK_BLOCK, 6, 6, 1, 1);
	check_group(leaks, 2, CW_LEAK_RING, 1, 4, 3, 3);
	check_group(leaks, 3, CW_LEAK_CHAIN, 1, 2, 2, 2);
	check_group(leaks, 4, CW_LEAK_RING, 1, 1, 1, 1);
	check_same(5, leaks->groups.num);
	check_same(made->blocks[8].address, leaks->groups.items[2].example);
	cw_leaks_destroy(leaks);
	made_destroy(made);
}

static uint32_t label_by_size(void *context, const struct cw_block *block)
{
	return block->size < 200 ? 1 : 0;
}

/* With labels, blocks of all sizes are alike. */
static void check_labels(void)
{
	uint64_t extents[] = {48, 64, 80, 96, 112, 512};
	struct made_heap *made = made_create();
	struct cw_labels labels = {.of = label_by_size};

	made_region(made, 0x555555559000, extents, cw_num_elements(extents), 1,
		    false);
	made_seal(made);
	made_root(made, 0);
	struct cw_leaks *leaks = leaks_of(made, NULL);
	check_same(6, leaks->groups.num);
	cw_leaks_destroy(leaks);

	leaks = leaks_of(made, &labels);
	/* Five sizes of one label are few enough to be told apart. */
	check_same(6, leaks->groups.num);
	check_same(leaks->groups.items[1].structure,
		   leaks->groups.items[5].structure);
	check(leaks->groups.items[0].structure !=
	      leaks->groups.items[1].structure);
	check_same(0, leaks->groups.items[0].head_label);
	check_same(1, leaks->groups.items[1].head_label);
	cw_leaks_destroy(leaks);
	made_destroy(made);
}

static struct made_heap *random_heap(void)
{
	uint64_t extents[MAX_BLOCKS];
	struct made_heap *made = made_create();

	for (int region = 0; region < 2; region++) {
		size_t num = 1 + made_draw(MAX_BLOCKS);
		for (size_t i = 0; i < num; i++)
			extents[i] = 32 + 16 * made_draw(4);
		made_region(made, region ? 0x7f0000000000 : 0x555555559000,
			    extents, num, 1 + made_draw(2), false);
	}
	for (size_t i = 0; i < made->num_blocks; i++)
		made->blocks[i].is_used = made_draw(8) != 0;
	made_seal(made);

	size_t words = made_draw(made->num_blocks * 2);
	for (size_t i = 0; i < words; i++) {
		const struct made_block *from =
			&made->blocks[made_draw(made->num_blocks)];
		const struct made_block *to =
			&made->blocks[made_draw(made->num_blocks)];
		made_write(made, from->address + 8 * made_draw(from->size / 8),
			   to->address + (made_draw(4) ? 0 : 8 * made_draw(4)));
	}
	for (int i = 0; i < 4; i++)
		made->root_words[i] =
			made->blocks[made_draw(made->num_blocks)].address;
	made_root(made, made_draw(5));
	return made;
}

/* By block: how many references there are to @target from it. */
static bool points(const struct made_heap *made, int from, int target)
{
	const struct made_block *block = &made->blocks[from];

	for (uint64_t at = 0; at + 8 <= block->size; at += 8) {
		uint64_t value;
		if (cw_target_read_word(made->target, block->address + at,
					&value) &&
		    made_block_of(made, value) == target)
			return block->is_used && made->blocks[target].is_used;
	}
	return false;
}

/* Steps from the nearest block that a root points to; 0: none. */
static unsigned slow_distance(const struct made_heap *made, int target)
{
	unsigned distance[2 * MAX_BLOCKS] = {0};
	unsigned best = 0;

	if (!made->blocks[target].is_used)
		return 0;
	distance[target] = 1;
	for (unsigned d = 1; d < 2 * MAX_BLOCKS; d++)
		for (size_t i = 0; i < made->num_blocks; i++)
			for (size_t j = 0;
			     distance[i] == 0 && j < made->num_blocks; j++)
				if (distance[j] == d && points(made, i, j))
					distance[i] = d + 1;
	for (size_t i = 0; i < made->roots.roots.items[0].num_words; i++) {
		int block = made_block_of(made, made->root_words[i]);
		if (block >= 0 && distance[block] != 0 &&
		    (best == 0 || distance[block] < best))
			best = distance[block];
	}
	return best;
}

static struct cw_block block_number(const struct made_heap *made, int i)
{
	struct cw_block block;

	check(cw_heap_block_at(&made->heap, made->blocks[i].address, &block));
	return block;
}

static void check_path(const struct made_heap *made, const struct cw_path *path)
{
	uint64_t word;

	memcpy(&word, path->root->bytes + path->root_offset, sizeof(word));
	for (uint32_t i = 0; i < path->num_steps; i++) {
		const struct cw_path_step *step = &path->steps[i];
		int block = made_block_of(made, step->block.address);

		check_same(word, step->value);
		check_same(block, made_block_of(made, word));
		if (i + 1 == path->num_steps)
			check_same(CW_NO_OFFSET, step->offset);
		else
			check(cw_target_read_word(
				made->target,
				step->block.address + step->offset, &word));
	}
}

static void check_paths(struct made_heap *made)
{
	struct cw_graph graph;
	struct cw_path_finder *finder;

	check_ok(cw_edges_create_all(&made->heap, NULL, &graph));
	check_ok(cw_path_finder_create(&made->heap, &made->roots, NULL, &graph,
				       NULL, &finder));
	for (int round = 0; round < 4; round++) {
		int target = made_draw(made->num_blocks);
		struct cw_block block = block_number(made, target);
		unsigned wanted = slow_distance(made, target);
		struct cw_paths paths;

		check_ok(cw_paths_find(finder, &block, 1 + round, &paths));
		check_same(wanted != 0, paths.items.num != 0);
		check(paths.items.num <= 1 + (size_t)round);
		for (size_t i = 0; i < paths.items.num; i++) {
			const struct cw_path *path = &paths.items.items[i];
			check_path(made, path);
			check_same(
				block.address,
				path->steps[path->num_steps - 1].block.address);
			check(path->num_steps >= wanted);
		}
		if (wanted)
			check_same(wanted, paths.items.items[0].num_steps);
		cw_paths_deinit(&paths);
	}
	cw_path_finder_destroy(finder);
	cw_graph_deinit(&graph);
}

static void check_references(struct made_heap *made)
{
	int target = made_draw(made->num_blocks);
	struct cw_block block = block_number(made, target);
	struct cw_references in, out;
	struct cw_search search = {
		.size = 8,
		.alignment = 8,
		.low = block.address,
		.high = block.address + block.size + 8,
	};
	struct cw_search_hits hits;
	uint64_t wanted = 0, wanted_out = 0, roots = 0;

	for (size_t i = 0; i < made->roots.roots.items[0].num_words; i++)
		roots += made_block_of(made, made->root_words[i]) == target;
	for (size_t i = 0; i < made->num_blocks; i++) {
		const struct made_block *from = &made->blocks[i];
		for (uint64_t at = 0; at + 8 <= from->size; at += 8) {
			uint64_t value;
			check(cw_target_read_word(made->target,
						  from->address + at, &value));
			int to = made_block_of(made, value);
			wanted += from->is_used && to == target;
			wanted_out += (int)i == target && to >= 0 &&
				      made->blocks[to].is_used;
		}
	}
	check_ok(cw_references_incoming(&made->heap, &made->roots, &block, 3,
					NULL, &in));
	check_same(wanted + roots, in.num_total);
	check_same(wanted + roots < 3 ? wanted + roots : 3, in.items.num);
	cw_references_outgoing(&made->heap, &block, CW_REFERENCES_ALL, &out);
	check_same(wanted_out, out.num_total);
	cw_references_deinit(&in);
	cw_references_deinit(&out);

	cw_array_foreach(segment, &made->target->segments)
	{
		*cw_array_push(&made->roots.usages) = (struct cw_usage){
			.start = segment->start,
			.end = segment->end,
			.kind = CW_USAGE_HEAP,
			.segment = segment,
		};
	}
	check_ok(cw_search_run(&search, &made->heap, &made->roots,
			       CW_REFERENCES_ALL, NULL, &hits));
	check_same(wanted, hits.num_total);
	cw_search_hits_deinit(&hits);

	/* The same by its bytes: only pointers to the start. */
	search.bytes = &block.address;
	search.low = search.high = 0;
	check_ok(cw_search_run(&search, &made->heap, &made->roots,
			       CW_REFERENCES_ALL, NULL, &hits));
	check(hits.num_total <= wanted);
	cw_array_foreach(hit, &hits.items)
	{
		check_same(block.address, hit->value);
		check_same(hit->address, hit->block.address + hit->offset);
	}
	cw_search_hits_deinit(&hits);
	cw_array_deinit(&made->roots.usages);
}

static bool reaches(const struct made_heap *made, int from, int to)
{
	bool is_seen[2 * MAX_BLOCKS] = {false};
	int stack[2 * MAX_BLOCKS], num = 0;

	stack[num++] = from;
	while (num > 0) {
		int at = stack[--num];
		for (size_t i = 0; i < made->num_blocks; i++) {
			if (is_seen[i] || (int)i == at || !points(made, at, i))
				continue;
			if ((int)i == to)
				return true;
			is_seen[i] = true;
			stack[num++] = i;
		}
	}
	return false;
}

static void check_rings(struct made_heap *made)
{
	struct cw_reach *reach;
	struct cw_graph graph;
	struct cw_rings *all, *lost;
	uint64_t wanted = 0, wanted_lost = 0;

	check_ok(cw_reach_create(&made->heap, &made->roots, NULL, 0, NULL,
				 &reach));
	check_ok(cw_edges_create_all(&made->heap, NULL, &graph));
	check_ok(cw_rings_create_all(&made->heap, reach, &graph, NULL, NULL,
				     &all));
	check_ok(cw_rings_create_lost(&made->heap, reach, NULL, NULL, &lost));
	for (size_t i = 0; i < made->num_blocks; i++) {
		struct cw_block block = block_number(made, i);
		uint64_t offset;
		cw_addr value;
		bool is_ring =
			block.state == CW_BLOCK_USED &&
			(reaches(made, i, i) ||
			 (cw_reference_between(&made->heap, NULL, &block,
					       &block, &offset, &value) &&
			  value == block.address));
		wanted += is_ring;
		wanted_lost += is_ring && !cw_reach_has(reach, block.granule);
	}
	check_same(wanted, all->total.blocks);
	check_same(wanted_lost, all->unreachable.blocks);
	check_same(wanted_lost, lost->total.blocks);
	cw_array_foreach(group, &all->groups)
	{
		for (uint32_t i = 0; i < group->num_steps; i++) {
			const struct cw_ring_step *step = &group->steps[i];
			const struct cw_ring_step *next =
				&group->steps[(i + 1) % group->num_steps];
			uint64_t value;

			check(cw_target_read_word(made->target,
						  step->block + step->offset,
						  &value));
			check_same(value, step->value);
			check_same(made_block_of(made, next->block),
				   made_block_of(made, value));
		}
		check(group->num_steps > 0);
		check_same(group->examples[0], group->steps[0].block);
	}
	cw_rings_destroy(all);
	cw_rings_destroy(lost);
	cw_graph_deinit(&graph);
	cw_reach_destroy(reach);
}

int main(void)
{
	check_chains(1);
	check_chains(4);
	check_chains(12);
	check_shapes();
	check_labels();
	for (int round = 0; round < ROUNDS; round++) {
		struct made_heap *made = random_heap();

		check_paths(made);
		check_references(made);
		check_rings(made);
		made_destroy(made);
	}
	return 0;
}

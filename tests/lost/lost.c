/*
 * Lost: what object/ finds to be lost in a core, a line each, to hold against
 * what a program says of itself.
 *
 *	lost CORE	"lost ADDRESS SIZE" of every unreachable block, then
 *			"group SHAPE CLUSTERS BLOCKS MIN-MAX HEAD-SIZE" and
 *			"rings NUMBER LENGTH"
 *
 * Sums that must agree are checked here: usages against segments, roots against
 * usages, kinds, groups and clusters against totals.
 */
#include <inttypes.h>
#include <stdio.h>

#include "object/ring.h"
#include "tests/unit/check.h"

static void check_usages(const struct cw_target *target,
			 const struct cw_roots *roots)
{
	size_t next = 0;

	cw_array_foreach(segment, &target->segments)
	{
		cw_addr at = segment->start;

		while (at < segment->end) {
			check(next < roots->usages.num);
			const struct cw_usage *usage =
				&roots->usages.items[next++];
			check_same(at, usage->start);
			check(usage->end > at && usage->end <= segment->end);
			check(usage->segment == segment);
			at = usage->end;
		}
	}
	check_same(next, roots->usages.num);
	cw_array_foreach(root, &roots->roots)
	{
		if (root->kind == CW_ROOT_REGISTER)
			continue;
		const struct cw_usage *usage =
			cw_roots_usage_at(roots, root->start);
		check(usage);
		check(root->bytes ==
		      cw_target_bytes(target, root->start,
				      root->num_words * sizeof(uint64_t)));
		check(usage->kind != CW_USAGE_STACK_UNUSED);
		check(usage->kind != CW_USAGE_HEAP_METADATA);
	}
}

static void check_leaks(const struct cw_heap *heap,
			const struct cw_reach *reach,
			const struct cw_leaks *leaks)
{
	struct cw_heap_count kinds = {0}, groups = {0};
	uint32_t clusters = 0;

	for (int i = 0; i < CW_NUM_LEAK_KINDS; i++) {
		kinds.blocks += leaks->kinds[i].blocks;
		kinds.bytes += leaks->kinds[i].bytes;
	}
	cw_array_foreach(group, &leaks->groups)
	{
		uint64_t members = 0;

		check_same(clusters, group->first_cluster);
		clusters += group->clusters;
		groups.blocks += group->count.blocks;
		groups.bytes += group->count.bytes;
		for (uint32_t i = 0; i < group->num_members; i++)
			members += group->members[i].count.bytes;
		check_same(group->count.bytes, members);
	}
	check_same(leaks->num_clusters, clusters);
	check_same(leaks->total.bytes, kinds.bytes);
	check_same(leaks->total.blocks, kinds.blocks);
	check_same(leaks->total.bytes, groups.bytes);
	check_same(leaks->total.blocks, groups.blocks);
	check_same(reach->unreachable.blocks, leaks->total.blocks);
	check_same(reach->unreachable.bytes, leaks->total.bytes);
	check_same(heap->count[CW_BLOCK_USED].bytes,
		   reach->reachable.bytes + reach->unreachable.bytes);
}

static void print(const struct cw_heap *heap, const struct cw_leaks *leaks,
		  const struct cw_rings *rings)
{
	for (cw_node node = 0; node < leaks->lost.graph.num_nodes; node++) {
		struct cw_block block;

		check(cw_heap_block_at(
			heap, cw_leaks_address(leaks, heap, node), &block));
		printf("lost 0x%" PRIx64 " %" PRIu64 "\n", block.address,
		       block.size);
	}
	cw_array_foreach(group, &leaks->groups)
	{
		printf("group %s %u %" PRIu64 " %u-%u %" PRIu64 "\n",
		       cw_leak_shape_name(group->shape), group->clusters,
		       group->count.blocks, group->min_length,
		       group->max_length, group->head_size);
	}
	cw_array_foreach(group, &rings->groups)
	{
		printf("rings %u %u\n", group->rings, group->max_length);
		check_same(group->num_steps, group->max_length);
	}
}

int main(int argc, char **argv)
{
	struct cw_target_options options = {0};
	struct cw_target *target;
	struct cw_heap *heap;
	struct cw_roots *roots;
	struct cw_reach *reach;
	struct cw_leaks *leaks;
	struct cw_rings *rings;

	if (argc != 2)
		return 2;
	check_ok(cw_target_open_core(argv[1], &options, &target));
	check_ok(cw_heap_create(target, NULL, NULL, &heap));
	check_ok(cw_roots_create(target, heap, &roots));
	check_usages(target, roots);
	check_ok(cw_reach_create(heap, roots, NULL, 0, NULL, &reach));
	check_ok(cw_leaks_create(heap, reach, NULL, NULL, &leaks));
	check_leaks(heap, reach, leaks);
	check_ok(cw_rings_create_lost(heap, reach, NULL, NULL, &rings));
	print(heap, leaks, rings);
	cw_rings_destroy(rings);
	cw_leaks_destroy(leaks);
	cw_reach_destroy(reach);
	cw_roots_destroy(roots);
	cw_heap_destroy(heap);
	cw_target_close(target);
	return 0;
}

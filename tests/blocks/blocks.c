/*
 * Blocks: what heap/ sees in a core, a line each, to hold against a recorder.
 *
 *	blocks CORE		"STATE ADDRESS SIZE" of every block, then
 *				"hole", "corruption" and "count" lines
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "heap/heap.h"

static double cpu_seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return now.tv_sec + now.tv_nsec / 1e9;
}

static int fail(struct cw_error *err)
{
	fprintf(stderr, "blocks: %s\n", cw_error_message(err));
	cw_error_destroy(err);
	return 3;
}

static void print_blocks(const struct cw_heap *heap)
{
	struct cw_block_cursor cursor = cw_heap_blocks(heap);
	struct cw_block block;

	while (cw_block_cursor_next(&cursor, &block))
		printf("%s 0x%" PRIx64 " %" PRIu64 "\n",
		       cw_block_state_name(block.state), block.address,
		       block.size);
}

static void print_rest(const struct cw_heap *heap)
{
	cw_array_foreach(hole, &heap->holes)
		printf("hole 0x%" PRIx64 " 0x%" PRIx64 " %d\n", hole->start,
		       hole->end, hole->kind);
	cw_array_foreach(corruption, &heap->corruptions) printf(
		"corruption 0x%" PRIx64 " %" PRIu64 " 0x%" PRIx64 " %s\n",
		corruption->address, corruption->lost_size, corruption->suspect,
		corruption->what);
	cw_array_foreach(allocator, &heap->allocators) printf(
		"allocator %s %s arenas %u regions %u bytes %" PRIu64
		" known %" PRIu64 ": %s\n",
		allocator->name, allocator->version, allocator->num_arenas,
		allocator->num_regions, allocator->region_size,
		allocator->known_size, allocator->evidence);
	for (int i = 0; i < CW_NUM_BLOCK_STATES; i++)
		printf("count %s %" PRIu64 " %" PRIu64 "\n",
		       cw_block_state_name(i), heap->count[i].blocks,
		       heap->count[i].bytes);
	printf("overhead %" PRIu64 "\nunknown %" PRIu64 "\n",
	       heap->overhead_size, heap->unknown_size);
}

int main(int argc, char **argv)
{
	struct cw_target_options options = {0};
	struct cw_target *target;
	struct cw_heap *heap;
	struct cw_debug *debug;

	if (argc < 2)
		return 2;
	struct cw_error *err = cw_target_open_core(argv[1], &options, &target);
	if (err)
		return fail(err);
	debug = cw_debug_create(target);
	double start = cpu_seconds();
	err = cw_heap_create(target, debug, NULL, &heap);
	if (err)
		return fail(err);
	fprintf(stderr, "walked in %.3f s\n", cpu_seconds() - start);
	if (argc > 2 && strcmp(argv[2], "verify") == 0)
		err = cw_heap_verify(heap, NULL);
	if (err)
		return fail(err);
	if (argc <= 2 || strcmp(argv[2], "rest") != 0)
		print_blocks(heap);
	print_rest(heap);
	cw_heap_destroy(heap);
	cw_debug_destroy(debug);
	cw_target_close(target);
	return 0;
}

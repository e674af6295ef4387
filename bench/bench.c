/*
 * Bench: what the question for leaks costs on a core, beside a floor.
 *
 *	bench [--all] CORE
 *
 * The floor reads every word of writable memory once and tests one bit for it;
 * whatever answers the question does at least that.  Figures are CPU time of
 * one process, and its own memory: anonymous pages, without the mapped core.
 * Typing is made twice, as the first one reads debug info and code, too.
 * With --all also edges, rings of the whole graph, and dominators.
 */
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/bits.h"
#include "base/memory.h"
#include "graph/component.h"
#include "graph/dominator.h"
#include "object/leak.h"
#include "object/typing.h"

static volatile uint64_t peak; /* own bytes */
static volatile int is_done;
static pthread_t sampler;

static double seconds(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return now.tv_sec + now.tv_nsec / 1e9;
}

static uint64_t own_bytes(void)
{
	uint64_t total, resident, shared;
	FILE *file = fopen("/proc/self/statm", "r");

	if (!file || fscanf(file, "%" SCNu64 " %" SCNu64 " %" SCNu64, &total,
			    &resident, &shared) != 3)
		resident = shared = 0;
	if (file)
		fclose(file);
	return (resident - shared) * sysconf(_SC_PAGESIZE);
}

static void *sample(void *context)
{
	while (!is_done) {
		uint64_t now = own_bytes();
		if (now > peak)
			peak = now;
		usleep(2000);
	}
	return NULL;
}

/* CPU time of all threads but the one that samples. */
static double cpu(void)
{
	clockid_t clock;

	pthread_getcpuclockid(sampler, &clock);
	return seconds(CLOCK_PROCESS_CPUTIME_ID) - seconds(clock);
}

static void must(struct cw_error *err)
{
	if (!err)
		return;
	fprintf(stderr, "bench: %s\n", cw_error_message(err));
	exit(1);
}

static uint64_t num_words, num_hits;

static double floor_run(const struct cw_target *target, const uint64_t *bits)
{
	double start = cpu();

	num_words = 0;
	cw_array_foreach(segment, &target->segments)
	{
		if (!segment->bytes || !(segment->flags & CW_SEGMENT_WRITE))
			continue;
		uint64_t num = (segment->end - segment->start) / 8;
		for (uint64_t i = 0; i < num; i++) {
			uint64_t word;
			memcpy(&word, segment->bytes + i * 8, sizeof(word));
			word >>= CW_PAGE_SHIFT;
			if (word < 1 << 25 && cw_bit_test(bits, word))
				num_hits++;
		}
		num_words += num;
	}
	return cpu() - start;
}

static double floor_seconds(const struct cw_target *target,
			    const struct cw_heap *heap)
{
	uint64_t *bits = cw_alloc((1 << 25) / 8);

	for (uint32_t i = 0; i < heap->index.num_pages; i++)
		cw_bit_set(bits, heap->index.page_address[i] >> CW_PAGE_SHIFT);
	double best = floor_run(target, bits);
	for (int i = 0; i < 2; i++) {
		double again = floor_run(target, bits);
		if (again < best)
			best = again;
	}
	free(bits);
	return best;
}

static double floor_time, last;
static uint64_t num_blocks;

static void say(const char *what, double time)
{
	printf("  %-12s %8.3f s %8.1f ns a block %6.1f x floor\n", what, time,
	       time * 1e9 / num_blocks, time / floor_time);
}

static double lap(void)
{
	double now = cpu(), time = now - last;

	last = now;
	return time;
}

/* The first look reads what debug info there is, and mines the code. */
static void run_typing(struct cw_target *target, struct cw_heap *heap,
		       const struct cw_roots *roots)
{
	struct cw_debug *debug = cw_debug_create(target);
	struct cw_typing *typing;

	must(cw_block_index_number(&heap->index));
	lap();
	for (int i = 0; i < 2; i++) {
		uint64_t before = own_bytes();
		peak = before;
		must(cw_typing_create(heap, roots, debug, NULL, &typing));
		double time = lap();
		struct cw_heap_count typed = cw_typing_count(typing);
		uint64_t after = own_bytes();
		if (after > peak)
			peak = after;
		say(i == 0 ? "first look" : "typing", time);
		printf("  %-12s %8.1f MB kept, %.1f MB at most: %.1f and %.1f "
		       "B a block\n",
		       "", ((double)after - before) / 1048576.0,
		       ((double)peak - before) / 1048576.0,
		       ((double)after - before) / num_blocks,
		       ((double)peak - before) / num_blocks);
		if (i == 1)
			printf("  %.3f us a block typed, %.1f %% of blocks\n",
			       time * 1e6 / num_blocks,
			       100.0 * typed.blocks / num_blocks);
		cw_typing_destroy(typing);
		lap();
	}
	cw_debug_destroy(debug);
}

static void run_all(struct cw_heap *heap, const struct cw_roots *roots)
{
	struct cw_graph graph;
	struct cw_components components;
	struct cw_dominators dominators;
	uint32_t *root_blocks;
	size_t num_roots;

	lap();
	must(cw_block_index_number(&heap->index));
	must(cw_edges_create_all(heap, NULL, &graph));
	say("edges", lap());
	must(cw_components_init(&components, &graph, NULL));
	say("components", lap());
	cw_components_deinit(&components);

	uint64_t *sizes;
	size_t size = (size_t)graph.num_nodes * sizeof(*sizes);
	must(cw_bulk_alloc(size, &sizes));
	for (cw_node node = 0; node < graph.num_nodes; node++)
		sizes[node] = 16;
	must(cw_edges_root_blocks(heap, roots, false, &root_blocks,
				  &num_roots));
	lap();
	must(cw_dominators_init(&dominators, &graph, root_blocks, num_roots,
				sizes, NULL));
	say("dominators", lap());
	printf("  %u edges, own memory %.1f B a block\n", graph.num_edges,
	       (double)peak / num_blocks);
	cw_dominators_deinit(&dominators);
	cw_bulk_free(sizes, size);
	cw_graph_deinit(&graph);
	free(root_blocks);
}

int main(int argc, char **argv)
{
	struct cw_target_options options = {0};
	struct cw_target *target;
	struct cw_heap *heap;
	struct cw_roots *roots;
	struct cw_reach *reach;
	struct cw_leaks *leaks;
	bool is_all = argc == 3 && strcmp(argv[1], "--all") == 0;

	if (argc != 2 + is_all)
		return 2;
	if (pthread_create(&sampler, NULL, sample, NULL) != 0)
		return 1;
	uint64_t before = own_bytes();
	last = cpu();
	must(cw_target_open_core(argv[argc - 1], &options, &target));
	double open_time = lap();
	must(cw_heap_create(target, NULL, NULL, &heap));
	double walk_time = lap();
	must(cw_roots_create(target, heap, &roots));
	double roots_time = lap();
	must(cw_reach_create(heap, roots, NULL, 0, NULL, &reach));
	double reach_time = lap();
	must(cw_leaks_create(heap, reach, NULL, NULL, &leaks));
	double leaks_time = lap();
	uint64_t own = peak > own_bytes() ? peak : own_bytes();

	num_blocks = heap->index.num_blocks;
	floor_time = floor_seconds(target, heap);
	last = cpu();
	printf("  %" PRIu64 " blocks, %" PRIu64 " unreachable, %u groups; "
	       "%u passes\n",
	       num_blocks, leaks->total.blocks, (unsigned)leaks->groups.num,
	       reach->num_passes);
	printf("  %-12s %8.3f s %8.1f ns a block %6.2f ns a word\n", "floor",
	       floor_time, floor_time * 1e9 / num_blocks,
	       floor_time * 1e9 / num_words);
	say("open", open_time);
	say("walk", walk_time);
	say("roots", roots_time);
	say("reach", reach_time);
	say("leaks", leaks_time);
	say("= all",
	    open_time + walk_time + roots_time + reach_time + leaks_time);
	printf("  own memory %.1f MB, %.1f B a block\n",
	       (own - before) / 1048576.0, (double)(own - before) / num_blocks);
	run_typing(target, heap, roots);
	if (is_all)
		run_all(heap, roots);
	is_done = 1;
	pthread_join(sampler, NULL);
	return 0;
}

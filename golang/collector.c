/*
 * memstats (mstats) and gcController (gcControllerState):
 *
 *	heapStats.stats	3 deltas, which add up to what was counted
 *	pause_ns	a ring: that of collection n is at n - 1 modulo its size
 *	totalAlloc …	without what processors allocated of the spans that
 *			they hold, which is counted when they give them back
 *
 * Blocks of finalizers, the same in all releases:
 *
 *	 0 next of all   8 next of the queue   16 finalizers in it (4)
 */
#include "golang/collector.h"

#include <string.h>

enum {
	NUM_DELTAS = 3,
	MAX_PROCESSORS = 1 << 16,
	MAX_BLOCKS = 1 << 24, /* of finalizers */
	BLOCK_COUNT = 16,
	BLOCK_SIZE = 20,
	MAX_IN_BLOCK = 4096,
	MIN_RUNWAY = 64 << 10, /* between the trigger and the goal */
};

const char *cw_go_phase_name(enum cw_go_phase phase)
{
	switch (phase) {
	case CW_GO_PHASE_OFF:
		return "off";
	case CW_GO_PHASE_MARK:
		return "marking";
	case CW_GO_PHASE_MARK_TERMINATION:
		return "ending the marking";
	}
	return NULL;
}

/* Whether this runtime has all these fields. */
static bool has_fields(const struct cw_go *go, enum cw_go_field first,
		       enum cw_go_field last)
{
	for (enum cw_go_field i = first; i <= last; i++)
		if (go->layout.places[i].size == 0)
			return false;
	return true;
}

/* The variable, if it can be read and has those fields; or NULL. */
static const unsigned char *variable(const struct cw_go *go,
				     enum cw_go_global global,
				     enum cw_go_field first,
				     enum cw_go_field last)
{
	if (go->globals[global] == 0 || !has_fields(go, first, last))
		return NULL;
	return cw_target_bytes(go->target, go->globals[global],
			       cw_go_layout_extent(&go->layout, first, last));
}

/* Sum of the words of a field, an array. */
static uint64_t sum_of(const struct cw_go *go, const unsigned char *bytes,
		       enum cw_go_field field)
{
	const struct cw_go_place *place = &go->layout.places[field];
	uint64_t sum = 0;

	for (uint32_t at = 0; at + 8 <= place->size; at += 8) {
		uint64_t word;

		memcpy(&word, bytes + place->offset + at, sizeof(word));
		sum += word;
	}
	return sum;
}

static void read_deltas(const struct cw_go *go, const unsigned char *stats,
			struct cw_go_collector *collector)
{
	const struct cw_go_layout *layout = &go->layout;
	const struct cw_go_place *heap = &layout->places[CW_GO_STATS_HEAP];
	const struct cw_go_place *deltas = &layout->places[CW_GO_DELTAS];
	uint32_t size = deltas->size / NUM_DELTAS;

	if (!has_fields(go, CW_GO_DELTAS, CW_GO_DELTA_SMALL_FREED) ||
	    deltas->offset + (uint64_t)deltas->size > heap->size ||
	    cw_go_layout_extent(layout, CW_GO_DELTA_STACKS,
				CW_GO_DELTA_SMALL_FREED) > size)
		return;
	for (uint32_t i = 0; i < NUM_DELTAS; i++) {
		const unsigned char *delta =
			stats + heap->offset + deltas->offset + i * size;
		uint64_t tiny = cw_go_field(layout, delta, CW_GO_DELTA_TINY);

		collector->stacks +=
			cw_go_field(layout, delta, CW_GO_DELTA_STACKS);
		collector->num_allocs +=
			tiny + cw_go_field(layout, delta, CW_GO_DELTA_LARGE) +
			sum_of(go, delta, CW_GO_DELTA_SMALL);
		collector->num_frees +=
			tiny +
			cw_go_field(layout, delta, CW_GO_DELTA_LARGE_FREED) +
			sum_of(go, delta, CW_GO_DELTA_SMALL_FREED);
	}
}

static void read_stats(const struct cw_go *go, const unsigned char *stats,
		       struct cw_go_collector *collector)
{
	const struct cw_go_layout *layout = &go->layout;
	const struct cw_go_place *ring = &layout->places[CW_GO_STATS_PAUSES];
	uint32_t num = cw_go_field(layout, stats, CW_GO_STATS_NUM_GC);
	uint32_t room = ring->size / 8;

	collector->num_collections = num;
	collector->num_forced =
		cw_go_field(layout, stats, CW_GO_STATS_NUM_FORCED_GC);
	collector->last = cw_go_field(layout, stats, CW_GO_STATS_LAST_GC);
	collector->last_clock =
		cw_go_field(layout, stats, CW_GO_STATS_LAST_GC_CLOCK);
	collector->pause_total =
		cw_go_field(layout, stats, CW_GO_STATS_PAUSE_TOTAL);
	uint64_t fraction =
		cw_go_field(layout, stats, CW_GO_STATS_CPU_FRACTION);
	memcpy(&collector->cpu_fraction, &fraction, sizeof(fraction));
	if (room > CW_GO_MAX_PAUSES)
		room = CW_GO_MAX_PAUSES;
	collector->num_pauses = num < room ? num : room;
	for (uint32_t i = 0; i < collector->num_pauses; i++)
		memcpy(&collector->pauses[i],
		       stats + ring->offset + (num - 1 - i) % room * 8, 8);
	read_deltas(go, stats, collector);
}

static void read_pacer(const struct cw_go *go, const unsigned char *pacer,
		       struct cw_go_collector *collector)
{
	const struct cw_go_layout *layout = &go->layout;
	uint64_t sweep = cw_go_field(layout, pacer, CW_GO_PACER_SWEEP_GOAL);
	uint64_t trigger = cw_go_field(layout, pacer, CW_GO_PACER_TRIGGERED);

	collector->in_use = cw_go_field(layout, pacer, CW_GO_PACER_HEAP_IN_USE);
	collector->released =
		cw_go_field(layout, pacer, CW_GO_PACER_HEAP_RELEASED);
	collector->idle = collector->released +
			  cw_go_field(layout, pacer, CW_GO_PACER_HEAP_FREE);
	collector->total_alloc =
		cw_go_field(layout, pacer, CW_GO_PACER_TOTAL_ALLOC);
	collector->percent =
		(int32_t)cw_go_field(layout, pacer, CW_GO_PACER_PERCENT);
	collector->memory_limit = cw_go_field(layout, pacer, CW_GO_PACER_LIMIT);
	if (collector->memory_limit == INT64_MAX)
		collector->memory_limit = UINT64_MAX;
	collector->goal = cw_go_field(layout, pacer, CW_GO_PACER_GOAL);
	if (sweep > collector->goal)
		collector->goal = sweep;
	if (trigger != UINT64_MAX && collector->goal < trigger + MIN_RUNWAY)
		collector->goal = trigger + MIN_RUNWAY;
}

/* What was allocated of a span since a processor took it. */
static void count_span(const struct cw_go *go, cw_addr address,
		       struct cw_go_collector *collector)
{
	const struct cw_go_layout *layout = &go->layout;
	const unsigned char *bytes = cw_target_bytes(
		go->target, address,
		cw_go_layout_extent(layout, CW_GO_SPAN_START,
				    CW_GO_SPAN_ALLOC_COUNT_BEFORE));

	/* A processor without a span has an empty one of no pages. */
	if (!bytes || cw_go_field(layout, bytes, CW_GO_SPAN_START) == 0)
		return;
	uint64_t now = cw_go_field(layout, bytes, CW_GO_SPAN_ALLOC_COUNT);
	uint64_t before =
		cw_go_field(layout, bytes, CW_GO_SPAN_ALLOC_COUNT_BEFORE);
	if (now <= before)
		return;
	collector->num_allocs += now - before;
	collector->total_alloc +=
		(now - before) *
		cw_go_field(layout, bytes, CW_GO_SPAN_ELEMENT_SIZE);
}

static void count_processor(const struct cw_go *go, cw_addr processor,
			    struct cw_go_collector *collector)
{
	const struct cw_go_layout *layout = &go->layout;
	const struct cw_go_place *spans = &layout->places[CW_GO_CACHE_SPANS];
	cw_addr cache;

	if (!cw_target_read_word(
		    go->target,
		    processor + layout->places[CW_GO_PROCESSOR_CACHE].offset,
		    &cache))
		return;
	const unsigned char *bytes = cw_target_bytes(
		go->target, cache,
		cw_go_layout_extent(layout, CW_GO_CACHE_TINY_ALLOCS,
				    CW_GO_CACHE_SPANS));
	if (!bytes)
		return;
	uint64_t tiny = cw_go_field(layout, bytes, CW_GO_CACHE_TINY_ALLOCS);
	collector->num_allocs += tiny;
	collector->num_frees += tiny;
	for (uint32_t at = 0; at + 8 <= spans->size; at += 8) {
		cw_addr span;

		memcpy(&span, bytes + spans->offset + at, sizeof(span));
		count_span(go, span, collector);
	}
}

static void count_processors(const struct cw_go *go,
			     struct cw_go_collector *collector)
{
	cw_addr list = go->globals[CW_GO_PROCESSORS], first, processor;
	uint64_t num;

	if (list == 0 ||
	    !has_fields(go, CW_GO_PROCESSOR_CACHE, CW_GO_CACHE_SPANS) ||
	    !has_fields(go, CW_GO_SPAN_ALLOC_COUNT,
			CW_GO_SPAN_ALLOC_COUNT_BEFORE) ||
	    !cw_target_read_word(go->target, list, &first) ||
	    !cw_target_read_word(go->target, list + 8, &num))
		return;
	for (uint64_t i = 0; i < num && i < MAX_PROCESSORS; i++)
		if (cw_target_read_word(go->target, first + i * 8, &processor))
			count_processor(go, processor, collector);
}

/* A block that the goroutine took off the queue keeps the count of those that
 * it has not run yet. */
static void count_finalizers(const struct cw_go *go,
			     struct cw_go_collector *collector)
{
	cw_addr block = go->globals[CW_GO_FINALIZER_BLOCKS];

	if (block == 0)
		return;
	collector->has_more_finalizers = true;
	if (!cw_target_read_word(go->target, block, &block))
		return;
	for (uint32_t i = 0; block && i < MAX_BLOCKS; i++) {
		const unsigned char *bytes =
			cw_target_bytes(go->target, block, BLOCK_SIZE);
		uint32_t in_block;

		if (!bytes)
			break;
		memcpy(&in_block, bytes + BLOCK_COUNT, sizeof(in_block));
		if (in_block > MAX_IN_BLOCK)
			break;
		collector->num_finalizers += in_block;
		memcpy(&block, bytes, sizeof(block));
	}
	collector->has_more_finalizers = block != 0;
}

static void read_queues(const struct cw_go *go,
			struct cw_go_collector *collector)
{
	const struct cw_go_layout *layout = &go->layout;
	cw_addr goroutine;

	count_finalizers(go, collector);
	if (go->globals[CW_GO_FINALIZER_GOROUTINE] &&
	    cw_target_read_word(go->target,
				go->globals[CW_GO_FINALIZER_GOROUTINE],
				&goroutine))
		collector->finalizer_goroutine = goroutine;

	const unsigned char *cleanups =
		variable(go, CW_GO_CLEANUPS, CW_GO_CLEANUPS_QUEUED,
			 CW_GO_CLEANUPS_EXECUTED);
	if (!cleanups)
		return;
	uint64_t queued = cw_go_field(layout, cleanups, CW_GO_CLEANUPS_QUEUED);
	uint64_t done = cw_go_field(layout, cleanups, CW_GO_CLEANUPS_EXECUTED);
	if (queued > done)
		collector->num_cleanups = queued - done;
}

void cw_go_collector_read(const struct cw_go *go,
			  struct cw_go_collector *collector)
{
	uint32_t phase;

	*collector = (struct cw_go_collector){0};
	if (go->problem)
		return;
	const unsigned char *stats = variable(go, CW_GO_STATS, CW_GO_STATS_HEAP,
					      CW_GO_STATS_CPU_FRACTION);
	const unsigned char *pacer = variable(
		go, CW_GO_PACER, CW_GO_PACER_PERCENT, CW_GO_PACER_TOTAL_ALLOC);
	if (stats && pacer) {
		collector->has_statistics = true;
		read_stats(go, stats, collector);
		read_pacer(go, pacer, collector);
		count_processors(go, collector);
	}
	if (go->globals[CW_GO_PHASE] &&
	    cw_target_read(go->target, go->globals[CW_GO_PHASE], &phase,
			   sizeof(phase)) &&
	    cw_go_phase_name(phase))
		collector->phase = phase;
	read_queues(go, collector);
}

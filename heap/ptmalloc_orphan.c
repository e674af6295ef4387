/*
 * Orphans: heaps whose main arena cannot be read, as in a core that ends
 * before the data of libc.
 *
 * Thread arenas have their state with them.  The heap of brk is taken for one
 * when the chain of chunks from the start of an anonymous mapping leads to the
 * end of it, or far into it where the bytes end.
 */
#include "heap/ptmalloc.h"

/* Chunks that make a heap of a mapping of which the end is not there. */
#define ENOUGH_CHUNKS 64

/* A main arena of which nothing is known but its memory. */
static void add_heap(struct ptmalloc_all *all, cw_addr start, cw_addr top,
		     cw_addr end)
{
	*cw_array_push(&all->arenas) = (struct ptmalloc_arena){
		.top = top,
		.system_mem = end - start,
		.is_main = true,
		.number = all->arenas.num,
	};
}

static bool is_first(const struct cw_target *target, cw_addr chunk)
{
	uint64_t field;

	return ptmalloc_size_field(target, chunk, &field) &&
	       (field & 15) == PTMALLOC_PREVIOUS_USED &&
	       field >= PTMALLOC_MIN_CHUNK;
}

/* Adds the mapping that begins with @segment when it is the heap of brk. */
static bool try_segment(struct cw_heap *heap, struct ptmalloc_all *all,
			const struct cw_segment *segment)
{
	const struct cw_target *target = heap->target;
	cw_addr chunk = segment->start, last = 0, end = segment->end;
	const struct cw_segment *next;
	uint64_t field, num_chunks = 0;

	while ((next = cw_target_segment(target, end)) != NULL && !next->path &&
	       next->flags & CW_SEGMENT_WRITE)
		end = next->end;
	if (!is_first(target, chunk))
		return false;
	while (chunk < end && ptmalloc_size_field(target, chunk, &field)) {
		uint64_t size = ptmalloc_size(field);

		if (size < PTMALLOC_MIN_CHUNK || size > end - chunk ||
		    field & (8 | PTMALLOC_MMAPPED | PTMALLOC_THREAD_ARENA))
			return false;
		last = chunk;
		chunk += size;
		num_chunks++;
	}
	if (chunk < end && num_chunks < ENOUGH_CHUNKS)
		return false;
	if (chunk >= end && num_chunks < 2)
		return false;
	/* Where the top is cannot be known when the bytes end before. */
	add_heap(all, segment->start,
		 chunk < end ? end - PTMALLOC_MIN_CHUNK : last, end);
	return true;
}

static void find_heap(struct cw_heap *heap, struct ptmalloc_all *all)
{
	cw_array_foreach(segment, &heap->target->segments)
	{
		if (segment->bytes && !segment->path &&
		    segment->flags & CW_SEGMENT_WRITE &&
		    !(segment->flags & CW_SEGMENT_SHARED) &&
		    try_segment(heap, all, segment))
			return; /* there is one brk */
	}
}

void ptmalloc_find_orphans(struct cw_heap *heap, struct ptmalloc_all *all)
{
	for (size_t i = 0; i < ptmalloc_num_state_layouts; i++) {
		*cw_array_push(&all->libcs) = (struct ptmalloc){
			.state = &ptmalloc_state_layouts[i],
			.is_orphan = true,
		};
		ptmalloc_find_lost_arenas(heap, all);
		if (all->arenas.num)
			break;
		all->libcs.num = 0;
	}
	if (!all->libcs.num)
		*cw_array_push(&all->libcs) = (struct ptmalloc){
			.state = &ptmalloc_state_layouts[0],
			.is_orphan = true,
		};
	find_heap(heap, all);
	if (!all->arenas.num)
		all->libcs.num = 0;
}

/* Walk: from chunk to chunk through each piece of each arena. */
#include <stdlib.h>
#include <string.h>

#include "heap/ptmalloc.h"

/* tcache structs are of sizes in this range. */
#define MIN_TCACHE_CHUNK 0x250
#define MAX_TCACHE_CHUNK 0x300

/* Chunks walked between two looks at the progress. */
#define STEP_CHUNKS 1000000

#define MAX_CORRUPTIONS 10000

struct walk {
	struct cw_heap *heap;
	struct ptmalloc_all *all;
	const struct ptmalloc_piece *piece;
	uint64_t bad_flags; /* bits that no size field here has */
	cw_addr chunk;	    /* the next one */
	cw_addr previous;   /* the one before, or 0: not known */
	cw_addr done_size;  /* of the pieces before */
};

static uint64_t granule_of(const struct walk *walk, cw_addr chunk)
{
	return cw_block_index_granule(&walk->heap->index,
				      chunk + PTMALLOC_HEADER);
}

/*
 * A chunk whose successor says that it is free repeats its size there.  If it
 * does not, the bit was overwritten: the chunk is in use.
 */
static void end_free_chunk(struct walk *walk, const unsigned char *header)
{
	uint64_t previous_size;

	if (!walk->previous)
		return;
	memcpy(&previous_size, header, sizeof(previous_size));
	if (previous_size == walk->chunk - walk->previous)
		cw_bit_set(walk->heap->index.unused,
			   granule_of(walk, walk->previous));
	else
		ptmalloc_corrupt(
			walk->heap, walk->chunk, 0,
			walk->previous + PTMALLOC_HEADER,
			"header says that the block before is free "
			"and of 0x%llx bytes, but it has 0x%llx",
			(unsigned long long)previous_size,
			(unsigned long long)(walk->chunk - walk->previous));
}

/*
 * Walks on in [bytes, …), the memory from @window_start to @window_end, until
 * its end, that of the piece, or a header that is wrong.
 */
static void walk_window(struct walk *walk, const unsigned char *bytes,
			cw_addr window_start, cw_addr window_end,
			uint64_t max_chunks)
{
	uint64_t *starts = walk->heap->index.starts;
	cw_addr end = walk->piece->end;
	/* Pages of a piece are numbered in one go, so granules follow. */
	uint64_t granule = granule_of(walk, walk->chunk);

	for (uint64_t i = 0; i < max_chunks && walk->chunk < window_end; i++) {
		const unsigned char *header =
			bytes + (walk->chunk - window_start);
		uint64_t field;

		memcpy(&field, header + 8, sizeof(field));
		uint64_t size = ptmalloc_size(field);
		if (size < PTMALLOC_MIN_CHUNK || size > end - walk->chunk ||
		    (field & walk->bad_flags))
			break;

		cw_bit_set(starts, granule);
		if (!(field & PTMALLOC_PREVIOUS_USED))
			end_free_chunk(walk, header);
		if (size - MIN_TCACHE_CHUNK <=
		    MAX_TCACHE_CHUNK - MIN_TCACHE_CHUNK)
			ptmalloc_note_tcache(walk->heap->target, walk->all,
					     walk->chunk, size);
		walk->previous = walk->chunk;
		walk->chunk += size;
		granule += size >> walk->heap->index.granule_shift;
	}
}

static void add_hole(struct walk *walk, cw_addr start, cw_addr end,
		     enum cw_hole_kind kind)
{
	*cw_array_push(&walk->heap->holes) = (struct cw_heap_hole){
		.start = start + PTMALLOC_HEADER,
		.end = end,
		.kind = kind,
	};
	walk->previous = 0;
	walk->chunk = end;
}

/* The first readable address from @address on, at most the piece's end. */
static cw_addr readable_from(const struct walk *walk, cw_addr address)
{
	while (address < walk->piece->end) {
		const struct cw_segment *segment =
			cw_target_segment(walk->heap->target, address);

		if (!segment)
			return walk->piece->end;
		if (segment->bytes)
			return address;
		address = segment->end;
	}
	return walk->piece->end;
}

static cw_addr find_way_on(const struct walk *walk, cw_addr from, cw_addr bad)
{
	return ptmalloc_resync(walk->heap, walk->all, walk->piece, from, bad);
}

/* The chunk's header is in memory that the target has no bytes of. */
static void pass_unreadable(struct walk *walk)
{
	cw_addr readable = readable_from(walk, walk->chunk);
	cw_addr bad = walk->chunk;
	cw_addr next = walk->piece->end;

	if (readable < walk->piece->end)
		next = find_way_on(walk, (readable + 15) / 16 * 16, bad);
	add_hole(walk, bad, next, CW_HOLE_UNREADABLE);
}

/* Takes back the starts in (from, to). */
static void clear_starts(struct walk *walk, cw_addr from, cw_addr to)
{
	for (cw_addr chunk = from + 16; chunk < to; chunk += 16) {
		uint64_t granule = granule_of(walk, chunk);

		cw_bit_clear(walk->heap->index.starts, granule);
		cw_bit_clear(walk->heap->index.unused, granule);
	}
}

/* The block that begins last before @chunk's, or 0. */
static cw_addr block_before(const struct walk *walk, cw_addr chunk)
{
	while (chunk > walk->piece->start) {
		chunk -= 16;
		if (cw_bit_test(walk->heap->index.starts,
				granule_of(walk, chunk)))
			return chunk + PTMALLOC_HEADER;
	}
	return 0;
}

static void pass_corrupt(struct walk *walk, uint64_t field)
{
	cw_addr bad = walk->chunk, previous = walk->previous;

	/* Hostile: this is no heap any more. */
	if (walk->heap->corruptions.num >= MAX_CORRUPTIONS) {
		ptmalloc_corrupt(walk->heap, bad, walk->piece->end - bad, 0,
				 "after %d corruptions the rest is not walked",
				 MAX_CORRUPTIONS);
		add_hole(walk, bad, walk->piece->end, CW_HOLE_CORRUPT);
		return;
	}

	cw_addr from = previous ? previous + PTMALLOC_MIN_CHUNK : bad + 16;
	cw_addr next = find_way_on(walk, from, bad);
	cw_addr suspect = previous ? previous + PTMALLOC_HEADER : 0;

	if (previous && next < bad + PTMALLOC_MIN_CHUNK) {
		/* There is no room for a block at @bad: it is the size of the
		 * chunk before that is wrong. */
		uint64_t wrong = 0;
		ptmalloc_size_field(walk->heap->target, previous, &wrong);
		ptmalloc_corrupt(walk->heap, previous, 0,
				 block_before(walk, previous),
				 "chunk size 0x%llx is wrong, it is 0x%llx",
				 (unsigned long long)ptmalloc_size(wrong),
				 (unsigned long long)(next - previous));
		clear_starts(walk, previous, next);
		walk->chunk = next;
		return;
	}
	ptmalloc_corrupt(walk->heap, bad, next - bad, suspect,
			 "chunk size 0x%llx is not possible",
			 (unsigned long long)field);
	add_hole(walk, bad, next, CW_HOLE_CORRUPT);
}

/* Two fences in the middle: others moved the break, and then it went on. */
static bool pass_foreign(struct walk *walk, uint64_t field)
{
	const struct cw_target *target = walk->heap->target;
	uint64_t next_field;

	if (ptmalloc_size(field) != PTMALLOC_FENCE ||
	    (walk->bad_flags & PTMALLOC_THREAD_ARENA) == 0 ||
	    !ptmalloc_size_field(target, walk->chunk + 16, &next_field))
		return false;
	if (ptmalloc_size(next_field) != PTMALLOC_FENCE)
		return false;

	cw_addr fence = walk->chunk;
	cw_addr next = find_way_on(walk, fence + 32, fence);
	add_hole(walk, fence, next, CW_HOLE_FOREIGN);
	return true;
}

static struct cw_error *walk_piece(struct walk *walk,
				   struct cw_progress *progress)
{
	const struct ptmalloc_piece *piece = walk->piece;

	walk->chunk = piece->start;
	walk->previous = 0;
	while (walk->chunk < piece->end) {
		struct cw_error *err = cw_progress_step(
			progress,
			walk->done_size + (walk->chunk - piece->start));
		if (err)
			return err;

		const struct cw_segment *segment =
			cw_target_segment(walk->heap->target, walk->chunk);
		if (!segment || !segment->bytes ||
		    segment->end - walk->chunk < PTMALLOC_HEADER) {
			pass_unreadable(walk);
			continue;
		}

		cw_addr before = walk->chunk;
		walk_window(walk, segment->bytes, segment->start,
			    segment->end & ~(cw_addr)15, STEP_CHUNKS);
		uint64_t field;
		if (walk->chunk != before || walk->chunk >= piece->end)
			continue;
		memcpy(&field,
		       segment->bytes + (walk->chunk - segment->start) + 8,
		       sizeof(field));
		if (!pass_foreign(walk, field))
			pass_corrupt(walk, field);
	}
	return NULL;
}

/* What is left behind the chain, the top chunk, is free. */
static void end_with_top(struct walk *walk)
{
	const struct ptmalloc_piece *piece = walk->piece;
	uint64_t granule = granule_of(walk, piece->end);
	uint64_t field;

	cw_block_index_mark(&walk->heap->index, granule);
	if (!ptmalloc_size_field(walk->heap->target, piece->end, &field) ||
	    ptmalloc_size(field) == piece->memory_end - piece->end)
		return;
	ptmalloc_corrupt(walk->heap, piece->end, 0,
			 walk->previous ? walk->previous + PTMALLOC_HEADER : 0,
			 "size 0x%llx of the top chunk does not lead to the "
			 "end of the heap",
			 (unsigned long long)field);
}

/* The fence behind a piece says whether the last block is free. */
static void end_fenced(struct walk *walk)
{
	const unsigned char *header = cw_target_bytes(
		walk->heap->target, walk->piece->end, PTMALLOC_HEADER);
	uint64_t field;

	if (!header || !walk->previous)
		return;
	memcpy(&field, header + 8, sizeof(field));
	if (!(field & PTMALLOC_PREVIOUS_USED))
		end_free_chunk(walk, header);
}

static const struct cw_heap_region *region_of(const struct cw_heap *heap,
					      cw_addr start, cw_addr end)
{
	const struct cw_heap_region *region = cw_heap_region_at(heap, start);

	return region && region->start == start && region->end >= end ? region
								      : NULL;
}

struct cw_error *ptmalloc_walk(struct cw_heap *heap, struct ptmalloc_all *all,
			       struct cw_progress *progress)
{
	struct walk walk = {.heap = heap, .all = all};
	uint64_t total = 0;

	cw_array_foreach(piece, &all->pieces) total +=
		piece->end - piece->start;
	cw_progress_begin(progress, "reading blocks", total);

	cw_array_foreach(piece, &all->pieces)
	{
		bool is_main = all->arenas.items[piece->arena].is_main;

		/* Left out when it overlaps another. */
		if (!region_of(heap, piece->start, piece->end))
			continue;
		walk.piece = piece;
		walk.bad_flags = 8 | PTMALLOC_MMAPPED |
				 (is_main ? PTMALLOC_THREAD_ARENA : 0);
		struct cw_error *err = walk_piece(&walk, progress);
		if (err)
			return err;
		if (piece->has_top)
			end_with_top(&walk);
		else
			end_fenced(&walk);
		walk.done_size += piece->end - piece->start;
	}
	cw_array_foreach(mmapped, &all->mmapped)
	{
		if (region_of(heap, mmapped->chunk, mmapped->end))
			cw_bit_set(heap->index.starts,
				   granule_of(&walk, mmapped->chunk));
	}
	return NULL;
}

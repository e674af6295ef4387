/*
 * Resync: the way on behind a header that makes no sense.
 *
 * Each 16-byte step from there is tried as a chunk.  It is taken when the
 * chain from it comes to a landmark: the end of the piece, a chunk that a list
 * of free ones holds, or one whose free predecessor repeats the right size.  A
 * long chain of plausible chunks will do too, since the next bad header may
 * come before any landmark.
 *
 * A chain that fails is remembered by a bit for each of its chunks, so that
 * memory full of small numbers costs no more than once.
 */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "heap/ptmalloc.h"

/* Plausible chunks in a row that are as good as a landmark. */
#define ENOUGH_CHUNKS 64
/* ... when there is no better way on. */
#define FEW_CHUNKS 6
/* Lists are followed this far for landmarks. */
#define MAX_LANDMARKS (1 << 20)

struct ptmalloc_resync {
	struct cw_heap *heap;
	const struct ptmalloc_all *all;
	const struct ptmalloc_piece *piece;
	uint64_t bad_flags;
	uint64_t *failed; /* a bit for 16 bytes of the piece */
	/* Where the bytes of the last header were, to find the next fast. */
	const struct cw_segment *segment;
};

static int by_address(const void *left, const void *right)
{
	cw_addr a = *(const cw_addr *)left, b = *(const cw_addr *)right;

	return (a > b) - (a < b);
}

/* Follows one bin from its head as long as its links agree. */
static void add_bin(const struct cw_target *target, struct ptmalloc_all *all,
		    cw_addr head)
{
	cw_addr previous = head, chunk;

	while (cw_target_read_word(target, previous + 16, &chunk) &&
	       chunk != head && chunk % 16 == 0 &&
	       all->landmarks.num < MAX_LANDMARKS) {
		uint64_t back;

		if (!cw_target_read_word(target, chunk + 24, &back) ||
		    back != previous)
			break;
		*cw_array_push(&all->landmarks) = chunk;
		previous = chunk;
	}
}

static void find_landmarks(struct cw_heap *heap, struct ptmalloc_all *all)
{
	if (all->has_landmarks)
		return;
	all->has_landmarks = true;
	cw_array_foreach(arena, &all->arenas)
	{
		*cw_array_push(&all->landmarks) = arena->top;
		for (unsigned i = 0; arena->bins && i < PTMALLOC_NUM_BINS; i++)
			add_bin(heap->target, all, arena->bins + i * 16 - 16);
	}
	qsort(all->landmarks.items, all->landmarks.num, sizeof(cw_addr),
	      by_address);
}

static bool is_landmark(const struct ptmalloc_resync *resync, cw_addr chunk)
{
	return chunk == resync->piece->end ||
	       bsearch(&chunk, resync->all->landmarks.items,
		       resync->all->landmarks.num, sizeof(cw_addr), by_address);
}

static bool read_header(struct ptmalloc_resync *resync, cw_addr chunk,
			uint64_t header[2])
{
	if (!resync->segment || !cw_segment_has(resync->segment, chunk))
		resync->segment =
			cw_target_segment(resync->heap->target, chunk);
	if (!resync->segment || !resync->segment->bytes ||
	    resync->segment->end - chunk < 16)
		return false;
	memcpy(header,
	       resync->segment->bytes + (chunk - resync->segment->start), 16);
	return true;
}

static bool has_failed(const struct ptmalloc_resync *resync, cw_addr chunk)
{
	return cw_bit_test(resync->failed, (chunk - resync->piece->start) / 16);
}

/*
 * Whether the would-be size is only one of many equal words, as in an array of
 * numbers, which would make fine chains.
 */
static bool repeats(struct ptmalloc_resync *resync, cw_addr chunk,
		    uint64_t field)
{
	uint64_t next[2];

	return read_header(resync, chunk + 16, next) && next[1] == field;
}

/* Whether @chunk begins a chain to a landmark, or one of @enough chunks. */
static bool leads_on(struct ptmalloc_resync *resync, cw_addr start,
		     unsigned enough)
{
	cw_addr chunk = start, previous = 0;
	cw_addr end = resync->piece->end;
	uint64_t header[2];
	unsigned num_chunks = 0;

	for (;;) {
		if (has_failed(resync, chunk))
			break;
		if (is_landmark(resync, chunk))
			return true;
		if (!read_header(resync, chunk, header))
			break;
		uint64_t size = ptmalloc_size(header[1]);
		if (size < PTMALLOC_MIN_CHUNK || size > end - chunk ||
		    (header[1] & resync->bad_flags))
			break;
		if (!(header[1] & PTMALLOC_PREVIOUS_USED) && previous) {
			if (header[0] == chunk - previous)
				return true;
			break;
		}
		num_chunks += !repeats(resync, chunk, header[1]);
		if (num_chunks >= enough)
			return true;
		previous = chunk;
		chunk += size;
	}

	/* It fails, and so does every chain that comes to one of its chunks;
	 * but with fewer chunks asked for, a later one may do. */
	for (chunk = start; previous && chunk <= previous;) {
		cw_bit_set(resync->failed, (chunk - resync->piece->start) / 16);
		if (!read_header(resync, chunk, header))
			break;
		chunk += ptmalloc_size(header[1]);
	}
	return false;
}

static cw_addr search(struct ptmalloc_resync *resync, cw_addr from,
		      unsigned enough)
{
	for (cw_addr chunk = from; chunk < resync->piece->end; chunk += 16) {
		const struct cw_segment *segment =
			cw_target_segment(resync->heap->target, chunk);

		if (!segment)
			break;
		if (!segment->bytes) {
			chunk = segment->end - 16;
			continue;
		}
		for (; chunk < segment->end && chunk < resync->piece->end;
		     chunk += 16) {
			if (leads_on(resync, chunk, enough))
				return chunk;
		}
		chunk -= 16;
	}
	return resync->piece->end;
}

cw_addr ptmalloc_resync(struct cw_heap *heap, struct ptmalloc_all *all,
			const struct ptmalloc_piece *piece, cw_addr from,
			cw_addr bad)
{
	bool is_main = all->arenas.items[piece->arena].is_main;
	size_t failed_size =
		cw_bits_words((piece->end - piece->start) / 16 + 1) * 8;
	struct ptmalloc_resync resync = {
		.heap = heap,
		.all = all,
		.piece = piece,
		.bad_flags = 8 | PTMALLOC_MMAPPED |
			     (is_main ? PTMALLOC_THREAD_ARENA : 0),
	};

	find_landmarks(heap, all);
	cw_addr found = piece->end;
	static const unsigned enough[] = {ENOUGH_CHUNKS, FEW_CHUNKS};
	for (size_t i = 0; i < 2; i++) {
		struct cw_error *err =
			cw_bulk_alloc(failed_size, &resync.failed);
		if (err) {
			cw_error_destroy(err);
			break;
		}
		if (bad >= piece->start && bad < piece->end)
			cw_bit_set(resync.failed, (bad - piece->start) / 16);
		cw_addr chunk = search(&resync, from, enough[i]);
		cw_bulk_free(resync.failed, failed_size);
		if (chunk < found)
			found = chunk;
	}
	return found;
}

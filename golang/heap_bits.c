/*
 *	1.19		heapArena.bitmap, 2 bits a word: a byte has 4 words,
 *their pointers below, above which of them are followed by more 1.20, 1.21
 *heapArena.bitmap, a bit a word, and noMorePtrs, a bit for each 64: the object
 *at its end has no more of them 1.22 and later	up to 512 bytes: a bit a word at
 *the end of the span, before the inline marks; else by the object's type, which
 *repeats to the end of the element
 *
 * An arena is 64 MiB; mheap.arenas finds it by its number.
 */
#include "golang/heap_bits.h"

#include "base/bits.h"

enum {
	ONE_BIT_SINCE = 20,
	IN_SPAN_SINCE = 22,
	ARENA_SHIFT = 26,
	WORDS_IN_BYTE = 4, /* 1.19 */
	MORE_SHIFT = 4,
	NUM_ARENAS = 1 << 22,
};

#define ARENA_SIZE (UINT64_C(1) << ARENA_SHIFT)
/* The first is at the lowest address there is, a negative one. */
#define FIRST_ARENA (UINT64_C(1) << 47 >> ARENA_SHIFT)

void cw_go_heap_bits_init(struct cw_go_heap_bits *bits, const struct cw_go *go,
			  const struct cw_go_spans *spans)
{
	*bits = (struct cw_go_heap_bits){
		.go = go,
		.has_inline_marks = spans->has_inline_marks,
	};
	cw_go_masks_init(&bits->masks, go);
}

void cw_go_heap_bits_deinit(struct cw_go_heap_bits *bits)
{
	cw_go_masks_deinit(&bits->masks);
}

/* A word that nothing is known of may be a pointer. */
static void take_all(struct cw_go_heap_bits *bits,
		     const struct cw_go_span *span, uint32_t element,
		     uint64_t *ret)
{
	bits->unknown.blocks++;
	bits->unknown.bytes += span->element_size;
	cw_bits_fill(ret, element * span->element_size / 8,
		     span->element_size / 8);
}

/* ---- Beside the heap */

static cw_addr arena_at(const struct cw_go *go, cw_addr address)
{
	uint64_t number = FIRST_ARENA + (address >> ARENA_SHIFT);
	cw_addr arenas, arena;

	if (number >= NUM_ARENAS ||
	    !cw_target_read_word(
		    go->target,
		    go->heap + go->layout.places[CW_GO_HEAP_ARENAS].offset,
		    &arenas) ||
	    !cw_target_read_word(go->target, arenas + number * 8, &arena))
		return 0;
	return arena;
}

/* @bytes of the array from that of the arena's word @word on. */
static const unsigned char *array_at(const struct cw_go *go, cw_addr arena,
				     enum cw_go_field field, uint64_t start,
				     uint64_t end)
{
	const struct cw_go_place *place = &go->layout.places[field];

	if (arena == 0 || end > place->size)
		return NULL;
	return cw_target_bytes(go->target, arena + place->offset + start,
			       end - start);
}

/* Bits for a part of @span from @address on. */
static void view_move(struct cw_go_heap_bits *bits,
		      const struct cw_go_span *span, cw_addr address)
{
	const struct cw_go *go = bits->go;
	cw_addr arena = arena_at(go, address);
	cw_addr arena_start = address & ~(ARENA_SIZE - 1);

	/* Spans are made of pages, whose bits are whole words. */
	bits->view_start = address & ~(cw_addr)(CW_GO_PAGE - 1);
	bits->view_end = arena_start + ARENA_SIZE;
	if (bits->view_end > span->end)
		bits->view_end = span->end;
	uint64_t start = (bits->view_start - arena_start) / 8;
	uint64_t end = (bits->view_end - arena_start) / 8;

	bits->view_no_more = NULL;
	if (go->minor < ONE_BIT_SINCE) {
		bits->view =
			array_at(go, arena, CW_GO_ARENA_BITMAP,
				 start / WORDS_IN_BYTE, end / WORDS_IN_BYTE);
		return;
	}
	bits->view =
		array_at(go, arena, CW_GO_ARENA_BITMAP, start / 8, end / 8);
	bits->view_no_more = array_at(go, arena, CW_GO_ARENA_NO_MORE_PTRS,
				      start / 512, (end + 511) / 512);
	if (!bits->view_no_more)
		bits->view = NULL;
}

static bool view_has(struct cw_go_heap_bits *bits,
		     const struct cw_go_span *span, cw_addr address)
{
	if (address < bits->view_start || address >= bits->view_end)
		view_move(bits, span, address);
	return bits->view != NULL;
}

/* Two bits a word: up to the first one that is followed by no more. */
static bool read_two_bits(struct cw_go_heap_bits *bits,
			  const struct cw_go_span *span, cw_addr start,
			  uint64_t *ret)
{
	for (cw_addr at = start; at < start + span->element_size; at += 8) {
		if (!view_has(bits, span, at))
			return false;
		uint64_t word = (at - bits->view_start) / 8;
		unsigned some = bits->view[word / WORDS_IN_BYTE] >>
				word % WORDS_IN_BYTE;
		if (!(some & 1 << MORE_SHIFT))
			break;
		if (some & 1)
			cw_bit_set(ret, (at - span->start) / 8);
	}
	return true;
}

/* A bit a word, 64 at a time, up to those that are followed by no more. */
static bool read_one_bit(struct cw_go_heap_bits *bits,
			 const struct cw_go_span *span, cw_addr start,
			 uint64_t *ret)
{
	cw_addr at = start, end = start + span->element_size;

	while (at < end) {
		cw_addr next = (at | 511) + 1;
		if (!view_has(bits, span, at))
			return false;
		uint64_t first = (at - bits->view_start) / 8;
		cw_addr stop = next < end ? next : end;
		for (uint64_t i = 0; i < (stop - at) / 8; i++)
			if (bits->view[(first + i) / 8] >> (first + i) % 8 & 1)
				cw_bit_set(ret, (at - span->start) / 8 + i);
		/* Its bits are numbered from the start of the arena. */
		uint64_t number = at % ARENA_SIZE / 512;
		uint64_t base = bits->view_start % ARENA_SIZE / 512 / 8;
		if (bits->view_no_more[number / 8 - base] >> number % 8 & 1)
			break;
		at = next;
	}
	return true;
}

static void read_beside(struct cw_go_heap_bits *bits,
			const struct cw_go_span *span, uint64_t *ret)
{
	bits->view_end = 0;
	for (uint32_t i = 0; i < span->num_elements; i++) {
		cw_addr start = span->start + i * span->element_size;

		if (!cw_go_span_is_allocated(span, i))
			continue;
		if (!(bits->go->minor < ONE_BIT_SINCE
			      ? read_two_bits(bits, span, start, ret)
			      : read_one_bit(bits, span, start, ret)))
			take_all(bits, span, i, ret);
	}
}

/* ---- At the end of the span */

static void read_in_span(struct cw_go_heap_bits *bits,
			 const struct cw_go_span *span, uint64_t *ret)
{
	uint64_t num = (span->end - span->start) / 8;
	cw_addr address = span->end - num / 8;

	if (bits->has_inline_marks && cw_go_span_is_inline(span))
		address -= CW_GO_INLINE_MARKS_SIZE;
	const unsigned char *bytes =
		cw_target_bytes(bits->go->target, address, num / 8);
	if (bytes) {
		cw_bits_merge(ret, 0, bytes, num);
		return;
	}
	for (uint32_t i = 0; i < span->num_elements; i++)
		if (cw_go_span_is_allocated(span, i))
			take_all(bits, span, i, ret);
}

/* ---- By type */

static void read_typed(struct cw_go_heap_bits *bits,
		       const struct cw_go_span *span, uint32_t element,
		       cw_addr descriptor, uint64_t *ret)
{
	uint64_t at = (element * span->element_size + span->header_size) / 8;
	uint64_t end = (element + 1) * span->element_size / 8;
	const struct cw_go_mask *mask;

	/* Being allocated: nothing is in it yet. */
	if (descriptor == 0)
		return;
	mask = cw_go_mask_at(&bits->masks, descriptor);
	if (!mask) {
		take_all(bits, span, element, ret);
		return;
	}
	for (; mask->num_words && at < end; at += mask->size / 8) {
		uint64_t num = mask->num_words;

		cw_bits_merge(ret, at, mask->bits,
			      num < end - at ? num : end - at);
	}
}

static void read_headers(struct cw_go_heap_bits *bits,
			 const struct cw_go_span *span, uint64_t *ret)
{
	for (uint32_t i = 0; i < span->num_elements; i++) {
		cw_addr start = span->start + i * span->element_size;
		cw_addr descriptor;

		if (!cw_go_span_is_allocated(span, i))
			continue;
		if (cw_target_read_word(bits->go->target, start, &descriptor))
			read_typed(bits, span, i, descriptor, ret);
		else
			take_all(bits, span, i, ret);
	}
}

void cw_go_heap_bits_read(struct cw_go_heap_bits *bits,
			  const struct cw_go_span *span, uint64_t *ret)
{
	if (!span->has_pointers)
		return;
	if (bits->go->minor < IN_SPAN_SINCE)
		read_beside(bits, span, ret);
	else if (span->is_large)
		read_typed(bits, span, 0, span->large_type, ret);
	else if (span->header_size == 0)
		read_in_span(bits, span, ret);
	else
		read_headers(bits, span, ret);
}

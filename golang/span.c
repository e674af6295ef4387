#include "golang/span.h"

#include <stdlib.h>

/* mSpanInUse */
enum { STATE_IN_USE = 1, MAX_SPAN_PAGES = 1 << 28 };

/* Types of objects that are not small, and not large, stand before them. */
enum { HEADER_SINCE = 22, HEADER_SIZE = 8 };

/* Green Tea: bits of objects scanned 63, owner 1, of ones marked 63, class 1.
 */
enum { INLINE_SINCE = 25, INLINE_MARKS = 64, INLINE_MARKS_SIZE = 63 };

struct reader {
	const struct cw_go *go;
	struct cw_go_spans *spans;
	uint64_t extent;   /* bytes of a mspan that are read */
	uint64_t sweepgen; /* of the heap */
	/* Numbers of elements that tell if there are inline marks. */
	size_t num_with, num_without;
};

/*
 * The heap's generation grows by 2 a cycle.  A span that is 2 behind is still
 * to be swept, 1 behind is being swept, 1 ahead is to be swept by the thread
 * that allocates from it: what the last cycle marked is all that it has.
 */
static bool is_swept(const struct reader *reader, uint64_t sweepgen)
{
	uint32_t ahead = sweepgen - reader->sweepgen;

	return ahead != (uint32_t)-2 && ahead != (uint32_t)-1 && ahead != 1;
}

static bool is_sane(const struct cw_go_span *span)
{
	return span->start != 0 && span->start % CW_GO_PAGE == 0 &&
	       span->end > span->start && span->end >> 47 == 0 &&
	       span->element_size >= 8 && span->element_size % 8 == 0 &&
	       span->num_elements > 0 &&
	       span->num_elements <=
		       (span->end - span->start) / span->element_size;
}

/* As mspan's init counts them. */
static void count_elements(struct reader *reader, const struct cw_go_span *span)
{
	uint64_t room = span->end - span->start;

	if (reader->go->minor < INLINE_SINCE || !cw_go_span_is_inline(span))
		return;
	if (span->has_pointers)
		room -= room / 64;
	uint64_t without = room / span->element_size;
	uint64_t with = (room - CW_GO_INLINE_MARKS_SIZE) / span->element_size;
	if (with == without)
		return;
	reader->num_with += span->num_elements == with;
	reader->num_without += span->num_elements == without;
}

/* What the last cycle marked is all that a span has that is not swept. */
static void read_bits(struct reader *reader, const unsigned char *bytes,
		      struct cw_go_span *span)
{
	const struct cw_go_layout *layout = &reader->go->layout;
	enum cw_go_field bits = CW_GO_SPAN_ALLOC_BITS;

	span->is_unswept = !is_swept(
		reader, cw_go_field(layout, bytes, CW_GO_SPAN_SWEEPGEN));
	if (span->is_unswept) {
		bits = CW_GO_SPAN_MARK_BITS;
		span->free_index = 0;
	}
	span->bits = cw_target_bytes(reader->go->target,
				     cw_go_field(layout, bytes, bits),
				     (span->num_elements + 7) / 8);
}

/* Spans that end in marks have these instead, until they are swept. */
static void read_inline_marks(struct reader *reader)
{
	cw_array_foreach(span, &reader->spans->items)
	{
		if (span->is_unswept && cw_go_span_is_inline(span) &&
		    span->num_elements <= INLINE_MARKS_SIZE * 8)
			span->bits = cw_target_bytes(
				reader->go->target,
				span->end - CW_GO_INLINE_MARKS_SIZE +
					INLINE_MARKS,
				INLINE_MARKS_SIZE);
	}
}

static void read_span(struct reader *reader, const unsigned char *bytes)
{
	const struct cw_go *go = reader->go;
	const struct cw_go_layout *layout = &go->layout;

	if (cw_go_field(layout, bytes, CW_GO_SPAN_STATE) != STATE_IN_USE)
		return;
	uint64_t num_pages = cw_go_field(layout, bytes, CW_GO_SPAN_NUM_PAGES);
	uint64_t num = cw_go_field(layout, bytes, CW_GO_SPAN_NUM_ELEMENTS);
	uint64_t free_index = cw_go_field(layout, bytes, CW_GO_SPAN_FREE_INDEX);
	uint64_t class = cw_go_field(layout, bytes, CW_GO_SPAN_CLASS);
	struct cw_go_span span = {
		.start = cw_go_field(layout, bytes, CW_GO_SPAN_START),
		.element_size =
			cw_go_field(layout, bytes, CW_GO_SPAN_ELEMENT_SIZE),
		.num_elements = num,
		.free_index = free_index < num ? free_index : num,
		.has_pointers = !(class & 1),
		.is_large = class >> 1 == 0,
		.large_type = cw_go_field(layout, bytes, CW_GO_SPAN_LARGE_TYPE),
		.specials = cw_go_field(layout, bytes, CW_GO_SPAN_SPECIALS),
	};

	/* Of a span that was a large one's before, it is left over. */
	if (!span.is_large)
		span.large_type = 0;
	if (go->minor >= HEADER_SINCE && span.has_pointers && !span.is_large &&
	    span.element_size > CW_GO_MAX_BITS_SIZE)
		span.header_size = HEADER_SIZE;

	span.end = span.start + num_pages * CW_GO_PAGE;
	if (num_pages > MAX_SPAN_PAGES || num > UINT32_MAX || !is_sane(&span)) {
		reader->spans->num_damaged++;
		return;
	}
	count_elements(reader, &span);
	read_bits(reader, bytes, &span);
	*cw_array_push(&reader->spans->items) = span;
}

static int by_start(const void *left, const void *right)
{
	const struct cw_go_span *a = left, *b = right;

	return (a->start > b->start) - (a->start < b->start);
}

/* Sorts, and drops what overlaps an earlier one. */
static void settle(struct cw_go_spans *spans)
{
	size_t num_kept = 0;

	if (spans->items.num)
		qsort(spans->items.items, spans->items.num,
		      sizeof(*spans->items.items), by_start);
	cw_array_foreach(span, &spans->items)
	{
		if (num_kept > 0 &&
		    span->start < spans->items.items[num_kept - 1].end)
			spans->num_damaged++;
		else
			spans->items.items[num_kept++] = *span;
	}
	spans->items.num = num_kept;
}

void cw_go_spans_init(struct cw_go_spans *spans, const struct cw_go *go)
{
	const struct cw_go_layout *layout = &go->layout;
	struct reader reader = {
		.go = go,
		.spans = spans,
		.extent = cw_go_layout_extent(layout, CW_GO_SPAN_START,
					      CW_GO_SPAN_LARGE_TYPE),
	};
	const unsigned char *heap =
		cw_target_bytes(go->target, go->heap,
				cw_go_layout_extent(layout, CW_GO_HEAP_ALLSPANS,
						    CW_GO_HEAP_SWEEPGEN));

	*spans = (struct cw_go_spans){0};
	if (!heap)
		return;
	reader.sweepgen = cw_go_field(layout, heap, CW_GO_HEAP_SWEEPGEN);
	cw_addr list = cw_go_field(layout, heap, CW_GO_HEAP_ALLSPANS);
	uint64_t num;
	if (!cw_target_read_word(
		    go->target,
		    go->heap + layout->places[CW_GO_HEAP_ALLSPANS].offset + 8,
		    &num))
		return;
	for (uint64_t i = 0; i < num; i++) {
		cw_addr address;

		if (!cw_target_read_word(go->target, list + i * 8, &address)) {
			spans->num_damaged += num - i;
			break;
		}
		const unsigned char *bytes =
			cw_target_bytes(go->target, address, reader.extent);
		if (bytes)
			read_span(&reader, bytes);
		else
			spans->num_damaged++;
	}
	spans->has_inline_marks = reader.num_with > reader.num_without;
	if (spans->has_inline_marks)
		read_inline_marks(&reader);
	settle(spans);
}

uint32_t cw_go_span_num_allocated(const struct cw_go_span *span)
{
	uint32_t num = 0;

	for (uint32_t i = 0; i < span->num_elements; i++)
		num += cw_go_span_is_allocated(span, i);
	return num;
}

void cw_go_spans_deinit(struct cw_go_spans *spans)
{
	cw_array_deinit(&spans->items);
}

#include "golang/span.h"

#include <stdlib.h>

/* mSpanInUse */
enum { STATE_IN_USE = 1, MAX_SPAN_PAGES = 1 << 28 };

/* Types of objects that are larger, but not large, stand before them. */
enum { HEADER_SINCE = 22, HEADER_ABOVE = 512, HEADER_SIZE = 8 };

struct reader {
	const struct cw_go *go;
	struct cw_go_spans *spans;
	uint64_t extent;   /* bytes of a mspan that are read */
	uint64_t sweepgen; /* of the heap */
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

static void read_span(struct reader *reader, const unsigned char *bytes)
{
	const struct cw_go *go = reader->go;
	const struct cw_go_layout *layout = &go->layout;

	if (cw_go_field(layout, bytes, CW_GO_SPAN_STATE) != STATE_IN_USE)
		return;
	uint64_t num_pages = cw_go_field(layout, bytes, CW_GO_SPAN_NUM_PAGES);
	uint64_t num = cw_go_field(layout, bytes, CW_GO_SPAN_NUM_ELEMENTS);
	uint64_t free_index = cw_go_field(layout, bytes, CW_GO_SPAN_FREE_INDEX);
	struct cw_go_span span = {
		.start = cw_go_field(layout, bytes, CW_GO_SPAN_START),
		.element_size =
			cw_go_field(layout, bytes, CW_GO_SPAN_ELEMENT_SIZE),
		.num_elements = num,
		.free_index = free_index < num ? free_index : num,
		.has_pointers =
			!(cw_go_field(layout, bytes, CW_GO_SPAN_CLASS) & 1),
		.large_type = cw_go_field(layout, bytes, CW_GO_SPAN_LARGE_TYPE),
	};
	enum cw_go_field bits = CW_GO_SPAN_ALLOC_BITS;

	/* Class 0 is a single large object, whose type is in the span. */
	if (go->minor >= HEADER_SINCE && span.has_pointers &&
	    cw_go_field(layout, bytes, CW_GO_SPAN_CLASS) >> 1 != 0 &&
	    span.element_size > HEADER_ABOVE)
		span.header_size = HEADER_SIZE;

	span.end = span.start + num_pages * CW_GO_PAGE;
	if (num_pages > MAX_SPAN_PAGES || num > UINT32_MAX || !is_sane(&span)) {
		reader->spans->num_damaged++;
		return;
	}
	if (!is_swept(reader,
		      cw_go_field(layout, bytes, CW_GO_SPAN_SWEEPGEN))) {
		bits = CW_GO_SPAN_MARK_BITS;
		span.free_index = 0;
	}
	span.bits = cw_target_bytes(
		go->target, cw_go_field(layout, bytes, bits), (num + 7) / 8);
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
	settle(spans);
}

void cw_go_spans_deinit(struct cw_go_spans *spans)
{
	cw_array_deinit(&spans->items);
}

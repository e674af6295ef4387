/*
 * The heap of a Go program: golang/span.h.
 *
 *	region   spans that lie side by side, all with headers or without
 *	block    an element of a span, free or not, its header included
 *	rest     what is left of a span behind its last element
 *
 * Elements of 8 and 24 bytes begin at any multiple of 8.
 */
#include "base/memory.h"
#include "golang/heap_bits.h"
#include "heap/allocator.h"

struct go_state {
	struct cw_go_spans spans;
};

static void add_region(struct cw_heap *heap, uint32_t allocator,
		       const struct cw_go_span *span, cw_addr end)
{
	*cw_array_push(&heap->regions) = (struct cw_heap_region){
		.start = span->start,
		.end = end,
		.kind = CW_REGION_SPANS,
		.allocator = allocator,
		.block_header_size = span->header_size,
	};
}

static void add_regions(struct cw_heap *heap, uint32_t allocator,
			const struct cw_go_spans *spans)
{
	const struct cw_go_span *first = NULL, *last = NULL;

	cw_array_foreach(span, &spans->items)
	{
		if (last && (span->start != last->end ||
			     span->header_size != last->header_size)) {
			add_region(heap, allocator, first, last->end);
			last = NULL;
		}
		if (!last)
			first = span;
		last = span;
	}
	if (last)
		add_region(heap, allocator, first, last->end);
}

static const char *evidence(struct cw_heap *heap, const struct go_state *state)
{
	cw_cleanup_text struct cw_text text = {0};
	char number[CW_NUMBER_SIZE];

	if (heap->go->problem)
		cw_text_addf(&text, "not read: %s", heap->go->problem);
	else
		cw_text_addf(&text, "%s spans in runtime.mheap_.allspans",
			     cw_text_count(number, state->spans.items.num));
	if (state->spans.num_damaged)
		cw_text_addf(&text, ", %s damaged ones left out",
			     cw_text_count(number, state->spans.num_damaged));
	return cw_arena_strdup(&heap->arena, text.chars);
}

static struct cw_error *go_find(struct cw_heap *heap, void **ret_state)
{
	struct cw_go *go = heap->go;

	if (!go)
		return NULL;
	struct go_state *state = cw_alloc(sizeof(*state));
	*ret_state = state;
	if (!go->problem) {
		cw_go_spans_init(&state->spans, go);
		heap->go_spans = &state->spans;
	}
	uint32_t allocator = heap->allocators.num;
	*cw_array_push(&heap->allocators) = (struct cw_allocator){
		.name = "Go heap",
		.version = go->version,
		.evidence = evidence(heap, state),
		.num_arenas = 1,
	};
	heap->is_fine |= state->spans.items.num > 0;
	add_regions(heap, allocator, &state->spans);
	return NULL;
}

static void walk_span(struct cw_heap *heap, const struct cw_go_span *span,
		      struct cw_go_heap_bits *bits)
{
	struct cw_block_index *index = &heap->index;
	uint64_t granule = cw_block_index_granule(index, span->start);
	uint64_t step = span->element_size >> index->granule_shift;
	cw_addr last = span->start + span->num_elements * span->element_size;

	/* Pages of a region are numbered in one go, so granules follow, and
	 * those of a page of Go's are whole words of bits. */
	cw_go_heap_bits_read(bits, span, index->pointers + granule / 64);
	for (uint32_t i = 0; i < span->num_elements; i++, granule += step) {
		cw_bit_set(index->starts, granule);
		if (!cw_go_span_is_allocated(span, i))
			cw_bit_set(index->unused, granule);
		else if (granule == 0) /* no marker, then */
			cw_bit_clear(index->unused, granule);
	}
	if (last < span->end)
		*cw_array_push(&heap->holes) = (struct cw_heap_hole){
			.start = last,
			.end = span->end,
			.kind = CW_HOLE_REST,
		};
}

/* The regions that are Go's, which may be fewer than were found. */
static struct cw_error *add_pointers(struct cw_heap *heap)
{
	cw_cleanup_free struct cw_address_range *ranges =
		cw_alloc(heap->regions.num * sizeof(*ranges));
	size_t num = 0;

	cw_array_foreach(region, &heap->regions)
	{
		if (region->kind == CW_REGION_SPANS)
			ranges[num++] = (struct cw_address_range){region->start,
								  region->end};
	}
	return cw_block_index_add_pointers(&heap->index, ranges, num);
}

static struct cw_error *go_walk(struct cw_heap *heap, void *state,
				struct cw_progress *progress)
{
	struct go_state *go_state = state;

	if (!state || go_state->spans.items.num == 0)
		return NULL;
	struct cw_error *err = add_pointers(heap);
	if (err)
		return err;
	struct cw_go_heap_bits bits;
	cw_go_heap_bits_init(&bits, heap->go, &go_state->spans);
	cw_array_foreach(span, &go_state->spans.items)
	{
		const struct cw_heap_region *region =
			cw_heap_region_at(heap, span->start);

		/* Another allocator's may have been there before. */
		if (region && region->kind == CW_REGION_SPANS &&
		    span->end <= region->end)
			walk_span(heap, span, &bits);
	}
	heap->go_unsure.blocks = bits.unknown.blocks;
	heap->go_unsure.bytes = bits.unknown.bytes;
	cw_go_heap_bits_deinit(&bits);
	return NULL;
}

static struct cw_error *go_verify(struct cw_heap *heap, void *state,
				  struct cw_progress *progress)
{
	return NULL;
}

static void go_free(void *state)
{
	struct go_state *go_state = state;

	if (!state)
		return;
	cw_go_spans_deinit(&go_state->spans);
	free(state);
}

const struct cw_allocator_kind cw_go_heap = {
	.find = go_find,
	.walk = go_walk,
	.verify = go_verify,
	.free = go_free,
};

#include "object/extent.h"

void cw_extents_init(struct cw_extents *extents, const struct cw_target *target)
{
	*extents = (struct cw_extents){0};
	for (size_t i = 0; i < target->segments.num; i++) {
		const struct cw_segment *segment = &target->segments.items[i];
		cw_addr start = (segment->start + 7) & ~UINT64_C(7);
		cw_addr end = segment->end & ~UINT64_C(7);

		if (!segment->bytes || start < segment->start || start >= end)
			continue;
		struct cw_extent extent = {
			.start = start,
			.end = end,
			.bytes = segment->bytes + (start - segment->start),
		};
		struct cw_extent *last = extents->items.items;
		if (extents->items.num > 0)
			last += extents->items.num - 1;
		if (last && last->end == start &&
		    last->bytes + (last->end - last->start) == extent.bytes)
			last->end = end;
		else
			*cw_array_push(&extents->items) = extent;
	}
}

void cw_extents_deinit(struct cw_extents *extents)
{
	cw_array_deinit(&extents->items);
}

size_t cw_extents_search(const struct cw_extents *extents, cw_addr address)
{
	size_t low = 0, high = extents->items.num;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (extents->items.items[middle].end <= address)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

cw_addr cw_extent_block_end(const struct cw_block_index *index,
			    uint64_t granule)
{
	uint64_t next = cw_block_index_next(index, granule);
	unsigned page_shift = CW_PAGE_SHIFT - index->granule_shift;
	uint64_t page = granule >> page_shift;
	uint64_t last = (next - 1) >> page_shift;
	cw_addr address = cw_block_index_address(index, granule);

	/* Behind a page that is not numbered nothing belongs to the block. */
	for (uint64_t i = page; i < last; i++) {
		if (index->page_address[i + 1] !=
		    index->page_address[i] + (UINT64_C(1) << CW_PAGE_SHIFT))
			return index->page_address[i] +
			       (UINT64_C(1) << CW_PAGE_SHIFT);
	}
	return address + cw_block_index_size(index, granule, next);
}

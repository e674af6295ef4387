/* Cursor: the blocks of a heap in address order; see heap/heap.h. */
#include "heap/heap.h"

struct cw_block_cursor cw_heap_blocks(const struct cw_heap *heap)
{
	/* Granule 0 is a start, of a block or of a marker. */
	return (struct cw_block_cursor){.heap = heap};
}

/* Steps @i to the first item that is not below @address. */
#define step_to(i, array, address, member)                                     \
	while ((i) < (array)->num && (array)->items[i] member < (address))     \
	(i)++

static bool is_at(const cw_addr *items, size_t num, size_t i, cw_addr address)
{
	return i < num && items[i] == address;
}

static enum cw_block_state state_of(struct cw_block_cursor *cursor,
				    cw_addr address)
{
	const struct cw_heap *heap = cursor->heap;

	step_to(cursor->cached, &heap->cached, address, );
	if (is_at(heap->cached.items, heap->cached.num, cursor->cached,
		  address))
		return CW_BLOCK_CACHED;
	step_to(cursor->metadata_block, &heap->metadata_blocks, address, );
	if (is_at(heap->metadata_blocks.items, heap->metadata_blocks.num,
		  cursor->metadata_block, address))
		return CW_BLOCK_METADATA;
	return CW_BLOCK_FREE;
}

/* Whether the start at @address is a marker, of a region's end or a hole. */
static bool is_marker(struct cw_block_cursor *cursor, cw_addr address)
{
	const struct cw_heap *heap = cursor->heap;

	step_to(cursor->hole, &heap->holes, address, .start);
	if (cursor->hole < heap->holes.num &&
	    heap->holes.items[cursor->hole].start == address)
		return true;
	if (cursor->region == heap->regions.num)
		return true;
	const struct cw_heap_region *region =
		&heap->regions.items[cursor->region];
	return address < region->start + region->header_size;
}

/* Steps to the region that holds @address, where @granule is, or ends next. */
static void region_step(struct cw_block_cursor *cursor, uint64_t granule,
			cw_addr address)
{
	const struct cw_heap *heap = cursor->heap;
	unsigned shift = heap->index.granule_shift;

	step_to(cursor->region, &heap->regions, address + 1, .end);
	cursor->region_end = 0;
	if (cursor->region == heap->regions.num ||
	    address < heap->regions.items[cursor->region].start)
		return;
	cw_addr end = heap->regions.items[cursor->region].end;
	cursor->region_base = address - (granule << shift);
	cursor->region_end =
		granule + ((end - address + (1 << shift) - 1) >> shift);
}

bool cw_block_cursor_search(struct cw_block_cursor *cursor,
			    struct cw_block *ret)
{
	const struct cw_heap *heap = cursor->heap;
	const struct cw_block_index *index = &heap->index;

	for (;;) {
		uint64_t granule = cursor->granule;
		if (granule >= index->num_granules)
			return false;
		cursor->granule = cw_block_index_next(index, granule);

		cw_addr address = cw_block_index_address(index, granule);
		bool is_unused = cw_bit_test(index->unused, granule);
		region_step(cursor, granule, address);
		if (is_unused && is_marker(cursor, address))
			continue;

		const struct cw_heap_region *region =
			&heap->regions.items[cursor->region];
		uint64_t extent =
			cw_block_index_size(index, granule, cursor->granule);
		*ret = (struct cw_block){
			.address = address,
			.size = extent - region->trailer_size,
			.state = is_unused ? state_of(cursor, address)
					   : CW_BLOCK_USED,
			.granule = granule,
			.region = region,
		};
		return true;
	}
}

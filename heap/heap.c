#include "heap/heap.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/search.h"
#include "heap/allocator.h"

static const struct cw_allocator_kind *const kinds[] = {
	&cw_ptmalloc,
	&cw_go_heap,
	&cw_pymalloc,
	&cw_gslice,
};

#define NUM_KINDS cw_num_elements(kinds)

struct cw_heap_states {
	void *state[NUM_KINDS];
};

const char *cw_block_state_name(enum cw_block_state state)
{
	static const char *const names[CW_NUM_BLOCK_STATES] = {
		[CW_BLOCK_USED] = "used",
		[CW_BLOCK_FREE] = "free",
		[CW_BLOCK_CACHED] = "cached",
		[CW_BLOCK_METADATA] = "metadata",
	};

	return names[state];
}

static int by_address(const void *left, const void *right)
{
	cw_addr a = *(const cw_addr *)left, b = *(const cw_addr *)right;

	return (a > b) - (a < b);
}

/* For arrays whose items begin with an address, which is all of them. */
#define sort_by_address(array)                                                 \
	({                                                                     \
		if ((array)->num)                                              \
			qsort((array)->items, (array)->num,                    \
			      sizeof(*(array)->items), by_address);            \
	})

static bool keep_region(struct cw_heap *heap, size_t num_kept,
			const struct cw_heap_region *region)
{
	if (region->start >= region->end || region->end >> CW_ADDRESS_BITS != 0)
		return false;
	return num_kept == 0 ||
	       region->start >= heap->regions.items[num_kept - 1].end;
}

static void settle_regions(struct cw_heap *heap)
{
	size_t num_kept = 0;

	sort_by_address(&heap->regions);
	sort_by_address(&heap->metadata);
	cw_array_foreach(region, &heap->regions)
	{
		if (!keep_region(heap, num_kept, region))
			continue;
		struct cw_allocator *allocator =
			&heap->allocators.items[region->allocator];
		allocator->num_regions++;
		allocator->region_size += region->end - region->start;
		heap->regions.items[num_kept++] = *region;
	}
	heap->regions.num = num_kept;
}

static struct cw_error *make_index(struct cw_heap *heap)
{
	cw_cleanup_free struct cw_address_range *ranges =
		cw_alloc(heap->regions.num * sizeof(*ranges));

	for (size_t i = 0; i < heap->regions.num; i++) {
		ranges[i].start = heap->regions.items[i].start;
		/* One more: the marker has its place there. */
		ranges[i].end = heap->regions.items[i].end + 1;
	}
	return cw_block_index_init(&heap->index,
				   heap->is_fine ? CW_FINE_GRANULE_SHIFT
						 : CW_GRANULE_SHIFT,
				   ranges, heap->regions.num);
}

void cw_heap_index_regions(struct cw_heap *heap)
{
	uint32_t num_pages = heap->index.num_pages, region = 0;

	heap->page_regions =
		cw_alloc((num_pages + 1) * sizeof(*heap->page_regions));
	for (uint32_t page = 0; page < num_pages; page++) {
		while (region < heap->regions.num &&
		       heap->regions.items[region].end <=
			       heap->index.page_address[page])
			region++;
		heap->page_regions[page] = region;
	}
	heap->page_regions[num_pages] = heap->regions.num;
}

/* Asks for the pages of a region at once, not by one fault a page. */
static void populate(const struct cw_heap *heap,
		     const struct cw_heap_region *region)
{
#ifdef MADV_POPULATE_READ
	uintptr_t page_mask = sysconf(_SC_PAGESIZE) - 1;
	cw_addr address = region->start;

	while (address < region->end) {
		const struct cw_segment *segment =
			cw_target_segment(heap->target, address);
		if (!segment)
			break;

		cw_addr end =
			segment->end < region->end ? segment->end : region->end;
		if (segment->bytes) {
			uintptr_t first = (uintptr_t)segment->bytes +
					  (address - segment->start);
			uintptr_t last = (uintptr_t)segment->bytes +
					 (end - segment->start);
			first &= ~page_mask;
			/* Stacks, which are not read ahead, may be in it. */
			madvise((void *)first, last - first, MADV_NORMAL);
			madvise((void *)first, last - first,
				MADV_POPULATE_READ);
		}
		address = end;
	}
#endif
}

static void set_markers(struct cw_heap *heap)
{
	cw_array_foreach(hole, &heap->holes)
	{
		uint64_t granule =
			cw_block_index_granule(&heap->index, hole->start);

		cw_block_index_mark(&heap->index, granule);
	}
	cw_array_foreach(region, &heap->regions)
	{
		uint64_t granule =
			cw_block_index_granule(&heap->index, region->end);

		/* Where the next region begins with a block, that is one. */
		if (!cw_bit_test(heap->index.starts, granule))
			cw_block_index_mark(&heap->index, granule);
	}
}

static bool holds(const cw_addr *sorted, size_t num, cw_addr address)
{
	return num &&
	       bsearch(&address, sorted, num, sizeof(*sorted), by_address);
}

static bool is_hole(const struct cw_heap *heap, cw_addr address)
{
	return heap->holes.num &&
	       bsearch(&address, heap->holes.items, heap->holes.num,
		       sizeof(*heap->holes.items), by_address);
}

static uint64_t usable_size(const struct cw_heap_region *region,
			    uint64_t extent)
{
	return extent > region->trailer_size ? extent - region->trailer_size
					     : 0;
}

/* Used and unused blocks of one region; holes are among the unused. */
static void count_region(struct cw_heap *heap,
			 const struct cw_heap_region *region)
{
	const struct cw_block_index *index = &heap->index;
	struct cw_heap_count used = {0}, unused = {0};
	uint64_t end = cw_block_index_granule(index, region->end);
	uint64_t granule = cw_block_index_granule(
		index, region->start + region->header_size);
	granule = cw_block_index_next(index, granule - 1);
	uint64_t first = granule;

	/* Extents of unused blocks are summed; the rest is used. */
	while (granule < end) {
		uint64_t word = granule >> 6;
		uint64_t mask = UINT64_MAX << (granule & 63);
		uint64_t next_word = (word + 1) * 64;

		if (next_word > end)
			mask &= UINT64_MAX >> (next_word - end);
		uint64_t bits = index->unused[word] & mask;
		used.blocks += __builtin_popcountll(index->starts[word] & mask &
						    ~bits);
		for (; bits; bits &= bits - 1) {
			uint64_t at = word * 64 + __builtin_ctzll(bits);
			uint64_t next = cw_block_index_next(index, at);

			unused.blocks++;
			unused.bytes += cw_block_index_size(index, at, next);
		}
		granule = next_word;
	}
	if (first >= end)
		return;
	used.bytes = cw_block_index_size(index, first, end) - unused.bytes -
		     used.blocks * region->trailer_size;
	unused.bytes -= unused.blocks * region->trailer_size;
	heap->count[CW_BLOCK_USED].blocks += used.blocks;
	heap->count[CW_BLOCK_USED].bytes += used.bytes;
	heap->count[CW_BLOCK_FREE].blocks += unused.blocks;
	heap->count[CW_BLOCK_FREE].bytes += unused.bytes;
}

/* Moves blocks at @addresses from the free ones to those of @state. */
static void count_listed(struct cw_heap *heap, enum cw_block_state state,
			 const cw_addr *addresses, size_t num)
{
	for (size_t i = 0; i < num; i++) {
		struct cw_block block;

		if (!cw_heap_block_at(heap, addresses[i], &block))
			continue;
		heap->count[state].blocks++;
		heap->count[state].bytes += block.size;
		heap->count[CW_BLOCK_FREE].blocks--;
		heap->count[CW_BLOCK_FREE].bytes -= block.size;
	}
}

static void count_hole(struct cw_heap *heap, const struct cw_heap_hole *hole)
{
	const struct cw_heap_region *region =
		cw_heap_region_at(heap, hole->start);
	uint64_t granule = cw_block_index_granule(&heap->index, hole->start);
	uint64_t next = cw_block_index_next(&heap->index, granule);

	if (!region)
		return;
	heap->count[CW_BLOCK_FREE].blocks--;
	heap->count[CW_BLOCK_FREE].bytes -=
		cw_block_index_size(&heap->index, granule, next) -
		region->trailer_size;
	if (hole->kind == CW_HOLE_FOREIGN || hole->kind == CW_HOLE_REST)
		return;
	heap->unknown_size += hole->end - hole->start;
	heap->allocators.items[region->allocator].known_size -=
		hole->end - hole->start;
}

static void count_blocks(struct cw_heap *heap)
{
	uint64_t region_size = 0;

	cw_array_foreach(region, &heap->regions)
	{
		count_region(heap, region);
		region_size += region->end - region->start;
	}
	cw_array_foreach(allocator, &heap->allocators) allocator->known_size =
		allocator->region_size;
	cw_array_foreach(hole, &heap->holes)
	{
		count_hole(heap, hole);
		if (hole->kind != CW_HOLE_REST)
			region_size -= hole->end - hole->start;
	}
	count_listed(heap, CW_BLOCK_CACHED, heap->cached.items,
		     heap->cached.num);
	count_listed(heap, CW_BLOCK_METADATA, heap->metadata_blocks.items,
		     heap->metadata_blocks.num);

	heap->overhead_size = region_size;
	for (int i = 0; i < CW_NUM_BLOCK_STATES; i++)
		heap->overhead_size -= heap->count[i].bytes;
}

/* A part of a region, which ends where another begins. */
static void add_piece(struct cw_heap *heap, const struct cw_heap_region *region,
		      cw_addr start, cw_addr end)
{
	if (start >= end)
		return;
	struct cw_heap_region *piece = cw_array_push(&heap->regions);
	*piece = *region;
	piece->start = start;
	piece->end = end;
	if (start > region->start)
		piece->header_size = 0;
}

/* Cuts the regions around those that lie within their blocks. */
static void nest_regions(struct cw_heap *heap)
{
	size_t num = heap->regions.num, next = 0;
	cw_cleanup_free struct cw_heap_region *regions =
		cw_alloc((num + 1) * sizeof(*regions));

	if (heap->nested.num == 0)
		return;
	sort_by_address(&heap->nested);
	memcpy(regions, heap->regions.items, num * sizeof(*regions));
	heap->regions.num = 0;
	for (size_t i = 0; i < num; i++) {
		cw_addr start = regions[i].start;
		for (; next < heap->nested.num &&
		       heap->nested.items[next].end <= regions[i].end;
		     next++) {
			struct cw_heap_region inner = heap->nested.items[next];
			uint64_t size = inner.end - inner.start;
			add_piece(heap, &regions[i], start, inner.start);
			*cw_array_push(&heap->regions) = inner;
			start = inner.end;
			heap->allocators.items[inner.allocator].num_regions++;
			heap->allocators.items[inner.allocator].region_size +=
				size;
			heap->allocators.items[regions[i].allocator]
				.region_size -= size;
		}
		add_piece(heap, &regions[i], start, regions[i].end);
	}
	free(heap->page_regions);
	cw_heap_index_regions(heap);
}

static struct cw_error *find_and_walk(struct cw_heap *heap,
				      struct cw_progress *progress)
{
	struct cw_error *err;

	for (size_t i = 0; i < NUM_KINDS; i++) {
		err = kinds[i]->find(heap, &heap->states->state[i]);
		if (err)
			return err;
	}
	settle_regions(heap);
	err = make_index(heap);
	if (err)
		return err;

	cw_heap_index_regions(heap);
	cw_array_foreach(region, &heap->regions) populate(heap, region);
	for (size_t i = 0; i < NUM_KINDS; i++) {
		err = kinds[i]->walk(heap, heap->states->state[i], progress);
		if (err)
			return err;
	}
	nest_regions(heap);
	sort_by_address(&heap->holes);
	sort_by_address(&heap->cached);
	sort_by_address(&heap->metadata_blocks);
	sort_by_address(&heap->corruptions);
	set_markers(heap);
	cw_block_index_seal(&heap->index);
	count_blocks(heap);
	return NULL;
}

struct cw_error *cw_heap_create(struct cw_target *target,
				struct cw_debug *debug,
				struct cw_progress *progress,
				struct cw_heap **ret)
{
	struct cw_heap *heap = cw_alloc(sizeof(*heap));

	heap->target = target;
	heap->go = cw_go_create(target, debug);
	heap->states = cw_alloc(sizeof(*heap->states));
	cw_arena_init(&heap->arena);

	struct cw_error *err = find_and_walk(heap, progress);
	if (err) {
		cw_heap_destroy(heap);
		return cw_error_in(err, "walking the heap");
	}
	*ret = heap;
	return NULL;
}

void cw_heap_destroy(struct cw_heap *heap)
{
	if (!heap)
		return;
	for (size_t i = 0; i < NUM_KINDS; i++)
		kinds[i]->free(heap->states->state[i]);
	free(heap->states);
	cw_block_index_deinit(&heap->index);
	free(heap->page_regions);
	cw_array_deinit(&heap->allocators);
	cw_array_deinit(&heap->regions);
	cw_array_deinit(&heap->nested);
	cw_array_deinit(&heap->metadata);
	cw_array_deinit(&heap->corruptions);
	cw_array_deinit(&heap->holes);
	cw_array_deinit(&heap->cached);
	cw_array_deinit(&heap->metadata_blocks);
	cw_arena_deinit(&heap->arena);
	cw_go_destroy(heap->go);
	free(heap);
}

struct cw_error *cw_heap_verify(struct cw_heap *heap,
				struct cw_progress *progress)
{
	size_t num_before = heap->corruptions.num;

	if (heap->is_verified)
		return NULL;
	for (size_t i = 0; i < NUM_KINDS; i++) {
		struct cw_error *err = kinds[i]->verify(
			heap, heap->states->state[i], progress);
		if (err) {
			heap->corruptions.num = num_before;
			return cw_error_in(err, "verifying the heap");
		}
	}
	sort_by_address(&heap->corruptions);
	heap->is_verified = true;
	return NULL;
}

const struct cw_heap_region *cw_heap_region_at(const struct cw_heap *heap,
					       cw_addr address)
{
	const struct cw_heap_region *regions = heap->regions.items;

	if (address >> CW_ADDRESS_BITS)
		return NULL;
	uint32_t page = heap->index.pages[address >> CW_PAGE_SHIFT];
	if (page == 0)
		return NULL;
	size_t i = cw_search_first(k, heap->page_regions[page - 1],
				   heap->page_regions[page],
				   regions[k].end <= address);
	return i < heap->regions.num && address >= regions[i].start
		       ? &regions[i]
		       : NULL;
}

bool cw_heap_block_from(const struct cw_heap *heap, uint64_t granule,
			struct cw_block *ret)
{
	const struct cw_block_index *index = &heap->index;
	cw_addr start = cw_block_index_address(index, granule);
	bool is_used = !cw_bit_test(index->unused, granule);
	const struct cw_heap_region *region = cw_heap_region_at(heap, start);
	/* Markers are unused. */
	if (!region ||
	    (!is_used && (start < region->start + region->header_size ||
			  is_hole(heap, start))))
		return false;

	uint64_t next = cw_block_index_next(index, granule);
	*ret = (struct cw_block){
		.address = start,
		.size = usable_size(region,
				    cw_block_index_size(index, granule, next)),
		.granule = granule,
		.region = region,
	};
	if (is_used)
		ret->state = CW_BLOCK_USED;
	else if (holds(heap->cached.items, heap->cached.num, start))
		ret->state = CW_BLOCK_CACHED;
	else if (holds(heap->metadata_blocks.items, heap->metadata_blocks.num,
		       start))
		ret->state = CW_BLOCK_METADATA;
	else
		ret->state = CW_BLOCK_FREE;
	return true;
}

bool cw_heap_block_at(const struct cw_heap *heap, cw_addr address,
		      struct cw_block *ret)
{
	uint64_t granule = cw_block_index_granule(&heap->index, address);

	if (granule != CW_NO_GRANULE)
		granule = cw_block_index_start(&heap->index, granule);
	return granule != CW_NO_GRANULE &&
	       cw_heap_block_from(heap, granule, ret);
}

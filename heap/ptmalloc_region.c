/* Regions: where the chunks of each arena lie. */
#include <stdlib.h>

#include "heap/ptmalloc.h"

static uint64_t read_word(const struct cw_target *target, cw_addr address)
{
	uint64_t word = 0;

	cw_target_read_word(target, address, &word);
	return word;
}

static cw_addr align_up(cw_addr address, uint64_t align)
{
	return (address + align - 1) / align * align;
}

static void add_metadata(struct cw_heap *heap, cw_addr start, cw_addr end,
			 const char *what)
{
	if (start < end)
		*cw_array_push(&heap->metadata) = (struct cw_heap_metadata){
			.start = start,
			.end = end,
			.what = what,
		};
}

/*
 * A piece of which the chain ends at @chain_end.  Of fences behind only the
 * first header belongs to the region, whose end is where that block would be.
 */
static void add_piece(struct cw_heap *heap, struct ptmalloc_all *all,
		      uint32_t arena_number, cw_addr start, cw_addr chain_end,
		      cw_addr end, bool has_top)
{
	const struct ptmalloc_arena *arena = &all->arenas.items[arena_number];
	cw_addr region_end =
		chain_end < end ? chain_end + PTMALLOC_HEADER : end;

	if (start >= chain_end)
		return;
	if (has_top)
		chain_end = arena->top;
	*cw_array_push(&all->pieces) = (struct ptmalloc_piece){
		.start = start,
		.end = chain_end,
		.memory_end = end,
		.arena = arena_number,
		.has_top = has_top,
	};
	*cw_array_push(&heap->regions) = (struct cw_heap_region){
		.start = start,
		.end = region_end,
		.kind = arena->is_main ? CW_REGION_MAIN_ARENA
				       : CW_REGION_THREAD_ARENA,
		.allocator = ptmalloc_libc_of(all, arena)->allocator,
		.arena = arena->number,
		.trailer_size = 8,
		.header_size = PTMALLOC_HEADER,
	};
	add_metadata(heap, region_end, end, "fence");
}

/*
 * Where the chain of chunks ends in memory that ends at @end, when something
 * else became the top.  glibc leaves two chunks of size 16 in a main arena; in
 * a thread's heap one of 16 (or 32, when just that was left) and one of 0.
 */
static cw_addr fenced_end(const struct cw_target *target, cw_addr end)
{
	uint64_t last = read_word(target, end - 8);
	uint64_t before = read_word(target, end - 24);

	if (ptmalloc_size(before) == PTMALLOC_FENCE &&
	    (ptmalloc_size(last) == PTMALLOC_FENCE || ptmalloc_size(last) == 0))
		return end - 32;
	if (ptmalloc_size(last) == 0 &&
	    ptmalloc_size(read_word(target, end - 40)) == 32)
		return end - 48;
	return end;
}

/* The end of what is mapped from @address on without a hole. */
static cw_addr mapped_end(const struct cw_target *target, cw_addr address)
{
	const struct cw_segment *segment;

	while ((segment = cw_target_segment(target, address)) != NULL)
		address = segment->end;
	return address;
}

/*
 * The end of the memory that has the top chunk of @arena in it; its size says,
 * or, when that is smashed, the mapping.
 */
static cw_addr top_end(const struct cw_heap *heap,
		       const struct ptmalloc_arena *arena)
{
	uint64_t size_field = 0;
	cw_addr mapping_end = mapped_end(heap->target, arena->top);

	if (!ptmalloc_size_field(heap->target, arena->top, &size_field))
		return mapping_end;
	cw_addr end = arena->top + ptmalloc_size(size_field);
	if (end % PTMALLOC_PAGE == 0 && end > arena->top && end <= mapping_end)
		return end;
	return mapping_end;
}

/* Whether all of [start, end) is mapped, readable or not. */
static bool is_mapped(const struct cw_target *target, cw_addr start,
		      cw_addr end)
{
	return start < end && cw_target_segment(target, start) &&
	       mapped_end(target, start) >= end;
}

/*
 * Whether the chain of chunks from @start reaches @wanted, or, with @wanted
 * 0, fences before a page's end, which *@ret_end becomes.
 */
static bool chain_reaches(const struct cw_target *target, cw_addr start,
			  cw_addr wanted, cw_addr *ret_fence, cw_addr *ret_end)
{
	cw_addr limit = mapped_end(target, start);
	cw_addr chunk = start;
	uint64_t field;

	while (chunk != wanted) {
		if (!ptmalloc_size_field(target, chunk, &field))
			return false;
		uint64_t size = ptmalloc_size(field);
		if (size == PTMALLOC_FENCE && wanted == 0) {
			/* Two fences, three when just 16 bytes were left. */
			*ret_end = align_up(chunk + 32, PTMALLOC_PAGE);
			*ret_fence = chunk;
			return *ret_end - chunk <= 48 &&
			       fenced_end(target, *ret_end) < *ret_end;
		}
		if (size < PTMALLOC_MIN_CHUNK || size % 16 != 0 ||
		    (field & (PTMALLOC_MMAPPED | PTMALLOC_THREAD_ARENA)) ||
		    size > limit - chunk)
			return false;
		chunk += size;
	}
	return true;
}

/* Whether a first chunk may be at @address: the one before is "in use". */
static bool is_first_chunk(const struct cw_target *target, cw_addr address)
{
	uint64_t field = read_word(target, address + 8);

	return (field & 15) == PTMALLOC_PREVIOUS_USED &&
	       field > PTMALLOC_MIN_CHUNK;
}

static bool is_taken(const struct ptmalloc_all *all, cw_addr address,
		     cw_addr *ret_end)
{
	cw_array_foreach(piece, &all->pieces)
	{
		if (address >= piece->start && address < piece->end) {
			*ret_end = piece->end;
			return true;
		}
	}
	return false;
}

static cw_addr next_page(cw_addr address)
{
	return align_up(address + 1, PTMALLOC_PAGE);
}

/*
 * The main arena took memory from mmap, since brk could not grow: pieces that
 * each end in fences, and one with the top.  They begin at pages of anonymous
 * memory; those of a heap of brk where it began.  Together they are
 * system_mem bytes.
 */
static void find_scattered(struct cw_heap *heap, struct ptmalloc_all *all,
			   uint32_t number)
{
	const struct cw_target *target = heap->target;
	struct ptmalloc_arena *arena = &all->arenas.items[number];
	cw_addr end_of_top = top_end(heap, arena);
	uint64_t size_left = arena->system_mem;
	bool has_top = false;

	const struct ptmalloc *libc = ptmalloc_libc_of(all, arena);

	cw_array_foreach(segment, &target->segments)
	{
		if (!segment->bytes || segment->path ||
		    !(segment->flags & CW_SEGMENT_WRITE) ||
		    segment->flags & CW_SEGMENT_SHARED)
			continue;
		cw_addr page = segment->start;
		if (cw_segment_has(segment, libc->sbrk_base))
			page = align_up(libc->sbrk_base, 16);
		while (page < segment->end && size_left) {
			cw_addr end = 0, fence = 0;
			bool is_top = false;

			if (is_taken(all, page, &end)) {
				page = align_up(end, PTMALLOC_PAGE);
				continue;
			}
			if (!is_first_chunk(target, page)) {
				page = next_page(page);
				continue;
			}
			if (!has_top && page <= arena->top &&
			    arena->top < end_of_top &&
			    chain_reaches(target, page, arena->top, &fence,
					  &end)) {
				is_top = has_top = true;
				end = end_of_top;
			} else if (!chain_reaches(target, page, 0, &fence,
						  &end)) {
				page = next_page(page);
				continue;
			}
			add_piece(heap, all, number, page, is_top ? end : fence,
				  end, is_top);
			size_left -=
				end - page < size_left ? end - page : size_left;
			page = end;
		}
	}
}

static void find_main_pieces(struct cw_heap *heap, struct ptmalloc_all *all,
			     uint32_t number)
{
	const struct ptmalloc_arena *arena = &all->arenas.items[number];
	bool is_contiguous = !(read_word(heap->target, arena->state) >> 32 & 2);

	if (arena->system_mem == 0)
		return; /* has mmapped blocks at most */
	if (!cw_target_segment(heap->target, arena->top)) {
		ptmalloc_corrupt(heap, arena->bins + PTMALLOC_TOP, 0, 0,
				 "top chunk 0x%llx is in no mapping",
				 (unsigned long long)arena->top);
		return;
	}

	/* Memory that others took by sbrk() in between counts too. */
	cw_addr end = top_end(heap, arena);
	cw_addr start = align_up(end - arena->system_mem, 16);
	if (is_contiguous && is_mapped(heap->target, start, end))
		add_piece(heap, all, number, start, end, end, true);
	else
		find_scattered(heap, all, number);
}

/* heap_info: ar_ptr, prev, size, mprotect_size, [pagesize]. */
static void add_heap(struct cw_heap *heap, struct ptmalloc_all *all,
		     uint32_t number, cw_addr start)
{
	struct ptmalloc_arena *arena = &all->arenas.items[number];
	struct ptmalloc *libc = ptmalloc_libc_of(all, arena);
	uint64_t size = read_word(heap->target, start + 16);
	cw_addr limit = mapped_end(heap->target, start);
	cw_addr end = start + size;
	bool is_first = arena->state - start < 0x40;
	cw_addr first = is_first ? arena->state + libc->state->size
				 : start + libc->heap_info_size;

	if (size % PTMALLOC_PAGE != 0 || size == 0 || size > limit - start) {
		end = cw_target_segment(heap->target, start)->end;
		ptmalloc_corrupt(heap, start + 16, 0, 0,
				 "size 0x%llx of a heap is not that of its "
				 "mapping",
				 (unsigned long long)size);
	}
	first = align_up(first, 16);
	add_metadata(heap, start, first, is_first ? "arena" : "heap_info");
	bool has_top = arena->top >= first && arena->top < end;
	add_piece(heap, all, number, first,
		  has_top ? end : fenced_end(heap->target, end), end, has_top);
}

static void find_heaps(struct cw_heap *heap, struct ptmalloc_all *all)
{
	const uint64_t align = PTMALLOC_MIN_HEAP_ALIGN;

	/* The size of heap_info first: from the heaps that begin an arena. */
	cw_array_foreach(arena, &all->arenas)
	{
		if (!arena->is_main)
			ptmalloc_libc_of(all, arena)->heap_info_size =
				arena->state % align;
	}
	cw_array_foreach(segment, &heap->target->segments)
	{
		cw_addr start = align_up(segment->start, align);

		if (!segment->bytes || segment->flags & CW_SEGMENT_SHARED)
			continue;
		for (; start < segment->end; start += align) {
			cw_addr state = read_word(heap->target, start);
			uint32_t number;

			if (cw_map_get(&all->arena_by_state, state, &number) &&
			    !all->arenas.items[number].is_main)
				add_heap(heap, all, number, start);
		}
	}
}

static int by_start(const void *left, const void *right)
{
	const struct ptmalloc_piece *a = left, *b = right;

	return (a->start > b->start) - (a->start < b->start);
}

void ptmalloc_find_pieces(struct cw_heap *heap, struct ptmalloc_all *all)
{
	find_heaps(heap, all);
	for (uint32_t i = 0; i < all->arenas.num; i++) {
		const struct ptmalloc_arena *arena = &all->arenas.items[i];
		const struct ptmalloc *libc = ptmalloc_libc_of(all, arena);

		if (!arena->is_main)
			continue;
		if (!libc->is_orphan)
			add_metadata(heap, arena->state,
				     arena->state + libc->state->size,
				     "main arena");
		find_main_pieces(heap, all, i);
	}
	if (all->pieces.num)
		qsort(all->pieces.items, all->pieces.num,
		      sizeof(*all->pieces.items), by_start);
}

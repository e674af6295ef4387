/* Mmapped: malloc_par, and blocks with a mapping of their own. */
#include <string.h>

#include "heap/ptmalloc.h"

/* malloc_par is in the same data segment as the main arena. */
#define NEAR_MAIN_ARENA (1 << 20)
#define MAX_ALIGN_SHIFT 40

static uint64_t word_at(const unsigned char *bytes)
{
	uint64_t word;

	memcpy(&word, bytes, sizeof(word));
	return word;
}

static uint32_t int_at(const unsigned char *bytes)
{
	uint32_t number;

	memcpy(&number, bytes, sizeof(number));
	return number;
}

/*
 * malloc_par, from its middle on: n_mmaps, n_mmaps_max, max_n_mmaps,
 * no_dyn_threshold (ints), mmapped_mem, max_mmapped_mem, [max_total_mem, until
 * 2.23], sbrk_base.  Since 2.35 another int comes before n_mmaps, so that it is
 * not aligned to 8.
 */
static bool is_parameters(const unsigned char *bytes, unsigned sizes)
{
	enum { DEFAULT_MAX_MMAPS = 65536 };
	uint32_t num = int_at(bytes), max_num = int_at(bytes + 8);
	uint64_t size = word_at(bytes + sizes);
	uint64_t max_size = word_at(bytes + sizes + 8);

	return int_at(bytes + 4) == DEFAULT_MAX_MMAPS && num <= max_num &&
	       max_num <= DEFAULT_MAX_MMAPS && int_at(bytes + 12) <= 1 &&
	       size % PTMALLOC_PAGE == 0 && max_size >= size &&
	       max_size % PTMALLOC_PAGE == 0 && (num == 0) == (size == 0) &&
	       (max_num == 0) == (max_size == 0) &&
	       max_size >> CW_ADDRESS_BITS == 0;
}

static void find_parameters(const struct cw_heap *heap, struct ptmalloc *libc,
			    const struct ptmalloc_arena *arena)
{
	const struct cw_segment *segment =
		cw_target_segment(heap->target, arena->state);

	if (!segment || !segment->bytes)
		return;
	cw_addr start = segment->start, end = segment->end;
	if (arena->state - start > NEAR_MAIN_ARENA)
		start = (arena->state - NEAR_MAIN_ARENA) & ~(cw_addr)7;
	if (end - arena->state > NEAR_MAIN_ARENA)
		end = arena->state + NEAR_MAIN_ARENA;

	for (cw_addr at = start; at + 64 <= end; at += 4) {
		const unsigned char *bytes =
			segment->bytes + (at - segment->start);
		unsigned sizes = at % 8 ? 20 : 16;

		if (!is_parameters(bytes, sizes))
			continue;
		libc->has_parameters = true;
		libc->num_mmapped = int_at(bytes);
		libc->mmapped_size = word_at(bytes + sizes);
		libc->sbrk_base = word_at(bytes + sizes +
					  (libc->state->last <= 22 ? 24 : 16));
		return;
	}
}

void ptmalloc_find_parameters(struct cw_heap *heap, struct ptmalloc_all *all)
{
	cw_array_foreach(arena, &all->arenas)
	{
		if (arena->is_main)
			find_parameters(heap, ptmalloc_libc_of(all, arena),
					arena);
	}
}

/*
 * Whether @chunk, in a mapping that would begin at @start, is a mmapped one;
 * its header then says how long the mapping is.
 */
static bool is_mmapped(const struct cw_target *target,
		       const struct ptmalloc *libc, cw_addr start,
		       cw_addr chunk, cw_addr limit, cw_addr *ret_end)
{
	uint64_t offset, field;

	if (!cw_target_read_word(target, chunk, &offset) ||
	    !cw_target_read_word(target, chunk + 8, &field) ||
	    (field & 15) != PTMALLOC_MMAPPED)
		return false;
	if (libc->state->mmapped_header)
		offset &= ~(uint64_t)1; /* 2.43: "huge pages" */
	uint64_t size = ptmalloc_size(field) + libc->state->mmapped_header;
	if (offset != chunk - start || size > limit - chunk ||
	    size < PTMALLOC_MIN_CHUNK || (offset + size) % PTMALLOC_PAGE != 0)
		return false;
	*ret_end = chunk + size;
	return true;
}

/*
 * The chunk of a mapping that begins at @start.  memalign() moves the chunk
 * on, so that its block is aligned, and leaves the first header in place.
 */
static bool find_chunk(const struct cw_target *target,
		       const struct ptmalloc *libc, cw_addr start,
		       cw_addr limit, struct ptmalloc_mmapped *ret)
{
	/* A chunk was left for what lies before, until 2.42. */
	uint64_t min_offset = libc->state->mmapped_header ? 32 : 48;
	cw_addr last = 0;

	for (unsigned shift = 5; shift < MAX_ALIGN_SHIFT; shift++) {
		uint64_t align = UINT64_C(1) << shift;
		cw_addr block = (start + min_offset + align - 1) & ~(align - 1);
		cw_addr chunk = block - PTMALLOC_HEADER;

		if (block == last)
			continue;
		last = block;
		if (block >= limit)
			break;
		if (is_mmapped(target, libc, start, chunk, limit, &ret->end)) {
			ret->start = start;
			ret->chunk = chunk;
			return true;
		}
	}
	ret->start = ret->chunk = start;
	return is_mmapped(target, libc, start, start, limit, &ret->end);
}

static cw_addr page_at(cw_addr address)
{
	return address & ~(cw_addr)(PTMALLOC_PAGE - 1);
}

/*
 * The first chunk of a mapping that begins in the hole [start, end): since 2.43
 * memalign() writes nothing before the chunk.  The page that the chunk is in
 * was written, and is the first one.
 */
static bool find_in_hole(const struct cw_target *target,
			 const struct ptmalloc *libc, cw_addr start,
			 cw_addr end, cw_addr limit,
			 struct ptmalloc_mmapped *ret)
{
	bool is_found = false;

	for (unsigned shift = 5; shift < MAX_ALIGN_SHIFT; shift++) {
		uint64_t align = UINT64_C(1) << shift;
		cw_addr block =
			(end + PTMALLOC_HEADER + align - 1) & ~(align - 1);
		cw_addr chunk = block - PTMALLOC_HEADER;
		struct ptmalloc_mmapped found = {.chunk = chunk};
		uint64_t offset;

		if (block < end || block >= limit)
			break;
		if (cw_target_skip_hole(target, chunk) != chunk ||
		    !cw_target_read_word(target, chunk, &offset))
			continue;
		found.start = page_at(chunk - offset);
		if (found.start >= start && found.start < end &&
		    (!is_found || found.start < ret->start) &&
		    is_mmapped(target, libc, found.start, chunk, limit,
			       &found.end)) {
			*ret = found;
			is_found = true;
		}
	}
	return is_found;
}

/* Goes on behind the piece of an arena that @page is in. */
static cw_addr skip_others(const struct ptmalloc_all *all, size_t *piece,
			   cw_addr page)
{
	for (; *piece < all->pieces.num; ++*piece) {
		const struct ptmalloc_piece *next = &all->pieces.items[*piece];

		if (page < page_at(next->start))
			break;
		if (page < next->memory_end)
			page = page_at(next->memory_end + PTMALLOC_PAGE - 1);
	}
	return page;
}

static void scan_segment(struct cw_heap *heap, struct ptmalloc_all *all,
			 const struct ptmalloc *libc,
			 const struct cw_segment *segment, size_t *piece)
{
	cw_addr page = segment->start;

	for (;;) {
		struct ptmalloc_mmapped mmapped;

		page = skip_others(all, piece, page);
		if (page >= segment->end)
			break;
		cw_addr data = cw_target_skip_hole(heap->target, page);
		if (data > page && !find_in_hole(heap->target, libc, page, data,
						 segment->end, &mmapped)) {
			page = data;
			continue;
		}
		if (data == page && !find_chunk(heap->target, libc, page,
						segment->end, &mmapped)) {
			page += PTMALLOC_PAGE;
			continue;
		}
		*cw_array_push(&all->mmapped) = mmapped;
		page = mmapped.end;
	}
}

static void drop(struct ptmalloc_all *all, size_t i)
{
	memmove(&all->mmapped.items[i], &all->mmapped.items[i + 1],
		(all->mmapped.num - i - 1) * sizeof(*all->mmapped.items));
	all->mmapped.num--;
}

/* Whether the stack in use of a thread is in [start, end). */
static bool has_stack(const struct cw_heap *heap, cw_addr start, cw_addr end)
{
	cw_array_foreach(thread, &heap->target->threads)
	{
		cw_addr stack = thread->regs[CW_REG_RSP];

		if (stack >= start && stack < end)
			return true;
	}
	return false;
}

static uint64_t mmapped_size(const struct ptmalloc_all *all)
{
	uint64_t size = 0;

	cw_array_foreach(mmapped, &all->mmapped) size +=
		mmapped->end - mmapped->start;
	return size;
}

/*
 * Pages of stacks and of the program's own mappings may look like a block by
 * chance.  When there are more than glibc counts: a stack is no block, unless
 * the program made it one; and one too many is that whose size is too much.
 */
static void drop_strangers(const struct cw_heap *heap, struct ptmalloc_all *all,
			   const struct ptmalloc *libc)
{
	if (!libc->has_parameters)
		return;
	for (size_t i = all->mmapped.num; i-- > 0;) {
		const struct ptmalloc_mmapped *mmapped = &all->mmapped.items[i];

		if (all->mmapped.num > libc->num_mmapped &&
		    has_stack(heap, mmapped->start, mmapped->end))
			drop(all, i);
	}
	if (all->mmapped.num != libc->num_mmapped + 1)
		return;
	uint64_t excess = mmapped_size(all) - libc->mmapped_size;
	for (size_t i = 0; i < all->mmapped.num; i++) {
		const struct ptmalloc_mmapped *mmapped = &all->mmapped.items[i];

		if (mmapped->end - mmapped->start == excess) {
			drop(all, i);
			return;
		}
	}
}

static void add_regions(struct cw_heap *heap, struct ptmalloc_all *all,
			const struct ptmalloc *libc)
{
	cw_array_foreach(mmapped, &all->mmapped)
	{
		*cw_array_push(&heap->regions) = (struct cw_heap_region){
			.start = mmapped->chunk,
			.end = mmapped->end,
			.kind = CW_REGION_MMAPPED,
			.allocator = libc->allocator,
			.trailer_size = libc->state->mmapped_header ? 8 : 0,
			.header_size = PTMALLOC_HEADER,
		};
		if (mmapped->start < mmapped->chunk)
			*cw_array_push(&heap->metadata) =
				(struct cw_heap_metadata){
					.start = mmapped->start,
					.end = mmapped->chunk,
					.what = "space before an aligned "
						"block",
				};
	}
}

void ptmalloc_find_mmapped(struct cw_heap *heap, struct ptmalloc_all *all)
{
	struct ptmalloc *libc = &all->libcs.items[0];
	size_t piece = 0;

	cw_array_foreach(segment, &heap->target->segments)
	{
		if (segment->bytes && !segment->path &&
		    segment->flags & CW_SEGMENT_WRITE &&
		    !(segment->flags & CW_SEGMENT_SHARED))
			scan_segment(heap, all, libc, segment, &piece);
	}
	drop_strangers(heap, all, libc);
	add_regions(heap, all, libc);
}

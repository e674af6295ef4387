/*
 * Pymalloc: CPython's allocator of small objects (Objects/obmalloc.c), which
 * takes arenas by mmap() and cuts them into pools of blocks of one size:
 *
 *	pool	  0 uint blocks in use	   8 first free block
 *		 16, 24 links		  32 uint number of the arena
 *		 36 uint size class	  40 uint offset of what was never used
 *		 44 uint the last offset at which a block may begin
 *		 48 blocks
 *
 *	version	       alignment   pool	     arena
 *	to 3.7	       8	    4 KiB    256 KiB
 *	3.8, 3.9       16	    4 KiB    256 KiB
 *	3.10 and on    16	   16 KiB      1 MiB
 *
 * A free block begins with the address of the next one; blocks behind the third
 * offset were never given out.  Pools begin at multiples of their size; those
 * of an arena are taken one behind the other, and what was never taken is zero.
 * The list of arenas is found nowhere from outside, and is not needed: each
 * pool's header proves itself, size against size.
 */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "heap/allocator.h"
#include "target/symbol.h"

enum {
	POOL_HEADER = 48,
	MAX_BLOCK = 512,
	PAGE = 4096,
};

struct pymalloc_layout {
	const char *version;
	unsigned align_shift;
	uint64_t pool_size, arena_size;
};

static const struct pymalloc_layout layouts[] = {
	{"3.10 or later", 4, 16 << 10, 1 << 20},
	{"3.8 or 3.9", 4, 4 << 10, 256 << 10},
	{"3.7 or earlier", 3, 4 << 10, 256 << 10},
};

#define NUM_LAYOUTS cw_num_elements(layouts)

/* What a pool's header says. */
struct pool {
	cw_addr address;
	uint64_t block_size;
	uint64_t num_blocks; /* that there is room for */
	uint64_t num_taken;  /* of these, ever */
	cw_addr first_free;  /* or 0 */
	uint32_t arena;
};

struct arena {
	cw_addr start, end; /* the first pool; what was never taken included */
	size_t first_pool, num_pools;
};

struct pymalloc {
	const struct pymalloc_layout *layout;
	CW_ARRAY(cw_addr) pools; /* sorted */
	CW_ARRAY(struct arena) arenas;
};

static uint32_t int_at(const unsigned char *bytes)
{
	uint32_t number;

	memcpy(&number, bytes, sizeof(number));
	return number;
}

/* Number of the block at @offset of the pool; num_blocks: there is none. */
static uint64_t block_number(const struct pool *pool, uint64_t offset)
{
	uint64_t number = (offset - POOL_HEADER) / pool->block_size;

	if (offset < POOL_HEADER || number >= pool->num_blocks ||
	    (offset - POOL_HEADER) % pool->block_size)
		return pool->num_blocks;
	return number;
}

/* Whether a pool begins at @address. */
static bool pool_read(const struct cw_target *target,
		      const struct pymalloc_layout *layout, cw_addr address,
		      struct pool *ret)
{
	const unsigned char *bytes;
	struct pool pool = {.address = address};

	if (address % layout->pool_size ||
	    !(bytes = cw_target_bytes(target, address, POOL_HEADER)))
		return false;
	uint32_t num_used = int_at(bytes), class = int_at(bytes + 36);
	uint32_t taken = int_at(bytes + 40);
	if (class >= (uint32_t)MAX_BLOCK >> layout->align_shift)
		return false;
	pool.block_size = (class + UINT64_C(1)) << layout->align_shift;
	pool.num_blocks = (layout->pool_size - POOL_HEADER) / pool.block_size;
	if (int_at(bytes + 44) != layout->pool_size - pool.block_size ||
	    taken <= POOL_HEADER || (taken - POOL_HEADER) % pool.block_size)
		return false;
	pool.num_taken = (taken - POOL_HEADER) / pool.block_size;
	memcpy(&pool.first_free, bytes + 8, sizeof(pool.first_free));
	pool.arena = int_at(bytes + 32);
	if (pool.num_taken > pool.num_blocks || num_used > pool.num_taken ||
	    (pool.first_free &&
	     block_number(&pool, pool.first_free - address) >= pool.num_taken))
		return false;
	*ret = pool;
	return true;
}

static bool may_hold_pools(const struct cw_segment *segment)
{
	return segment->bytes && !segment->path &&
	       (segment->flags & CW_SEGMENT_WRITE) &&
	       !(segment->flags & (CW_SEGMENT_SHARED | CW_SEGMENT_FROM_FILE));
}

static void find_pools(const struct cw_heap *heap, struct pymalloc *pymalloc)
{
	struct pool pool;

	cw_array_foreach(segment, &heap->target->segments)
	{
		uint64_t step = pymalloc->layout->pool_size;
		cw_addr at = (segment->start + step - 1) & -step;

		if (!may_hold_pools(segment))
			continue;
		for (; at < segment->end; at += step)
			if (pool_read(heap->target, pymalloc->layout, at,
				      &pool))
				*cw_array_push(&pymalloc->pools) = at;
	}
}

/* The layout that most pools are of; false: there are none. */
static bool find_layout(const struct cw_heap *heap, struct pymalloc *pymalloc)
{
	size_t most = 0;
	const struct pymalloc_layout *best = NULL;

	for (size_t i = 0; i < NUM_LAYOUTS; i++) {
		pymalloc->layout = &layouts[i];
		pymalloc->pools.num = 0;
		find_pools(heap, pymalloc);
		if (pymalloc->pools.num > most) {
			most = pymalloc->pools.num;
			best = pymalloc->layout;
		}
	}
	if (!best)
		return false;
	if (pymalloc->layout != best) {
		pymalloc->layout = best;
		pymalloc->pools.num = 0;
		find_pools(heap, pymalloc);
	}
	return true;
}

static bool is_zero(const struct cw_target *target, cw_addr page)
{
	static const unsigned char zeros[PAGE];
	const unsigned char *bytes = cw_target_bytes(target, page, PAGE);

	return bytes && memcmp(bytes, zeros, PAGE) == 0;
}

/* The end of the arena whose last pool ends at @end. */
static cw_addr arena_end(const struct cw_heap *heap,
			 const struct pymalloc *pymalloc, cw_addr start,
			 cw_addr end)
{
	cw_addr limit = start + pymalloc->layout->arena_size;
	const struct cw_segment *segment =
		cw_target_segment(heap->target, start);

	if (limit > segment->end)
		limit = segment->end;
	while (end < limit && is_zero(heap->target, end))
		end += PAGE;
	return end;
}

/* Pools of one number that lie within an arena's size. */
static void find_arenas(const struct cw_heap *heap, struct pymalloc *pymalloc)
{
	const struct pymalloc_layout *layout = pymalloc->layout;
	struct arena *last = NULL;
	uint32_t last_number = 0;

	for (size_t i = 0; i < pymalloc->pools.num; i++) {
		cw_addr address = pymalloc->pools.items[i];
		struct pool pool;

		if (!pool_read(heap->target, layout, address, &pool))
			continue;
		if (!last || pool.arena != last_number ||
		    address - last->start >= layout->arena_size) {
			last = cw_array_push(&pymalloc->arenas);
			*last = (struct arena){.start = address,
					       .first_pool = i};
			last_number = pool.arena;
		}
		last->num_pools = i + 1 - last->first_pool;
		last->end = address + layout->pool_size;
	}
	cw_array_foreach(arena, &pymalloc->arenas) arena->end =
		arena_end(heap, pymalloc, arena->start, arena->end);
}

/* Py_Version, since 3.11: 0x030b02f0 is 3.11.2. */
static const char *version_of(struct cw_heap *heap,
			      const struct pymalloc_layout *layout)
{
	const struct cw_symbol *symbol =
		cw_symbol_find((struct cw_target *)heap->target, "Py_Version");
	cw_cleanup_text struct cw_text text = {0};
	uint64_t number;

	if (!symbol ||
	    !cw_target_read_word(heap->target, symbol->address, &number) ||
	    number >> 24 != 3)
		return layout->version;
	cw_text_addf(&text, "3.%u.%u", (unsigned)(number >> 16 & 0xff),
		     (unsigned)(number >> 8 & 0xff));
	return cw_arena_strdup(&heap->arena, text.chars);
}

static void add_allocator(struct cw_heap *heap, const struct pymalloc *pymalloc)
{
	cw_cleanup_text struct cw_text text = {0};
	char number[CW_NUMBER_SIZE];

	cw_text_addf(&text, "headers of %s pools of %u KiB",
		     cw_text_count(number, pymalloc->pools.num),
		     (unsigned)(pymalloc->layout->pool_size >> 10));
	*cw_array_push(&heap->allocators) = (struct cw_allocator){
		.name = "CPython pymalloc",
		.version = version_of(heap, pymalloc->layout),
		.evidence = cw_arena_strdup(&heap->arena, text.chars),
		.num_arenas = pymalloc->arenas.num,
	};
}

static struct cw_error *find(struct cw_heap *heap, void **ret_state)
{
	if (!cw_symbol_find((struct cw_target *)heap->target,
			    "PyObject_Malloc"))
		return NULL;
	struct pymalloc *pymalloc = cw_alloc(sizeof(*pymalloc));
	*ret_state = pymalloc;
	if (!find_layout(heap, pymalloc))
		return NULL;
	find_arenas(heap, pymalloc);
	cw_array_foreach(arena, &pymalloc->arenas)
	{
		*cw_array_push(&heap->regions) = (struct cw_heap_region){
			.start = arena->start,
			.end = arena->end,
			.kind = CW_REGION_POOLS,
			.allocator = heap->allocators.num,
			.arena = arena - pymalloc->arenas.items,
			.header_size = POOL_HEADER,
		};
	}
	heap->is_fine |= pymalloc->layout->align_shift < CW_GRANULE_SHIFT;
	add_allocator(heap, pymalloc);
	return NULL;
}

static void add_hole(struct cw_heap *heap, cw_addr start, cw_addr end,
		     enum cw_hole_kind kind)
{
	if (start < end)
		*cw_array_push(&heap->holes) = (struct cw_heap_hole){
			.start = start,
			.end = end,
			.kind = kind,
		};
}

static void add_corruption(struct cw_heap *heap, cw_addr address,
			   uint64_t lost_size, const char *what)
{
	*cw_array_push(&heap->corruptions) = (struct cw_corruption){
		.address = address,
		.lost_size = lost_size,
		.what = what,
	};
}

/* Takes the blocks of a list of free ones out of use. */
static void walk_free(struct cw_heap *heap, const struct pool *pool,
		      uint64_t first, uint64_t step)
{
	struct cw_block_index *index = &heap->index;
	cw_addr link = pool->first_free, slot = pool->address + 8;

	while (link) {
		uint64_t number = block_number(pool, link - pool->address);
		uint64_t granule = first + number * step;

		/* Each is met once, so the list has an end. */
		if (number >= pool->num_taken ||
		    cw_bit_test(index->unused, granule)) {
			add_corruption(heap, slot, 0,
				       "a pool's list of free blocks leads "
				       "elsewhere");
			return;
		}
		cw_bit_set(index->unused, granule);
		slot = link;
		if (!cw_target_read_word(heap->target, slot, &link))
			return;
	}
}

/* Returns where the pool's last block ends. */
static cw_addr walk_pool(struct cw_heap *heap, const struct pool *pool)
{
	struct cw_block_index *index = &heap->index;
	uint64_t first =
		cw_block_index_granule(index, pool->address + POOL_HEADER);
	uint64_t step = pool->block_size >> index->granule_shift;

	/* Pages of a region are numbered in one go, so granules follow. */
	for (uint64_t i = 0; i < pool->num_blocks; i++) {
		cw_bit_set(index->starts, first + i * step);
		if (i >= pool->num_taken)
			cw_bit_set(index->unused, first + i * step);
	}
	walk_free(heap, pool, first, step);
	return pool->address + POOL_HEADER +
	       pool->num_blocks * pool->block_size;
}

static void walk_arena(struct cw_heap *heap, const struct pymalloc *pymalloc,
		       const struct arena *arena)
{
	uint64_t pool_size = pymalloc->layout->pool_size;
	cw_addr blocks_end = 0, pool_end = 0;

	for (size_t i = 0; i < arena->num_pools; i++) {
		cw_addr at = pymalloc->pools.items[arena->first_pool + i];
		struct pool pool;

		if (!pool_read(heap->target, pymalloc->layout, at, &pool))
			continue;
		if (pool_end && at != pool_end) {
			add_hole(heap, blocks_end, pool_end, CW_HOLE_REST);
			add_hole(heap, pool_end, at + POOL_HEADER,
				 CW_HOLE_CORRUPT);
			add_corruption(heap, pool_end, at - pool_end,
				       "the header of a pool makes no sense");
		} else if (pool_end) {
			add_hole(heap, blocks_end, at + POOL_HEADER,
				 CW_HOLE_REST);
		}
		blocks_end = walk_pool(heap, &pool);
		pool_end = at + pool_size;
	}
	add_hole(heap, blocks_end, pool_end, CW_HOLE_REST);
	/* What was never taken is one free block. */
	if (pool_end < arena->end)
		cw_block_index_mark(
			&heap->index,
			cw_block_index_granule(&heap->index, pool_end));
}

static struct cw_error *walk(struct cw_heap *heap, void *state,
			     struct cw_progress *progress)
{
	const struct pymalloc *pymalloc = state;

	if (!pymalloc)
		return NULL;
	cw_array_foreach(arena, &pymalloc->arenas)
	{
		const struct cw_heap_region *region =
			cw_heap_region_at(heap, arena->start);

		/* Another allocator's may have been there before. */
		if (region && region->kind == CW_REGION_POOLS &&
		    region->start == arena->start)
			walk_arena(heap, pymalloc, arena);
	}
	return NULL;
}

static struct cw_error *verify(struct cw_heap *heap, void *state,
			       struct cw_progress *progress)
{
	return NULL;
}

static void free_state(void *state)
{
	struct pymalloc *pymalloc = state;

	if (!pymalloc)
		return;
	cw_array_deinit(&pymalloc->pools);
	cw_array_deinit(&pymalloc->arenas);
	free(pymalloc);
}

const struct cw_allocator_kind cw_pymalloc = {
	.find = find,
	.walk = walk,
	.verify = verify,
	.free = free_state,
};

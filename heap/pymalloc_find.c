#include "heap/pymalloc.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/search.h"

enum {
	ARENA_OBJECT = 48,
	MAX_BLOCK = 512,
};

static const struct pymalloc_layout layouts[] = {
	{"3.10 or later", 4, 16 << 10, 1 << 20},
	{"3.8 or 3.9", 4, 4 << 10, 256 << 10},
	{"3.7 or earlier", 3, 4 << 10, 256 << 10},
};

#define NUM_LAYOUTS cw_num_elements(layouts)

static uint32_t int_at(const unsigned char *bytes)
{
	uint32_t number;

	memcpy(&number, bytes, sizeof(number));
	return number;
}

uint64_t pymalloc_block(const struct pymalloc_pool *pool, uint64_t offset)
{
	uint64_t number = (offset - PYMALLOC_HEADER) / pool->block_size;

	if (offset < PYMALLOC_HEADER || number >= pool->num_blocks ||
	    (offset - PYMALLOC_HEADER) % pool->block_size)
		return pool->num_blocks;
	return number;
}

bool pymalloc_pool(const struct cw_target *target,
		   const struct pymalloc_layout *layout, cw_addr address,
		   struct pymalloc_pool *ret)
{
	const unsigned char *bytes;
	struct pymalloc_pool pool = {.address = address};

	if (address % layout->pool_size ||
	    !(bytes = cw_target_bytes(target, address, PYMALLOC_HEADER)))
		return false;
	uint32_t num_used = int_at(bytes), class = int_at(bytes + 36);
	uint32_t taken = int_at(bytes + 40);
	if (class >= (uint32_t)MAX_BLOCK >> layout->align_shift)
		return false;
	pool.block_size = (class + UINT64_C(1)) << layout->align_shift;
	pool.num_blocks =
		(layout->pool_size - PYMALLOC_HEADER) / pool.block_size;
	if (int_at(bytes + 44) != layout->pool_size - pool.block_size ||
	    taken <= PYMALLOC_HEADER ||
	    (taken - PYMALLOC_HEADER) % pool.block_size)
		return false;
	pool.num_taken = (taken - PYMALLOC_HEADER) / pool.block_size;
	memcpy(&pool.first_free, bytes + 8, sizeof(pool.first_free));
	pool.arena = int_at(bytes + 32);
	if (pool.num_taken > pool.num_blocks || num_used > pool.num_taken ||
	    (pool.first_free &&
	     pymalloc_block(&pool, pool.first_free - address) >=
		     pool.num_taken))
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
	struct pymalloc_pool pool;

	cw_array_foreach(segment, &heap->target->segments)
	{
		uint64_t step = pymalloc->layout->pool_size;
		cw_addr at = (segment->start + step - 1) & -step;

		if (!may_hold_pools(segment))
			continue;
		for (; at < segment->end; at += step)
			if (pymalloc_pool(heap->target, pymalloc->layout, at,
					  &pool))
				*cw_array_push(&pymalloc->pools) = at;
	}
}

bool pymalloc_find_pools(const struct cw_heap *heap, struct pymalloc *pymalloc)
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

static uint64_t word_at(const unsigned char *bytes)
{
	uint64_t word;

	memcpy(&word, bytes, sizeof(word));
	return word;
}

/* Whether an arena object of the mapping may be there. */
static bool is_arena(const struct pymalloc_layout *layout, cw_addr mapping,
		     const unsigned char *bytes)
{
	uint32_t num_free = int_at(bytes + 16), num = int_at(bytes + 20);
	bool is_cut = mapping % layout->pool_size != 0;
	cw_addr next = word_at(bytes + 8);

	return mapping % PYMALLOC_PAGE == 0 && next % layout->pool_size == 0 &&
	       next > mapping && next - mapping <= layout->arena_size &&
	       num == layout->arena_size / layout->pool_size - is_cut &&
	       num_free <= num;
}

static int by_address(const void *left, const void *right)
{
	cw_addr a = *(const cw_addr *)left, b = *(const cw_addr *)right;

	return (a > b) - (a < b);
}

/* There is at least one pool. */
static void find_mappings(const struct cw_heap *heap, struct pymalloc *pymalloc)
{
	const struct pymalloc_layout *layout = pymalloc->layout;
	cw_addr last = pymalloc->pools.items[pymalloc->pools.num - 1];
	uint64_t range = last - pymalloc->pools.items[0] + layout->arena_size;

	cw_array_foreach(segment, &heap->target->segments)
	{
		uint64_t size = segment->end - segment->start;

		if (!may_hold_pools(segment))
			continue;
		/* The array is a block of malloc(). */
		for (uint64_t at = 0; at + ARENA_OBJECT <= size; at += 16) {
			const unsigned char *bytes = segment->bytes + at;
			cw_addr mapping = word_at(bytes);

			if (last - mapping < range &&
			    is_arena(layout, mapping, bytes))
				*cw_array_push(&pymalloc->mappings) = mapping;
		}
	}
	if (pymalloc->mappings.num)
		qsort(pymalloc->mappings.items, pymalloc->mappings.num,
		      sizeof(*pymalloc->mappings.items), by_address);
}

/* The arena of a pool, behind @limit; its end is the most that it can be. */
static struct pymalloc_arena arena_of(const struct cw_heap *heap,
				      const struct pymalloc *pymalloc,
				      cw_addr pool, cw_addr limit)
{
	uint64_t size = pymalloc->layout->arena_size;
	uint64_t step = pymalloc->layout->pool_size;
	const struct cw_segment *segment =
		cw_target_segment(heap->target, pool);
	size_t i = cw_search_first(k, 0, pymalloc->mappings.num,
				   pymalloc->mappings.items[k] <= pool);
	cw_addr start = i ? pymalloc->mappings.items[i - 1] : 0;
	struct pymalloc_arena arena = {
		.is_told = start >= limit && pool - start < size,
	};

	if (!arena.is_told)
		start = pool;
	arena.end = start + size < segment->end ? start + size : segment->end;
	arena.start = start > segment->start ? start : segment->start;
	arena.first = (arena.start + step - 1) & -step;
	return arena;
}

static bool is_zero(const struct cw_target *target, cw_addr page)
{
	static const unsigned char zeros[PYMALLOC_PAGE];
	const unsigned char *bytes =
		cw_target_bytes(target, page, PYMALLOC_PAGE);

	return bytes && memcmp(bytes, zeros, PYMALLOC_PAGE) == 0;
}

bool pymalloc_is_zero(const struct cw_target *target, cw_addr start,
		      cw_addr end)
{
	while (start < end && is_zero(target, start))
		start += PYMALLOC_PAGE;
	return start >= end;
}

static cw_addr pools_end(const struct pymalloc *pymalloc,
			 const struct pymalloc_arena *arena)
{
	size_t last = arena->first_pool + arena->num_pools - 1;

	return pymalloc->pools.items[last] + pymalloc->layout->pool_size;
}

/* The next one begins at @next; the last pool may be cut off. */
static void arena_end(const struct cw_heap *heap,
		      const struct pymalloc *pymalloc,
		      struct pymalloc_arena *arena, cw_addr next)
{
	cw_addr most = arena->end < next ? arena->end : next;
	cw_addr end = pools_end(pymalloc, arena);

	if (arena->is_told && end < most)
		end = most;
	while (end < most && is_zero(heap->target, end))
		end += PYMALLOC_PAGE;
	arena->end = end;
}

/* Pools of one number that lie within an arena's size. */
void pymalloc_find_arenas(const struct cw_heap *heap, struct pymalloc *pymalloc)
{
	struct pymalloc_arena *last = NULL;
	uint32_t last_number = 0;

	find_mappings(heap, pymalloc);
	for (size_t i = 0; i < pymalloc->pools.num; i++) {
		cw_addr address = pymalloc->pools.items[i];
		struct pymalloc_pool pool;

		if (!pymalloc_pool(heap->target, pymalloc->layout, address,
				   &pool))
			continue;
		if (!last || pool.arena != last_number ||
		    address >= last->end) {
			cw_addr limit = last ? pools_end(pymalloc, last) : 0;
			struct pymalloc_arena arena =
				arena_of(heap, pymalloc, address, limit);

			if (last)
				arena_end(heap, pymalloc, last, arena.start);
			arena.first_pool = i;
			last = cw_array_push(&pymalloc->arenas);
			*last = arena;
			last_number = pool.arena;
		}
		last->num_pools = i + 1 - last->first_pool;
	}
	if (last)
		arena_end(heap, pymalloc, last, UINT64_MAX);
}

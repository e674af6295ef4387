#include "heap/pymalloc.h"

#include <stdlib.h>

#include "base/memory.h"
#include "heap/allocator.h"
#include "target/symbol.h"

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
	if (!pymalloc_find_pools(heap, pymalloc))
		return NULL;
	pymalloc_find_arenas(heap, pymalloc);
	cw_array_foreach(arena, &pymalloc->arenas)
	{
		*cw_array_push(&heap->regions) = (struct cw_heap_region){
			.start = arena->start,
			.end = arena->end,
			.kind = CW_REGION_POOLS,
			.allocator = heap->allocators.num,
			.arena = arena - pymalloc->arenas.items,
			.header_size =
				arena->first - arena->start + PYMALLOC_HEADER,
		};
	}
	heap->is_fine |= pymalloc->layout->align_shift < CW_GRANULE_SHIFT;
	add_allocator(heap, pymalloc);
	return NULL;
}

static const char no_header[] = "the header of a pool makes no sense";

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
static void walk_free(struct cw_heap *heap, const struct pymalloc_pool *pool,
		      uint64_t first, uint64_t step)
{
	struct cw_block_index *index = &heap->index;
	cw_addr link = pool->first_free, slot = pool->address + 8;

	while (link) {
		uint64_t number = pymalloc_block(pool, link - pool->address);
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
static cw_addr walk_pool(struct cw_heap *heap, const struct pymalloc_pool *pool)
{
	struct cw_block_index *index = &heap->index;
	uint64_t first =
		cw_block_index_granule(index, pool->address + PYMALLOC_HEADER);
	uint64_t step = pool->block_size >> index->granule_shift;

	/* Pages of a region are numbered in one go, so granules follow. */
	for (uint64_t i = 0; i < pool->num_blocks; i++) {
		cw_bit_set(index->starts, first + i * step);
		if (i >= pool->num_taken)
			cw_bit_set(index->unused, first + i * step);
	}
	walk_free(heap, pool, first, step);
	return pool->address + PYMALLOC_HEADER +
	       pool->num_blocks * pool->block_size;
}

/* Pools of which none makes sense; what is zero was never taken. */
static void walk_rest(struct cw_heap *heap, cw_addr start, cw_addr end,
		      uint64_t pool_size)
{
	struct cw_block_index *index = &heap->index;

	while (start < end) {
		cw_addr next = start;
		bool is_free = pymalloc_is_zero(heap->target, start,
						start + pool_size);

		do
			next += pool_size;
		while (next < end &&
		       pymalloc_is_zero(heap->target, next, next + pool_size) ==
			       is_free);
		if (is_free) {
			cw_block_index_mark(
				index, cw_block_index_granule(index, start));
		} else {
			add_hole(heap, start, next, CW_HOLE_CORRUPT);
			add_corruption(heap, start, next - start, no_header);
		}
		start = next;
	}
}

static void walk_arena(struct cw_heap *heap, const struct pymalloc *pymalloc,
		       const struct pymalloc_arena *arena)
{
	uint64_t pool_size = pymalloc->layout->pool_size;
	cw_addr blocks_end = 0, next = arena->first;

	for (size_t i = 0; i < arena->num_pools; i++) {
		cw_addr at = pymalloc->pools.items[arena->first_pool + i];
		struct pymalloc_pool pool;

		if (!pymalloc_pool(heap->target, pymalloc->layout, at, &pool))
			continue;
		bool is_next = at == next;
		if (blocks_end)
			add_hole(heap, blocks_end,
				 is_next ? at + PYMALLOC_HEADER : next,
				 CW_HOLE_REST);
		if (!is_next) {
			/* Blocks are counted from the first header's end on. */
			add_hole(heap,
				 blocks_end ? next : next + PYMALLOC_HEADER,
				 at + PYMALLOC_HEADER, CW_HOLE_CORRUPT);
			add_corruption(heap, next, at - next, no_header);
		}
		blocks_end = walk_pool(heap, &pool);
		next = at + pool_size;
	}
	add_hole(heap, blocks_end, next, CW_HOLE_REST);
	cw_addr end = arena->end - (arena->end - next) % pool_size;
	walk_rest(heap, next, end, pool_size);
	add_hole(heap, end, arena->end, CW_HOLE_REST);
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
	cw_array_deinit(&pymalloc->mappings);
	cw_array_deinit(&pymalloc->arenas);
	free(pymalloc);
}

const struct cw_allocator_kind cw_pymalloc = {
	.find = find,
	.walk = walk,
	.verify = verify,
	.free = free_state,
};

#include "heap/ptmalloc.h"

#include <stdarg.h>
#include <stdlib.h>

#include "base/memory.h"
#include "heap/allocator.h"

/*
 * malloc_state: mutex, flags, [have_fastchunks], fastbins, top,
 * last_remainder, bins[254], binmap, next, next_free, [attached_threads],
 * system_mem, max_system_mem.  attached_threads came with 2.23,
 * have_fastchunks with 2.27; fastbins went with 2.43.
 */
const struct ptmalloc_state_layout ptmalloc_state_layouts[] = {
	{
		.first = 27,
		.last = 42,
		.bins = 0x70,
		.system_mem = 0x818,
		.size = 0x898,
		.fastbins = 0x10,
	},
	{
		.first = 43,
		.last = 99,
		.bins = 0x18,
		.system_mem = 0x818,
		.size = 0x840,
		.mmapped_header = 16,
	},
	{
		.first = 23,
		.last = 26,
		.bins = 0x68,
		.system_mem = 0x818,
		.size = 0x890,
		.fastbins = 0x08,
	},
	{
		.first = 10,
		.last = 22,
		.bins = 0x68,
		.system_mem = 0x810,
		.size = 0x888,
		.fastbins = 0x08,
	},
};

const size_t ptmalloc_num_state_layouts =
	cw_num_elements(ptmalloc_state_layouts);

/* 2.42 added twelve bins for chunks of up to 4 MiB. */
const struct ptmalloc_tcache_layout ptmalloc_tcache_layouts[] = {
	{
		.first = 30,
		.last = 41,
		.count_size = 2,
		.num_bins = 64,
		.num_small_bins = 64,
		.entries = 0x80,
		.chunk_size = 0x290,
	},
	{
		.first = 42,
		.last = 99,
		.count_size = 2,
		.num_bins = 76,
		.num_small_bins = 64,
		.entries = 0x98,
		.chunk_size = 0x300,
		.counts_are_free = true,
	},
	{
		.first = 26,
		.last = 29,
		.count_size = 1,
		.num_bins = 64,
		.num_small_bins = 64,
		.entries = 0x40,
		.chunk_size = 0x250,
	},
};

const size_t ptmalloc_num_tcache_layouts =
	cw_num_elements(ptmalloc_tcache_layouts);

uint64_t ptmalloc_block_granule(const struct cw_heap *heap, cw_addr address)
{
	uint64_t granule = cw_block_index_granule(&heap->index, address);

	if (address % 16 != 0 || granule == CW_NO_GRANULE ||
	    !cw_bit_test(heap->index.starts, granule))
		return CW_NO_GRANULE;
	return granule;
}

struct ptmalloc *ptmalloc_libc_at(const struct cw_heap *heap,
				  struct ptmalloc_all *all, cw_addr address)
{
	const struct cw_heap_region *region = cw_heap_region_at(heap, address);

	cw_array_foreach(libc, &all->libcs)
	{
		if (region && libc->allocator == region->allocator)
			return libc;
	}
	return &all->libcs.items[0];
}

void ptmalloc_corrupt(struct cw_heap *heap, cw_addr address, uint64_t lost_size,
		      cw_addr suspect, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	cw_cleanup_free char *what = cw_vformat(format, args);
	va_end(args);
	*cw_array_push(&heap->corruptions) = (struct cw_corruption){
		.address = address,
		.lost_size = lost_size,
		.suspect = suspect,
		.what = cw_arena_strdup(&heap->arena, what),
	};
}

/* Says what was found in the words of the allocators' list. */
static void add_allocators(struct cw_heap *heap, struct ptmalloc_all *all)
{
	for (size_t i = 0; i < all->libcs.num; i++) {
		struct ptmalloc *libc = &all->libcs.items[i];
		uint32_t num_arenas = 0;

		cw_array_foreach(arena, &all->arenas) num_arenas +=
			arena->libc == i;
		libc->allocator = heap->allocators.num;
		*cw_array_push(&heap->allocators) = (struct cw_allocator){
			.name = "glibc malloc",
			.version = "",
			.evidence = "",
			.num_arenas = num_arenas,
		};
	}
}

static struct cw_error *find(struct cw_heap *heap, void **state)
{
	struct ptmalloc_all *all = cw_alloc(sizeof(*all));

	*state = all;
	cw_map_init(&all->arena_by_state);
	ptmalloc_find_arenas(heap, all);
	add_allocators(heap, all);
	if (!all->libcs.num)
		return NULL;
	ptmalloc_find_parameters(heap, all);
	ptmalloc_find_pieces(heap, all);
	ptmalloc_find_mmapped(heap, all);
	return NULL;
}

static struct cw_error *walk(struct cw_heap *heap, void *state,
			     struct cw_progress *progress)
{
	struct ptmalloc_all *all = state;

	struct cw_error *err = ptmalloc_walk(heap, all, progress);
	if (err)
		return err;
	ptmalloc_find_cached(heap, all);
	ptmalloc_say_version(heap, all);
	return NULL;
}

static void free_all(void *state)
{
	struct ptmalloc_all *all = state;

	if (!all)
		return;
	cw_array_deinit(&all->libcs);
	cw_array_deinit(&all->arenas);
	cw_array_deinit(&all->pieces);
	cw_array_deinit(&all->mmapped);
	cw_array_deinit(&all->tcaches);
	cw_array_deinit(&all->landmarks);
	cw_map_deinit(&all->arena_by_state);
	free(all);
}

const struct cw_allocator_kind cw_ptmalloc = {
	.find = find,
	.walk = walk,
	.verify = ptmalloc_verify,
	.free = free_all,
};

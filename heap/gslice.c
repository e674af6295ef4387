#include "heap/gslice.h"

#include "base/memory.h"
#include "target/symbol.h"

/* The first whose slices are malloc()'s. */
enum { FIRST_WITHOUT = 76 };

/* GLib's minor version; 0: it does not say. */
static unsigned minor_of(const struct cw_heap *heap)
{
	const struct cw_symbol *symbol = cw_symbol_find(
		(struct cw_target *)heap->target, "glib_minor_version");
	uint32_t minor;

	return symbol && cw_target_read(heap->target, symbol->address, &minor,
					sizeof(minor))
		       ? minor
		       : 0;
}

static struct cw_error *find(struct cw_heap *heap, void **ret_state)
{
	(void)heap, (void)ret_state;
	return NULL;
}

static void add_allocator(struct cw_heap *heap, const struct gslice *gslice,
			  unsigned minor)
{
	cw_cleanup_text struct cw_text version = {0}, text = {0};
	char number[CW_NUMBER_SIZE];
	size_t num_whole = 0;

	if (minor)
		cw_text_addf(&version, "2.%u", minor);
	else
		cw_text_add(&version, "2.74 or earlier");
	cw_text_addf(&text, "rings of %s slabs, in blocks of malloc()",
		     cw_text_count(number, gslice->slabs.num));
	cw_array_foreach(slab, &gslice->slabs) num_whole += !slab->is_placed;
	if (num_whole)
		cw_text_addf(&text,
			     "; %s stay whole, since nothing leads into them",
			     cw_text_count(number, num_whole));
	*cw_array_push(&heap->allocators) = (struct cw_allocator){
		.name = "GLib slices",
		.version = cw_arena_strdup(&heap->arena, version.chars),
		.evidence = cw_arena_strdup(&heap->arena, text.chars),
		.num_arenas = 1,
	};
}

static void add_rest(struct cw_heap *heap, cw_addr start, cw_addr end)
{
	if (start < end)
		*cw_array_push(&heap->holes) =
			(struct cw_heap_hole){start, end, CW_HOLE_REST};
}

static void add_corruption(struct cw_heap *heap, cw_addr address,
			   const char *what)
{
	*cw_array_push(&heap->corruptions) =
		(struct cw_corruption){.address = address, .what = what};
}

/* Takes the chunks that were never taken, or given back, out of use. */
static void walk_free(struct cw_heap *heap, const struct gslice_slab *slab)
{
	struct cw_block_index *index = &heap->index;
	cw_addr first = slab->address + slab->offset, chunk = slab->free;
	uint32_t num_free = 0;

	while (chunk) {
		uint64_t number = (chunk - first) / slab->chunk_size;
		uint64_t granule = cw_block_index_granule(index, chunk);

		/* Each is met once, so the list has an end. */
		if (chunk < first || number >= slab->num_chunks ||
		    (chunk - first) % slab->chunk_size != 0 ||
		    cw_bit_test(index->unused, granule)) {
			add_corruption(heap, slab->end - GSLICE_INFO,
				       "a slab's list of free slices leads "
				       "elsewhere");
			return;
		}
		cw_bit_set(index->unused, granule);
		num_free++;
		if (!cw_target_read_word(heap->target, chunk, &chunk))
			return;
	}
	if (slab->num_chunks - num_free != slab->num_taken)
		add_corruption(heap, slab->end - GSLICE_INFO,
			       "a slab counts other slices than are not free");
}

static void walk_slab(struct cw_heap *heap, const struct gslice_slab *slab,
		      uint32_t allocator)
{
	struct cw_block_index *index = &heap->index;
	const struct cw_heap_region *around =
		cw_heap_region_at(heap, slab->address);
	uint64_t granule = cw_block_index_granule(index, slab->address);
	uint64_t size = cw_block_index_size(
		index, granule, cw_block_index_next(index, granule));
	cw_addr first = slab->address + slab->offset;
	cw_addr behind = first + (uint64_t)slab->num_chunks * slab->chunk_size;

	if (!around)
		return;
	if (size > around->end - slab->address)
		size = around->end - slab->address;
	granule = cw_block_index_granule(index, first);
	for (uint32_t i = 0; i < slab->num_chunks; i++)
		cw_bit_set(index->starts,
			   granule + i * ((uint64_t)slab->chunk_size >>
					  index->granule_shift));
	add_rest(heap, slab->address, first);
	add_rest(heap, behind, slab->address + size);
	walk_free(heap, slab);
	*cw_array_push(&heap->nested) = (struct cw_heap_region){
		.start = slab->address,
		.end = slab->address + size,
		.kind = CW_REGION_POOLS,
		.allocator = allocator,
	};
}

/* What is not in use of what is listed. */
static void take_out(struct cw_heap *heap, cw_addr address, bool is_cached)
{
	struct cw_block_index *index = &heap->index;
	uint64_t granule = cw_block_index_granule(index, address);

	if (!cw_bit_test(index->starts, granule) ||
	    cw_bit_test(index->unused, granule))
		return;
	cw_bit_set(index->unused, granule);
	if (is_cached)
		*cw_array_push(&heap->cached) = address;
	else
		*cw_array_push(&heap->metadata_blocks) = address;
}

static void walk_placed(struct cw_heap *heap, struct gslice *gslice)
{
	cw_array_foreach(slab, &gslice->slabs)
	{
		if (!slab->is_placed || slab->is_walked)
			continue;
		slab->is_walked = true;
		walk_slab(heap, slab, heap->allocators.num);
	}
}

static void walk_slabs(struct cw_heap *heap, struct gslice *gslice)
{
	unsigned minor = minor_of(heap);

	if (minor >= FIRST_WITHOUT)
		return;
	gslice_find_slabs(heap, gslice);
	if (gslice->slabs.num == 0)
		return;
	gslice_find_magazines(heap, gslice);
	gslice_place_by_free(gslice);
	walk_placed(heap, gslice);
	cw_array_foreach(chunk, &gslice->cached) take_out(heap, *chunk, true);
	cw_array_foreach(table, &gslice->tables) take_out(heap, *table, false);
	gslice_place_by_leads(heap, gslice);
	walk_placed(heap, gslice);
	add_allocator(heap, gslice, minor);
}

static struct cw_error *walk(struct cw_heap *heap, void *state,
			     struct cw_progress *progress)
{
	struct gslice gslice = {0};

	(void)state, (void)progress;
	if (!cw_symbol_find((struct cw_target *)heap->target, "g_slice_alloc"))
		return NULL;
	walk_slabs(heap, &gslice);
	cw_array_deinit(&gslice.slabs);
	cw_array_deinit(&gslice.tables);
	cw_array_deinit(&gslice.cached);
	return NULL;
}

static struct cw_error *verify(struct cw_heap *heap, void *state,
			       struct cw_progress *progress)
{
	(void)heap, (void)state, (void)progress;
	return NULL;
}

static void free_state(void *state)
{
	(void)state;
}

const struct cw_allocator_kind cw_gslice = {
	.find = find,
	.walk = walk,
	.verify = verify,
	.free = free_state,
};

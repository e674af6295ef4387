#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/search.h"
#include "heap/gslice.h"

enum {
	SLACK = 32, /* what memalign() does not split off */
	MAX_OFFSETS = 1024 / GSLICE_ALIGN,
};

/* The bytes of a slab for chunks of that size. */
static uint64_t slab_size(uint64_t chunk_size)
{
	uint64_t size = 128;

	while (size < 8 * chunk_size + GSLICE_INFO)
		size *= 2;
	return size;
}

/* The slab that holds @address, or NULL. */
static struct gslice_slab *slab_at(const struct gslice *gslice, cw_addr address)
{
	struct gslice_slab *slabs = gslice->slabs.items;
	size_t i = cw_search_first(k, 0, gslice->slabs.num,
				   slabs[k].end <= address);

	return i < gslice->slabs.num && address >= slabs[i].address ? &slabs[i]
								    : NULL;
}

/* Calls for used blocks of malloc() of @size bytes. */
static void each_block(struct cw_heap *heap, struct gslice *gslice,
		       uint64_t size,
		       void (*look)(struct cw_heap *heap, struct gslice *gslice,
				    cw_addr address))
{
	const struct cw_block_index *index = &heap->index;

	cw_array_foreach(region, &heap->regions)
	{
		if (region->kind != CW_REGION_MAIN_ARENA &&
		    region->kind != CW_REGION_THREAD_ARENA)
			continue;
		uint64_t end = cw_block_index_granule(index, region->end);
		uint64_t granule = cw_block_index_granule(
			index, region->start + region->header_size);
		granule = cw_block_index_next(index, granule - 1);
		while (granule < end) {
			uint64_t next = cw_block_index_next(index, granule);
			uint64_t extent =
				cw_block_index_size(index, granule, next) -
				region->trailer_size;
			if (extent >= size && extent < size + SLACK &&
			    next <= end && !cw_bit_test(index->unused, granule))
				look(heap, gslice,
				     cw_block_index_address(index, granule));
			granule = next;
		}
	}
}

/* A used block of malloc() with room for a slab of that many bytes. */
static bool is_slab_block(const struct cw_heap *heap, cw_addr address,
			  uint64_t size)
{
	const struct cw_block_index *index = &heap->index;
	uint64_t granule = cw_block_index_granule(index, address);

	if (granule == CW_NO_GRANULE || !cw_bit_test(index->starts, granule) ||
	    cw_bit_test(index->unused, granule))
		return false;
	uint64_t extent = cw_block_index_size(
		index, granule, cw_block_index_next(index, granule));
	return extent >= size && extent <= size + SLACK;
}

struct info {
	uint64_t free, num_taken, next, previous;
};

static bool info_read(const struct cw_heap *heap, cw_addr address,
		      uint64_t slab_size, struct info *ret)
{
	return (address + GSLICE_INFO) % slab_size == 0 &&
	       is_slab_block(heap, address + GSLICE_INFO - slab_size,
			     slab_size) &&
	       cw_target_read(heap->target, address, ret, sizeof(*ret));
}

static bool ring_is_closed(const struct cw_heap *heap, cw_addr first,
			   uint64_t slab_size)
{
	struct info info, next;

	return info_read(heap, first, slab_size, &info) &&
	       info_read(heap, info.next, slab_size, &next) &&
	       next.previous == first;
}

static void ring_take(struct cw_heap *heap, struct gslice *gslice,
		      cw_addr first, uint64_t chunk_size)
{
	uint64_t size = slab_size(chunk_size);
	cw_addr address = first, previous = 0;
	struct info info;

	do {
		cw_addr slab = address + GSLICE_INFO - size;
		if (!info_read(heap, address, size, &info) ||
		    (previous && info.previous != previous)) {
			*cw_array_push(&heap->corruptions) =
				(struct cw_corruption){
					.address = address,
					.what = "a ring of slabs leads "
						"elsewhere",
				};
			return;
		}
		*cw_array_push(&gslice->slabs) = (struct gslice_slab){
			.address = slab,
			.end = slab + size,
			.chunk_size = chunk_size,
			.num_chunks = (size - GSLICE_INFO) / chunk_size,
			.num_taken = info.num_taken & UINT32_MAX,
			.free = info.free,
		};
		gslice->num_chunks += (size - GSLICE_INFO) / chunk_size;
		previous = address;
		address = info.next;
	} while (address != first);
}

/* The stack of slabs is all of its kind: its words prove themselves. */
static void stack_look(struct cw_heap *heap, struct gslice *gslice,
		       cw_addr address)
{
	uint64_t words[GSLICE_CLASSES];
	bool is_some = false;

	if (gslice->slabs.num > 0 ||
	    !cw_target_read(heap->target, address, words, sizeof(words)))
		return;
	for (unsigned i = 0; i < GSLICE_CLASSES; i++) {
		if (words[i] &&
		    !ring_is_closed(heap, words[i],
				    slab_size((i + 1) * GSLICE_ALIGN)))
			return;
		is_some |= words[i] != 0;
	}
	if (!is_some)
		return;
	*cw_array_push(&gslice->tables) = address;
	for (unsigned i = 0; i < GSLICE_CLASSES; i++)
		if (words[i])
			ring_take(heap, gslice, words[i],
				  (i + 1) * GSLICE_ALIGN);
}

static int by_address(const void *left, const void *right)
{
	const struct gslice_slab *a = left, *b = right;

	return (a->address > b->address) - (a->address < b->address);
}

void gslice_find_slabs(struct cw_heap *heap, struct gslice *gslice)
{
	each_block(heap, gslice, GSLICE_TABLE, stack_look);
	if (gslice->slabs.num == 0)
		return;
	qsort(gslice->slabs.items, gslice->slabs.num,
	      sizeof(*gslice->slabs.items), by_address);
	/* A ring that is broken may lead through slabs twice. */
	size_t kept = 1;
	for (size_t i = 1; i < gslice->slabs.num; i++)
		if (gslice->slabs.items[i].address >=
		    gslice->slabs.items[kept - 1].end)
			gslice->slabs.items[kept++] = gslice->slabs.items[i];
	gslice->slabs.num = kept;
}

/* --- Magazines. */

static bool is_chunk(const struct gslice *gslice, cw_addr address,
		     uint64_t chunk_size)
{
	const struct gslice_slab *slab = slab_at(gslice, address);

	return slab && slab->chunk_size == chunk_size &&
	       address % GSLICE_ALIGN == 0 &&
	       address <= slab->end - GSLICE_INFO - chunk_size;
}

/* A list by first words; false: it does not lead through chunks. */
static bool list_take(struct cw_heap *heap, struct gslice *gslice,
		      cw_addr chunk, uint64_t chunk_size)
{
	while (chunk) {
		if (!is_chunk(gslice, chunk, chunk_size) ||
		    gslice->cached.num >= gslice->num_chunks)
			return false;
		*cw_array_push(&gslice->cached) = chunk;
		if (!cw_target_read_word(heap->target, chunk, &chunk))
			return false;
	}
	return true;
}

/* Of those in the depot, the first few have other words there. */
static bool magazine_take(struct cw_heap *heap, struct gslice *gslice,
			  cw_addr chunk, uint64_t chunk_size,
			  unsigned num_special)
{
	uint64_t pair[2];

	for (unsigned i = 0; chunk; i++) {
		if (!is_chunk(gslice, chunk, chunk_size) ||
		    gslice->cached.num >= gslice->num_chunks ||
		    !cw_target_read(heap->target, chunk, pair, sizeof(pair)))
			return false;
		*cw_array_push(&gslice->cached) = chunk;
		if (i >= num_special && pair[1] &&
		    !list_take(heap, gslice, pair[1], chunk_size))
			return false;
		chunk = pair[0];
	}
	return true;
}

static void thread_look(struct cw_heap *heap, struct gslice *gslice,
			cw_addr address)
{
	uint64_t words[GSLICE_THREAD / 8];

	if (!cw_target_read(heap->target, address, words, sizeof(words)) ||
	    words[0] != address + 16 || words[1] != words[0] + GSLICE_MAGAZINES)
		return;
	*cw_array_push(&gslice->tables) = address;
	for (unsigned i = 0; i < 2 * GSLICE_CLASSES; i++) {
		size_t num_before = gslice->cached.num;
		if (!magazine_take(heap, gslice, words[2 + 2 * i],
				   (i % GSLICE_CLASSES + 1) * GSLICE_ALIGN, 0))
			gslice->cached.num = num_before;
	}
}

/* The next magazine of the depot: a word of the third chunk. */
static bool next_magazine(const struct cw_heap *heap, cw_addr chunk,
			  cw_addr *ret)
{
	return cw_target_read_word(heap->target, chunk, &chunk) &&
	       cw_target_read_word(heap->target, chunk, &chunk) &&
	       cw_target_read_word(heap->target, chunk + 8, ret);
}

static void depot_look(struct cw_heap *heap, struct gslice *gslice,
		       cw_addr address)
{
	uint64_t words[GSLICE_CLASSES];
	size_t num_before = gslice->cached.num;

	if (address == gslice->tables.items[0] ||
	    !cw_target_read(heap->target, address, words, sizeof(words)))
		return;
	for (unsigned i = 0; i < GSLICE_CLASSES; i++) {
		cw_addr magazine = words[i];
		while (magazine) {
			if (!magazine_take(heap, gslice, magazine,
					   (i + 1) * GSLICE_ALIGN, 4) ||
			    !next_magazine(heap, magazine, &magazine)) {
				gslice->cached.num = num_before;
				return;
			}
			if (magazine == words[i])
				break;
		}
	}
	if (gslice->cached.num > num_before)
		*cw_array_push(&gslice->tables) = address;
}

void gslice_find_magazines(struct cw_heap *heap, struct gslice *gslice)
{
	each_block(heap, gslice, GSLICE_THREAD, thread_look);
	each_block(heap, gslice, GSLICE_TABLE, depot_look);
}

/* --- Where chunks begin. */

/* Where a slab's chunks begin, when one is at @address. */
static void place_by(struct gslice *gslice, cw_addr address)
{
	struct gslice_slab *slab = slab_at(gslice, address);

	if (!slab || slab->is_placed)
		return;
	slab->offset = (address - slab->address) % slab->chunk_size;
	slab->is_placed = true;
}

static uint32_t padding_of(const struct gslice_slab *slab)
{
	return slab->end - slab->address - GSLICE_INFO -
	       slab->num_chunks * slab->chunk_size;
}

/*
 * How many words lead to each offset, of all chunks of a slab together.  Those
 * to free chunks are links.
 */
struct leads {
	uint32_t num[MAX_OFFSETS];
};

static void words_count(const struct cw_block_index *index,
			const struct gslice *gslice, struct leads *leads,
			const struct cw_segment *segment)
{
	const struct gslice_slab *first = gslice->slabs.items;
	cw_addr start = first->address, end = first[gslice->slabs.num - 1].end;
	uint64_t size = segment->end - segment->start;

	for (uint64_t at = 0; at + 8 <= size; at += 8) {
		uint64_t word;
		memcpy(&word, segment->bytes + at, 8);
		if (word < start || word >= end || word % GSLICE_ALIGN)
			continue;
		const struct gslice_slab *slab = slab_at(gslice, word);
		if (!slab || word > slab->end - GSLICE_INFO ||
		    cw_bit_test(index->unused,
				cw_block_index_granule(index, word)))
			continue;
		leads[slab - first].num[(word - slab->address) %
					slab->chunk_size / GSLICE_ALIGN]++;
	}
}

/* How well words into chunks that begin at @offset go with those of others. */
static uint64_t score(const struct gslice_slab *slab, const struct leads *leads,
		      const struct leads *usual, uint32_t offset)
{
	uint32_t num = slab->chunk_size / GSLICE_ALIGN;
	uint64_t sum = 0;

	for (uint32_t i = 0; i < num; i++)
		sum += (uint64_t)usual->num[i] *
		       leads->num[(offset / GSLICE_ALIGN + i) % num];
	return sum;
}

/* Most words lead where they do in slabs of the size that are placed. */
static void place_like(struct gslice_slab *slab, const struct leads *leads,
		       const struct leads *usual)
{
	uint64_t best = 0;

	for (uint32_t offset = 0; offset < padding_of(slab);
	     offset += GSLICE_ALIGN) {
		uint64_t sum = score(slab, leads, usual, offset);
		if (sum == best)
			slab->is_placed = false;
		if (sum <= best)
			continue;
		best = sum;
		slab->offset = offset;
		slab->is_placed = true;
	}
}

static void usual_find(const struct gslice *gslice, const struct leads *leads,
		       struct leads *usual)
{
	bool is_learned[GSLICE_CLASSES] = {false};

	for (size_t i = 0; i < gslice->slabs.num; i++) {
		const struct gslice_slab *slab = &gslice->slabs.items[i];
		uint32_t num = slab->chunk_size / GSLICE_ALIGN;
		if (!slab->is_placed)
			continue;
		for (uint32_t k = 0; k < num; k++) {
			uint32_t more =
				leads[i].num[(slab->offset / GSLICE_ALIGN + k) %
					     num];
			usual[num - 1].num[k] += more;
			is_learned[num - 1] |= more > 0;
		}
	}
	for (unsigned i = 0; i < GSLICE_CLASSES; i++)
		if (!is_learned[i])
			usual[i].num[0] = 1;
}

void gslice_place_by_free(struct gslice *gslice)
{
	cw_array_foreach(chunk, &gslice->cached) place_by(gslice, *chunk);
	cw_array_foreach(slab, &gslice->slabs)
	{
		if (slab->free)
			place_by(gslice, slab->free);
		slab->is_placed |= padding_of(slab) <= GSLICE_ALIGN;
	}
}

void gslice_place_by_leads(struct cw_heap *heap, struct gslice *gslice)
{
	struct leads usual[GSLICE_CLASSES] = {0};
	bool is_open = false;

	cw_array_foreach(slab, &gslice->slabs) is_open |= !slab->is_placed;
	if (!is_open)
		return;
	cw_cleanup_free struct leads *leads =
		cw_alloc(gslice->slabs.num * sizeof(*leads));
	cw_array_foreach(segment, &heap->target->segments)
	{
		if (segment->bytes && segment->flags & CW_SEGMENT_WRITE)
			words_count(&heap->index, gslice, leads, segment);
	}
	usual_find(gslice, leads, usual);
	for (size_t i = 0; i < gslice->slabs.num; i++) {
		struct gslice_slab *slab = &gslice->slabs.items[i];
		if (!slab->is_placed)
			place_like(slab, &leads[i],
				   &usual[slab->chunk_size / GSLICE_ALIGN - 1]);
	}
}

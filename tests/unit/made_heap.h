/*
 * Made heap: a target and a heap out of thin air, for tests of what reads
 * them.
 *
 * Blocks are laid one behind the other in regions far apart, with 8 bytes
 * behind each that are not usable, as in glibc's; contents are zeros until
 * made_write().  Regions may be in several segments, and lack some bytes.
 */
#ifndef TESTS_UNIT_MADE_HEAP_H
#define TESTS_UNIT_MADE_HEAP_H

#include <stdlib.h>

#include "base/memory.h"
#include "heap/heap.h"
#include "object/roots.h"
#include "tests/unit/check.h"

enum { MADE_MAX_BLOCKS = 4096, MADE_MAX_ROOTS = 256, MADE_MAX_PIECES = 64 };

struct made_block {
	cw_addr address;
	uint64_t size; /* usable */
	bool is_used;
};

struct made_heap {
	struct cw_target *target;
	struct cw_heap heap;
	struct cw_roots roots;
	struct made_block blocks[MADE_MAX_BLOCKS];
	size_t num_blocks;
	uint64_t root_words[MADE_MAX_ROOTS];
	unsigned char *pieces[MADE_MAX_PIECES];
	size_t num_pieces;
};

/* xorshift64: the same on every machine. */
static uint64_t made_state = 88172645463325252;

static inline uint64_t made_draw(uint64_t limit)
{
	made_state ^= made_state << 13;
	made_state ^= made_state >> 7;
	made_state ^= made_state << 17;
	return (made_state >> 11) % limit;
}

static inline struct made_heap *made_create(void)
{
	struct made_heap *made = cw_alloc(sizeof(*made));

	made->target = cw_target_create_empty();
	made->heap.target = made->target;
	return made;
}

/*
 * Adds a region with blocks that take @extents bytes each (multiples of 16),
 * in @num_segments segments; with @has_gap the second has no bytes.
 */
static inline void made_region(struct made_heap *made, cw_addr start,
			       const uint64_t *extents, size_t num_extents,
			       unsigned num_segments, bool has_gap)
{
	cw_addr at = start + 16;

	for (size_t i = 0; i < num_extents; i++) {
		check(made->num_blocks < MADE_MAX_BLOCKS);
		made->blocks[made->num_blocks++] =
			(struct made_block){at, extents[i] - 8, true};
		at += extents[i];
	}
	*cw_array_push(&made->heap.regions) = (struct cw_heap_region){
		.start = start,
		.end = at,
		.kind = CW_REGION_MAIN_ARENA,
		.trailer_size = 8,
		.header_size = 16,
	};

	uint64_t part = ((at - start) / num_segments + 15) & ~UINT64_C(15);
	for (unsigned i = 0; i < num_segments && start < at; i++) {
		cw_addr end = i + 1 == num_segments || at - start < part
				      ? at
				      : start + part;
		struct cw_segment segment = {
			.start = start,
			.end = end,
			.flags = CW_SEGMENT_READ | CW_SEGMENT_WRITE,
		};
		if (has_gap && i == 1) {
			segment.gap = CW_GAP_TRUNCATED;
		} else {
			check(made->num_pieces < MADE_MAX_PIECES);
			segment.bytes = made->pieces[made->num_pieces++] =
				cw_alloc(end - start);
		}
		cw_target_add_segment(made->target, &segment);
		start = end;
	}
}

/* Builds the index; after the last region, and after is_used is settled. */
static inline void made_seal(struct made_heap *made)
{
	struct cw_heap *heap = &made->heap;
	struct cw_address_range ranges[MADE_MAX_PIECES];
	size_t num_ranges = 0;

	cw_array_foreach(region, &heap->regions)
	{
		ranges[num_ranges++] = (struct cw_address_range){
			region->start, region->end + 1};
	}
	check_ok(cw_block_index_init(&heap->index, CW_GRANULE_SHIFT, ranges,
				     num_ranges));
	for (size_t i = 0; i < made->num_blocks; i++) {
		const struct made_block *block = &made->blocks[i];
		uint64_t granule =
			cw_block_index_granule(&heap->index, block->address);
		enum cw_block_state state =
			block->is_used ? CW_BLOCK_USED : CW_BLOCK_FREE;

		cw_bit_set(heap->index.starts, granule);
		if (!block->is_used)
			cw_bit_set(heap->index.unused, granule);
		heap->count[state].blocks++;
		heap->count[state].bytes += block->size;
	}
	cw_array_foreach(region, &heap->regions)
	{
		cw_block_index_mark(
			&heap->index,
			cw_block_index_granule(&heap->index, region->end));
	}
	cw_block_index_seal(&heap->index);
	check_ok(cw_block_index_number(&heap->index));
	cw_heap_index_regions(heap);
}

/* False: that word is in a gap. */
static inline bool made_write(struct made_heap *made, cw_addr address,
			      uint64_t value)
{
	unsigned char *bytes =
		(unsigned char *)cw_target_bytes(made->target, address, 8);

	if (bytes)
		memcpy(bytes, &value, sizeof(value));
	return bytes != NULL;
}

/* One root of @num words, which are in root_words. */
static inline void made_root(struct made_heap *made, size_t num)
{
	*cw_array_push(&made->roots.roots) = (struct cw_root){
		.kind = CW_ROOT_PRIVATE,
		.start = 0x1000,
		.num_words = num,
		.bytes = (const unsigned char *)made->root_words,
	};
}

/* The block that @value points at or into, or -1. */
static inline int made_block_of(const struct made_heap *made, cw_addr value)
{
	for (size_t i = 0; i < made->num_blocks; i++) {
		const struct made_block *block = &made->blocks[i];
		/* Up to the next one: a pointer behind the end is of it. */
		if (value >= block->address &&
		    value < block->address + block->size + 8)
			return i;
	}
	return -1;
}

/* Which used blocks block @i points to; calls @found for each word. */
static inline void made_words(const struct made_heap *made, size_t i,
			      void (*found)(void *context, uint64_t offset,
					    uint64_t value, int target),
			      void *context)
{
	const struct made_block *block = &made->blocks[i];

	for (uint64_t at = 0; at + 8 <= block->size; at += 8) {
		uint64_t value;
		if (!cw_target_read_word(made->target, block->address + at,
					 &value))
			continue;
		int target = made_block_of(made, value);
		if (target >= 0 && made->blocks[target].is_used)
			found(context, at, value, target);
	}
}

static inline void made_destroy(struct made_heap *made)
{
	cw_block_index_deinit(&made->heap.index);
	free(made->heap.page_regions);
	cw_array_deinit(&made->heap.regions);
	cw_array_deinit(&made->roots.roots);
	cw_array_deinit(&made->roots.weak_words);
	for (size_t i = 0; i < made->num_pieces; i++)
		free(made->pieces[i]);
	cw_target_close(made->target);
	free(made);
}

#endif

/*
 * Extents: the words of a target's memory, without a search for each.
 *
 * An extent is a range of addresses whose bytes lie side by side in our
 * memory: one segment, or several.  Gaps are in no extent, so whoever reads by
 * extents skips them.  A range is read piece by piece:
 *
 *	struct cw_piece piece;
 *	while (cw_extents_next(extents, &hint, &address, end, &piece))
 *		for (uint64_t i = 0; i < piece.num_words; i++)
 *			… cw_piece_word(&piece, i)
 *
 * Also here: from a word to the block that it points into, if it does and the
 * word is one that may point there: words that Go's collector takes for none
 * lead to no block of its heap.
 *
 * Not here: what may be read (object/roots.h), blocks (heap/heap.h).
 */
#ifndef OBJECT_EXTENT_H
#define OBJECT_EXTENT_H

#include <string.h>

#include "object/roots.h"

struct cw_extent {
	cw_addr start, end; /* multiples of 8 */
	const unsigned char *bytes;
};

struct cw_extents {
	CW_ARRAY(struct cw_extent) items; /* sorted */
};

void cw_extents_init(struct cw_extents *extents,
		     const struct cw_target *target);
void cw_extents_deinit(struct cw_extents *extents);

/* Number of the first extent that ends behind @address; may be none. */
size_t cw_extents_search(const struct cw_extents *extents, cw_addr address);

struct cw_piece {
	cw_addr address;
	uint64_t num_words;
	const unsigned char *bytes; /* need not be aligned in our memory */
	/* Bits, that of the first word: see cw_block_index.  NULL: any word
	 * may be a pointer. */
	const uint64_t *pointers;
	uint64_t first_pointer;
};

static inline uint64_t cw_piece_word(const struct cw_piece *piece, uint64_t i)
{
	uint64_t word;

	memcpy(&word, piece->bytes + i * sizeof(word), sizeof(word));
	return word;
}

/* Without the words before the one of that number. */
static inline struct cw_piece cw_piece_from(const struct cw_piece *piece,
					    uint64_t i)
{
	struct cw_piece rest = *piece;

	rest.address += i * sizeof(uint64_t);
	rest.bytes += i * sizeof(uint64_t);
	rest.num_words -= i;
	rest.first_pointer += i;
	return rest;
}

/*
 * The first piece of [*address, end) that has bytes; moves *address behind it.
 * False: there is none.  *hint is where the last one was found, at first 0.
 */
static inline bool cw_extents_next(const struct cw_extents *extents,
				   size_t *hint, cw_addr *address, cw_addr end,
				   struct cw_piece *ret)
{
	const struct cw_extent *extent = extents->items.items + *hint;
	cw_addr start = (*address + 7) & ~UINT64_C(7);

	if (*hint >= extents->items.num || start < extent->start ||
	    start >= extent->end) {
		*hint = cw_extents_search(extents, start);
		if (*hint == extents->items.num)
			return false;
		extent = extents->items.items + *hint;
		if (start < extent->start)
			start = extent->start;
	}
	if (end > extent->end)
		end = extent->end;
	if (start >= end || end - start < sizeof(uint64_t))
		return false;
	ret->address = start;
	ret->num_words = (end - start) / sizeof(uint64_t);
	ret->bytes = extent->bytes + (start - extent->start);
	ret->pointers = NULL;
	*address = start + ret->num_words * sizeof(uint64_t);
	return true;
}

/*
 * Start of the block, in use or not, or of the marker that @value points at or
 * into; CW_NO_GRANULE when it points to no page of a heap.
 */
static inline uint64_t cw_pointer_start(const struct cw_block_index *index,
					uint64_t value)
{
	uint64_t granule = cw_block_index_granule(index, value);

	return granule == CW_NO_GRANULE ? granule
					: cw_block_index_start(index, granule);
}

/* The same, for used blocks only. */
static inline uint64_t cw_pointer_used(const struct cw_block_index *index,
				       uint64_t value)
{
	uint64_t start = cw_pointer_start(index, value);

	if (start == CW_NO_GRANULE || cw_bit_test(index->unused, start))
		return CW_NO_GRANULE;
	return start;
}

/* The words of a root. */
static inline struct cw_piece cw_root_piece(const struct cw_root *root)
{
	return (struct cw_piece){
		.address = root->start,
		.num_words = root->num_words,
		.bytes = root->bytes,
		.pointers = root->pointers,
	};
}

/* Tells which words of a piece of a heap are pointers. */
static inline void cw_piece_look(const struct cw_block_index *index,
				 struct cw_piece *piece)
{
	piece->pointers = index->pointers;
	if (!index->pointers)
		return;
	piece->first_pointer = cw_block_index_granule(index, piece->address);
	if (piece->first_pointer == CW_NO_GRANULE)
		piece->pointers = NULL;
}

/* Whether the word counts as a pointer to blocks of Go, too. */
static inline bool cw_piece_is_pointer(const struct cw_piece *piece, uint64_t i)
{
	return !piece->pointers ||
	       cw_bit_test(piece->pointers, piece->first_pointer + i);
}

/* The granule that the word leads to, if it counts as a pointer to it. */
static inline uint64_t cw_piece_granule(const struct cw_block_index *index,
					const struct cw_piece *piece,
					uint64_t i)
{
	bool is_pointer = cw_piece_is_pointer(piece, i);
	uint64_t granule = CW_NO_GRANULE;

	if (is_pointer || index->is_mixed)
		granule =
			cw_block_index_granule(index, cw_piece_word(piece, i));
	if (granule != CW_NO_GRANULE && !is_pointer &&
	    cw_block_index_is_go(index, granule))
		granule = CW_NO_GRANULE;
	return granule;
}

/* As cw_pointer_start() and cw_pointer_used(), if the word counts. */
static inline uint64_t cw_piece_start(const struct cw_block_index *index,
				      const struct cw_piece *piece, uint64_t i)
{
	uint64_t granule = cw_piece_granule(index, piece, i);

	return granule == CW_NO_GRANULE ? granule
					: cw_block_index_start(index, granule);
}

static inline uint64_t cw_piece_used(const struct cw_block_index *index,
				     const struct cw_piece *piece, uint64_t i)
{
	uint64_t start = cw_piece_start(index, piece, i);

	if (start == CW_NO_GRANULE || cw_bit_test(index->unused, start))
		return CW_NO_GRANULE;
	return start;
}

/* Where the block at @granule ends: the address of the next start. */
cw_addr cw_extent_block_end(const struct cw_block_index *index,
			    uint64_t granule);

#endif

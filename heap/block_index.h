/*
 * Block index: from any address to the block that holds it, in constant time.
 *
 * Memory is cut into granules and pages of 4 MiB.  A granule is 16 bytes, or 8
 * where an allocator has blocks that begin at multiples of 8 (Go).  Pages that
 * hold a part of a heap are numbered in address order; only these have bits.
 * The granules of all pages, in that order, are numbered from 0.  @starts has
 * a bit for each granule at which a block begins, @unused one for each block
 * that is not in use (free, cached, the allocator's own, or the end marker of
 * a region); unused is a subset of starts.
 *
 * Granule 0 is a marker too.  Every address of a numbered page thus belongs to
 * the block that begins at or before it, and what lies outside of all regions
 * belongs to a marker, which is unused: the inner loops need no further test.
 *
 * A block's extent is the distance to the next start.  Its usable size is
 * less by what the allocator puts behind it: see cw_heap_block_at().
 *
 * Block numbers, where needed, count the starts in address order, unused ones
 * too, and cost 4 bytes more a KiB of heap: cw_block_index_number().
 */
#ifndef HEAP_BLOCK_INDEX_H
#define HEAP_BLOCK_INDEX_H

#include "base/bits.h"
#include "base/error.h"
#include "target/segment.h"

enum {
	CW_GRANULE_SHIFT = 4,	   /* the usual one */
	CW_FINE_GRANULE_SHIFT = 3, /* no block begins between */
	CW_PAGE_SHIFT = 22,
	CW_LINE_SHIFT = 9,    /* granules in a line: 512, 8 or 4 KiB */
	CW_ADDRESS_BITS = 47, /* of user space on x86-64 */
};

#define CW_NO_GRANULE UINT64_MAX
#define CW_NO_BLOCK   UINT32_MAX

struct cw_block_index {
	/* By address >> CW_PAGE_SHIFT: the page's number + 1, or 0. */
	uint32_t *pages;
	cw_addr *page_address; /* by page number */
	uint32_t num_pages;
	unsigned granule_shift;
	uint64_t num_granules;
	uint64_t *starts;
	uint64_t *unused;
	/*
	 * NULL: any word of a block may be a pointer to a block.  Else there
	 * are pages of Go's (bits by number), and pointers to blocks in these
	 * are no words but those that have a bit here, by granule: what Go's
	 * collector takes for pointers.  Words of other pages have none.
	 */
	uint64_t *pointers;
	uint64_t *go_pages;
	bool is_mixed; /* there are other pages, too */
	/* By line: the last start before the line, or CW_NO_GRANULE. */
	uint64_t *line_previous;
	/* By 64-bit word of starts: the number of starts before; or NULL. */
	uint32_t *rank;
	uint32_t num_blocks; /* all starts, once sealed */
};

/* The pages that [start, end) ranges touch, sorted or not, may overlap. */
struct cw_address_range {
	cw_addr start, end;
};

/* Makes an index without blocks for memory in @ranges; may be none. */
struct cw_error *cw_block_index_init(struct cw_block_index *index,
				     unsigned granule_shift,
				     const struct cw_address_range *ranges,
				     size_t num_ranges) cw_must_check;
void cw_block_index_deinit(struct cw_block_index *index);

/* Granule of an address of a numbered page; CW_NO_GRANULE for others. */
static inline uint64_t
cw_block_index_granule(const struct cw_block_index *index, cw_addr address)
{
	if (address >> CW_ADDRESS_BITS)
		return CW_NO_GRANULE;
	uint64_t page = index->pages[address >> CW_PAGE_SHIFT];
	if (page == 0)
		return CW_NO_GRANULE;
	return ((page - 1) << (CW_PAGE_SHIFT - index->granule_shift)) +
	       ((address & ((UINT64_C(1) << CW_PAGE_SHIFT) - 1)) >>
		index->granule_shift);
}

static inline cw_addr cw_block_index_address(const struct cw_block_index *index,
					     uint64_t granule)
{
	unsigned shift = CW_PAGE_SHIFT - index->granule_shift;
	uint64_t in_page = granule & ((UINT64_C(1) << shift) - 1);

	return index->page_address[granule >> shift] +
	       (in_page << index->granule_shift);
}

/* Bytes from one granule to a later one. */
static inline uint64_t cw_block_index_size(const struct cw_block_index *index,
					   uint64_t start, uint64_t end)
{
	return (end - start) << index->granule_shift;
}

/* Pages of Go's are [start, end) ranges; there are no pointers yet. */
struct cw_error *
cw_block_index_add_pointers(struct cw_block_index *index,
			    const struct cw_address_range *go_ranges,
			    size_t num_ranges) cw_must_check;

/* Whether Go's collector is who frees the block that holds @granule. */
static inline bool cw_block_index_is_go(const struct cw_block_index *index,
					uint64_t granule)
{
	return index->go_pages &&
	       cw_bit_test(index->go_pages,
			   granule >> (CW_PAGE_SHIFT - index->granule_shift));
}

/* Puts a marker at @granule: a start that is not in use. */
static inline void cw_block_index_mark(struct cw_block_index *index,
				       uint64_t granule)
{
	cw_bit_set(index->starts, granule);
	cw_bit_set(index->unused, granule);
}

/* Builds the line table and counts; after the last start was set. */
void cw_block_index_seal(struct cw_block_index *index);

/* Adds block numbers to a sealed index; nothing when they are there. */
struct cw_error *
cw_block_index_number(struct cw_block_index *index) cw_must_check;

/* The start at or before @granule, or CW_NO_GRANULE. */
static inline uint64_t cw_block_index_start(const struct cw_block_index *index,
					    uint64_t granule)
{
	uint64_t word = granule >> 6;
	uint64_t bits = index->starts[word] << (63 - (granule & 63));

	if (bits)
		return granule - __builtin_clzll(bits);

	uint64_t first_word = granule >> CW_LINE_SHIFT << (CW_LINE_SHIFT - 6);
	while (word > first_word) {
		bits = index->starts[--word];
		if (bits)
			return word * 64 + 63 - __builtin_clzll(bits);
	}
	return index->line_previous[granule >> CW_LINE_SHIFT];
}

/* The first start behind @granule, or num_granules. */
static inline uint64_t cw_block_index_next(const struct cw_block_index *index,
					   uint64_t granule)
{
	uint64_t num_words = cw_bits_words(index->num_granules);
	uint64_t word = ++granule >> 6;

	if (granule >= index->num_granules)
		return index->num_granules;

	uint64_t bits = index->starts[word] & (UINT64_MAX << (granule & 63));
	while (!bits) {
		if (++word == num_words)
			return index->num_granules;
		bits = index->starts[word];
	}
	return word * 64 + __builtin_ctzll(bits);
}

/* Where the first block behind @address begins, or its page of the index ends.
 */
cw_addr cw_block_index_behind(const struct cw_block_index *index,
			      cw_addr address);

/* Number of the block that begins at @granule, a start. */
static inline uint32_t cw_block_index_block(const struct cw_block_index *index,
					    uint64_t granule)
{
	uint64_t below = (UINT64_C(1) << (granule & 63)) - 1;

	return index->rank[granule >> 6] +
	       cw_bits_count(index->starts[granule >> 6] & below);
}

/* Number of the used block that holds @address, or CW_NO_BLOCK. */
static inline uint32_t cw_block_index_used(const struct cw_block_index *index,
					   cw_addr address)
{
	uint64_t granule = cw_block_index_granule(index, address);

	if (granule != CW_NO_GRANULE)
		granule = cw_block_index_start(index, granule);
	if (granule == CW_NO_GRANULE || cw_bit_test(index->unused, granule))
		return CW_NO_BLOCK;
	return cw_block_index_block(index, granule);
}

/* Granule of block number @block: a search, for what is shown only. */
uint64_t cw_block_index_granule_of(const struct cw_block_index *index,
				   uint32_t block);

#endif

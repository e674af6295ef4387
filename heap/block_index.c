#include "heap/block_index.h"

#include <stdlib.h>

#include "base/memory.h"

#define NUM_PAGE_SLOTS (UINT64_C(1) << (CW_ADDRESS_BITS - CW_PAGE_SHIFT))
#define PAGES_SIZE     (NUM_PAGE_SLOTS * sizeof(uint32_t))
#define LINE_WORDS     (1 << (CW_LINE_SHIFT - 6))

static size_t bits_size(const struct cw_block_index *index)
{
	return cw_bits_words(index->num_granules) * sizeof(uint64_t);
}

static size_t lines_size(const struct cw_block_index *index)
{
	return (index->num_granules >> CW_LINE_SHIFT) * sizeof(uint64_t);
}

static size_t rank_size(const struct cw_block_index *index)
{
	return cw_bits_words(index->num_granules) * sizeof(uint32_t);
}

static int by_start(const void *left, const void *right)
{
	const struct cw_address_range *a = left, *b = right;

	return (a->start > b->start) - (a->start < b->start);
}

/* Counts the pages of sorted ranges; with @index numbers them too. */
static uint64_t number_pages(struct cw_block_index *index,
			     const struct cw_address_range *ranges, size_t num)
{
	uint64_t num_pages = 0, next_page = 0;

	for (size_t i = 0; i < num; i++) {
		uint64_t end = ranges[i].end;

		if (end > UINT64_C(1) << CW_ADDRESS_BITS)
			end = UINT64_C(1) << CW_ADDRESS_BITS;
		if (ranges[i].start >= end)
			continue;

		uint64_t page = ranges[i].start >> CW_PAGE_SHIFT;
		uint64_t last = (end - 1) >> CW_PAGE_SHIFT;
		if (page < next_page)
			page = next_page;
		for (; page <= last; page++) {
			if (index) {
				index->pages[page] = num_pages + 1;
				index->page_address[num_pages] =
					page << CW_PAGE_SHIFT;
			}
			num_pages++;
			next_page = page + 1;
		}
	}
	return num_pages;
}

struct cw_error *cw_block_index_init(struct cw_block_index *index,
				     unsigned granule_shift,
				     const struct cw_address_range *ranges,
				     size_t num_ranges)
{
	struct cw_error *err;
	cw_cleanup_free struct cw_address_range *sorted =
		cw_alloc(num_ranges * sizeof(*sorted));

	*index = (struct cw_block_index){.granule_shift = granule_shift};
	for (size_t i = 0; i < num_ranges; i++)
		sorted[i] = ranges[i];
	qsort(sorted, num_ranges, sizeof(*sorted), by_start);

	index->num_pages = number_pages(NULL, sorted, num_ranges);
	index->num_granules = (uint64_t)index->num_pages
			      << (CW_PAGE_SHIFT - granule_shift);
	index->page_address =
		cw_alloc(index->num_pages * sizeof(*index->page_address));

	err = cw_bulk_alloc(PAGES_SIZE, &index->pages);
	if (!err)
		err = cw_bulk_alloc_huge(bits_size(index), &index->starts);
	if (!err)
		err = cw_bulk_alloc(bits_size(index), &index->unused);
	if (!err)
		err = cw_bulk_alloc_huge(lines_size(index),
					 &index->line_previous);
	if (err) {
		cw_block_index_deinit(index);
		return err;
	}

	number_pages(index, sorted, num_ranges);
	if (index->num_pages)
		cw_block_index_mark(index, 0);
	return NULL;
}

struct cw_error *
cw_block_index_add_pointers(struct cw_block_index *index,
			    const struct cw_address_range *go_ranges,
			    size_t num_ranges)
{
	unsigned shift = CW_PAGE_SHIFT - index->granule_shift;
	struct cw_error *err =
		cw_bulk_alloc_huge(bits_size(index), &index->pointers);
	uint32_t num_go = 0;

	if (err)
		return err;
	index->go_pages = cw_alloc(cw_bits_words(index->num_pages) * 8);
	for (size_t i = 0; i < num_ranges; i++) {
		uint64_t first =
			cw_block_index_granule(index, go_ranges[i].start);
		/* The marker behind it may have a page of its own. */
		uint64_t last = cw_block_index_granule(index, go_ranges[i].end);

		for (uint64_t page = first >> shift; page <= last >> shift;
		     page++) {
			num_go += !cw_bit_test(index->go_pages, page);
			cw_bit_set(index->go_pages, page);
		}
	}
	index->is_mixed = num_go < index->num_pages;
	return NULL;
}

void cw_block_index_deinit(struct cw_block_index *index)
{
	cw_bulk_free(index->pages, PAGES_SIZE);
	cw_bulk_free(index->starts, bits_size(index));
	cw_bulk_free(index->unused, bits_size(index));
	cw_bulk_free(index->pointers, bits_size(index));
	cw_bulk_free(index->line_previous, lines_size(index));
	cw_bulk_free(index->rank, rank_size(index));
	free(index->page_address);
	free(index->go_pages);
	*index = (struct cw_block_index){0};
}

void cw_block_index_seal(struct cw_block_index *index)
{
	uint64_t num_lines = index->num_granules >> CW_LINE_SHIFT;
	uint64_t previous = CW_NO_GRANULE;
	uint64_t num_blocks = 0;

	for (uint64_t line = 0; line < num_lines; line++) {
		const uint64_t *words = &index->starts[line * LINE_WORDS];

		index->line_previous[line] = previous;
		for (int i = 0; i < LINE_WORDS; i++)
			num_blocks += cw_bits_count(words[i]);
		for (int i = LINE_WORDS - 1; i >= 0; i--) {
			if (words[i]) {
				previous = line * (LINE_WORDS * 64) + i * 64 +
					   63 - __builtin_clzll(words[i]);
				break;
			}
		}
	}
	index->num_blocks = num_blocks;
}

struct cw_error *cw_block_index_number(struct cw_block_index *index)
{
	struct cw_error *err;
	uint64_t num_words = cw_bits_words(index->num_granules);
	uint32_t num_blocks = 0;

	if (index->rank)
		return NULL;
	err = cw_bulk_alloc_huge(rank_size(index), &index->rank);
	if (err)
		return err;

	for (uint64_t i = 0; i < num_words; i++) {
		index->rank[i] = num_blocks;
		num_blocks += cw_bits_count(index->starts[i]);
	}
	return NULL;
}

cw_addr cw_block_index_behind(const struct cw_block_index *index,
			      cw_addr address)
{
	cw_addr end = (address | ((UINT64_C(1) << CW_PAGE_SHIFT) - 1)) + 1;
	uint64_t granule = cw_block_index_granule(index, address);

	if (granule == CW_NO_GRANULE)
		return end;
	uint64_t last = cw_block_index_granule(index, end - 1);
	while (++granule <= last) {
		uint64_t bits = index->starts[granule >> 6] >> (granule & 63);
		if (bits)
			return cw_block_index_address(
				index, granule + __builtin_ctzll(bits));
		granule |= 63;
	}
	return end;
}

uint64_t cw_block_index_granule_of(const struct cw_block_index *index,
				   uint32_t block)
{
	uint64_t low = 0, high = cw_bits_words(index->num_granules);

	/* The last word with rank <= block. */
	while (high - low > 1) {
		uint64_t middle = low + (high - low) / 2;

		if (index->rank[middle] <= block)
			low = middle;
		else
			high = middle;
	}

	uint64_t bits = index->starts[low];
	for (uint32_t i = index->rank[low]; i < block; i++)
		bits &= bits - 1;
	return low * 64 + __builtin_ctzll(bits);
}

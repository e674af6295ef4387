/*
 * The block index against a slow, obvious one: the sorted list of starts, on
 * random layouts.
 */
#include "heap/block_index.h"

#include "base/array.h"
#include "tests/unit/check.h"

struct layout {
	CW_ARRAY(struct cw_address_range) ranges;
	CW_ARRAY(cw_addr) starts; /* sorted */
};

static uint64_t dice_state = 1;

static uint64_t roll(uint64_t sides)
{
	dice_state = dice_state * 6364136223846793005u + 1442695040888963407u;
	return (dice_state >> 20) % sides;
}

static void lay_out(struct layout *layout, unsigned num_ranges)
{
	cw_addr address = roll(UINT64_C(1) << 46) & ~UINT64_C(0xfff);

	for (unsigned i = 0; i < num_ranges; i++) {
		/* Neighbours in one page, in the next, far away. */
		static const uint64_t gaps[] = {0, 1 << 12, 1 << 22, 1 << 30};
		uint64_t size = (1 + roll(2000)) << 12;

		address += gaps[roll(4)];
		*cw_array_push(&layout->ranges) = (struct cw_address_range){
			address,
			address + size + 1,
		};

		cw_addr block = address + 16;
		uint64_t max_step = 2 << roll(18);
		while (block < address + size) {
			*cw_array_push(&layout->starts) = block;
			block += 16 * (1 + roll(max_step));
		}
		address += size;
		*cw_array_push(&layout->starts) = address;
	}
}

static cw_addr slow_start(const struct layout *layout, cw_addr address)
{
	cw_addr found = 0;

	cw_array_foreach(start, &layout->starts)
	{
		if (*start > address)
			break;
		found = *start;
	}
	return found;
}

static void check_starts(const struct cw_block_index *index,
			 const struct layout *layout)
{
	for (int i = 0; i < 500; i++) {
		struct cw_address_range range =
			layout->ranges.items[roll(layout->ranges.num)];
		cw_addr address =
			range.start + roll(range.end - range.start + 4096);
		uint64_t granule = cw_block_index_granule(index, address);

		if (granule == CW_NO_GRANULE)
			continue;
		cw_addr wanted = slow_start(layout, address);
		uint64_t start = cw_block_index_start(index, granule);
		check(start != CW_NO_GRANULE);
		if (wanted)
			check_same(wanted,
				   cw_block_index_address(index, start));
		else
			check_same(0, start);
	}
}

static void check_numbers(const struct cw_block_index *index,
			  const struct layout *layout)
{
	uint64_t granule = 0;
	uint32_t number = 1; /* 0 is the marker at granule 0 */

	check_same(layout->starts.num + 1, index->num_blocks);
	cw_array_foreach(start, &layout->starts)
	{
		granule = cw_block_index_next(index, granule);
		check_same(*start, cw_block_index_address(index, granule));
		check_same(granule, cw_block_index_granule(index, *start));
		check_same(number, cw_block_index_block(index, granule));
		if (number % 16 == 0)
			check_same(granule,
				   cw_block_index_granule_of(index, number));
		number++;
	}
	check_same(index->num_granules, cw_block_index_next(index, granule));
}

static void random_layouts_agree(unsigned num_ranges)
{
	struct layout layout = {0};
	struct cw_block_index index;

	lay_out(&layout, num_ranges);
	check_ok(cw_block_index_init(&index, CW_GRANULE_SHIFT,
				     layout.ranges.items, layout.ranges.num));
	cw_array_foreach(start, &layout.starts) cw_bit_set(
		index.starts, cw_block_index_granule(&index, *start));
	cw_block_index_seal(&index);
	check_starts(&index, &layout);
	check_ok(cw_block_index_number(&index));
	check_ok(cw_block_index_number(&index));
	check_numbers(&index, &layout);

	cw_block_index_deinit(&index);
	cw_array_deinit(&layout.ranges);
	cw_array_deinit(&layout.starts);
}

static void strange_ranges_do_no_harm(void)
{
	struct cw_block_index index;
	struct cw_address_range ranges[] = {
		{0x7fff00001000, 0x7fff00003000},
		{0x7fff00002000, 0x7fff00002100}, /* inside the first */
		{0x1000, 0x1000},		  /* empty */
		{0x9000, 0x8000},		  /* backwards */
		{0xffffffffff600000, 0xffffffffff601000},
		{0, 4096},
	};

	check_ok(cw_block_index_init(&index, CW_GRANULE_SHIFT, NULL, 0));
	cw_block_index_seal(&index);
	check_ok(cw_block_index_number(&index));
	check_same(CW_NO_GRANULE, cw_block_index_granule(&index, 0x1000));
	cw_block_index_deinit(&index);

	check_ok(cw_block_index_init(&index, CW_GRANULE_SHIFT, ranges,
				     sizeof(ranges) / sizeof(*ranges)));
	cw_block_index_seal(&index);
	check_same(2, index.num_pages);
	check_same(1, index.num_blocks);
	check_same(0, cw_block_index_granule(&index, 0));
	check_same(CW_NO_GRANULE, cw_block_index_granule(&index, UINT64_MAX));
	check_same(CW_NO_GRANULE,
		   cw_block_index_granule(&index, UINT64_C(1) << 47));
	cw_block_index_deinit(&index);
}

int main(void)
{
	strange_ranges_do_no_harm();
	for (unsigned i = 0; i < 12; i++)
		random_layouts_agree(1 + i % 8);
	return 0;
}

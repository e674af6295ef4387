#include "dwarf/address_list.h"

#include "base/memory.h"
#include "dwarf/cursor.h"

enum {
	ADDRESS_SIZE = 8,
	MAX_RANGES = 100000,
};

/* A list that is being read. */
struct list {
	const struct cw_unit_head *head;
	struct cw_cursor cursor;
	uint64_t base;
	bool has_locations;
	size_t max; /* of ranges in the result */
	struct cw_address_list *ret;
};

/* Linkers write these where they dropped what a range was for. */
static bool is_tombstone(uint64_t address)
{
	return address == 0 || address >= UINT64_MAX - 1;
}

static void range_add(struct list *list, uint64_t start, uint64_t end,
		      const unsigned char *expression, uint64_t size)
{
	if (end <= start || is_tombstone(start) || list->ret->num >= list->max)
		return;
	*cw_array_push(list->ret) =
		(struct cw_address_range){start, end, expression, size};
}

static struct cw_cursor section_cursor(const struct cw_section *section,
				       uint64_t offset)
{
	if (!section || offset >= section->size)
		return (struct cw_cursor){.is_bad = true};
	return (struct cw_cursor){section->bytes + offset,
				  section->bytes + section->size, false};
}

/* DWARF 2 to 4: pairs of addresses, each with an expression or not. */
static void read_pairs(struct list *list)
{
	struct cw_cursor *cursor = &list->cursor;

	for (;;) {
		uint64_t start = cw_cursor_fixed(cursor, ADDRESS_SIZE);
		uint64_t end = cw_cursor_fixed(cursor, ADDRESS_SIZE);
		const unsigned char *expression = NULL;
		uint64_t size = 0;
		if (cursor->is_bad || (start == 0 && end == 0))
			return;
		if (start == UINT64_MAX) {
			list->base = end;
			continue;
		}
		if (list->has_locations) {
			size = cw_cursor_fixed(cursor, 2);
			expression = cw_cursor_bytes(cursor, size);
			if (!expression)
				return;
		}
		/* What was dropped has -2 or 1 to 1: no range at all. */
		if (start < end && start < UINT64_MAX - 1)
			range_add(list, list->base + start, list->base + end,
				  expression, size);
	}
}

static uint64_t read_indexed(struct list *list)
{
	uint64_t index = cw_cursor_uleb(&list->cursor);
	uint64_t address = 0;

	if (!cw_head_address(list->head, index, &address))
		list->cursor.is_bad = true;
	return address;
}

/*
 * The kinds of entries of DWARF 5.  Those of ranges and of locations are
 * numbered apart; these are the locations', to which ranges are brought.
 */
static unsigned read_kind(struct list *list)
{
	static const unsigned char range_kinds[] = {
		[DW_RLE_end_of_list] = DW_LLE_end_of_list,
		[DW_RLE_base_addressx] = DW_LLE_base_addressx,
		[DW_RLE_startx_endx] = DW_LLE_startx_endx,
		[DW_RLE_startx_length] = DW_LLE_startx_length,
		[DW_RLE_offset_pair] = DW_LLE_offset_pair,
		[DW_RLE_base_address] = DW_LLE_base_address,
		[DW_RLE_start_end] = DW_LLE_start_end,
		[DW_RLE_start_length] = DW_LLE_start_length,
	};
	unsigned kind = cw_cursor_fixed(&list->cursor, 1);

	if (list->has_locations)
		return kind;
	if (kind < cw_num_elements(range_kinds))
		return range_kinds[kind];
	list->cursor.is_bad = true;
	return DW_LLE_end_of_list;
}

/* Two bytes of numbers that tell statements apart: from gcc, not of DWARF. */
#define VIEW_PAIR 9

/* Reads the addresses of an entry; whether it is a range. */
static bool read_bounds(struct list *list, unsigned kind, uint64_t *ret_start,
			uint64_t *ret_end)
{
	struct cw_cursor *cursor = &list->cursor;

	switch (kind) {
	case DW_LLE_base_addressx:
		list->base = read_indexed(list);
		return false;
	case DW_LLE_base_address:
		list->base = cw_cursor_fixed(cursor, ADDRESS_SIZE);
		return false;
	case VIEW_PAIR:
		cw_cursor_uleb(cursor);
		cw_cursor_uleb(cursor);
		return false;
	case DW_LLE_startx_endx:
		*ret_start = read_indexed(list);
		*ret_end = read_indexed(list);
		return true;
	case DW_LLE_startx_length:
		*ret_start = read_indexed(list);
		*ret_end = *ret_start + cw_cursor_uleb(cursor);
		return true;
	case DW_LLE_offset_pair:
		*ret_start = list->base + cw_cursor_uleb(cursor);
		*ret_end = list->base + cw_cursor_uleb(cursor);
		return !is_tombstone(list->base);
	case DW_LLE_default_location:
		/* Not 0, which stands for what was dropped. */
		*ret_start = 1;
		*ret_end = UINT64_MAX;
		return true;
	case DW_LLE_start_end:
		*ret_start = cw_cursor_fixed(cursor, ADDRESS_SIZE);
		*ret_end = cw_cursor_fixed(cursor, ADDRESS_SIZE);
		return true;
	case DW_LLE_start_length:
		*ret_start = cw_cursor_fixed(cursor, ADDRESS_SIZE);
		*ret_end = *ret_start + cw_cursor_uleb(cursor);
		return true;
	}
	cursor->is_bad = true;
	return false;
}

static bool kind_has_bounds(unsigned kind)
{
	return kind != DW_LLE_base_addressx && kind != DW_LLE_base_address &&
	       kind != VIEW_PAIR;
}

/* DWARF 5. */
static void read_entries(struct list *list)
{
	struct cw_cursor *cursor = &list->cursor;

	for (;;) {
		unsigned kind = read_kind(list);
		const unsigned char *expression = NULL;
		uint64_t start = 0, end = 0, size = 0;
		if (cursor->is_bad || kind == DW_LLE_end_of_list)
			return;
		bool is_range = read_bounds(list, kind, &start, &end);
		if (list->has_locations && kind_has_bounds(kind)) {
			size = cw_cursor_uleb(cursor);
			expression = cw_cursor_bytes(cursor, size);
		}
		if (cursor->is_bad)
			return;
		if (is_range)
			range_add(list, start, end, expression, size);
	}
}

/* DWARF 4 in .dwo files, a draft of DWARF 5's; only of locations. */
static void read_draft_entries(struct list *list)
{
	struct cw_cursor *cursor = &list->cursor;

	for (;;) {
		unsigned kind = cw_cursor_fixed(cursor, 1);
		uint64_t start = 0, end = 0;
		switch (kind) {
		case DW_LLEX_base_address_selection_entry:
			list->base = read_indexed(list);
			continue;
		case DW_LLEX_start_end_entry:
			start = read_indexed(list);
			end = read_indexed(list);
			break;
		case DW_LLEX_start_length_entry:
			start = read_indexed(list);
			/* Some of gcc's are negative. */
			end = start + (int32_t)cw_cursor_fixed(cursor, 4);
			break;
		case DW_LLEX_offset_pair_entry:
			start = list->base + cw_cursor_fixed(cursor, 4);
			end = list->base + cw_cursor_fixed(cursor, 4);
			break;
		default: /* the end */
			return;
		}
		uint64_t size = cw_cursor_fixed(cursor, 2);
		const unsigned char *expression = cw_cursor_bytes(cursor, size);
		if (cursor->is_bad)
			return;
		range_add(list, start, end, expression, size);
	}
}

/* How lists are written: by DWARF 5 or not, of locations or not, in a .dwo file
 * or not. */
static void (*const readers[2][2][2])(struct list *list) = {
	{{read_pairs, read_pairs}, {read_pairs, read_draft_entries}},
	{{read_entries, read_entries}, {read_entries, read_entries}},
};

/* The offset of a list, which may be named by its number in a table. */
static bool list_offset(const struct list *list, const struct cw_value *value,
			const struct cw_section *section, uint64_t *ret)
{
	const struct cw_unit_head *head = list->head;
	uint64_t size = head->format.offset_size, offset = value->number;
	uint64_t table = list->has_locations ? head->location_lists_base
					     : head->range_lists_base;

	if (value->kind == CW_VALUE_INDEX) {
		if (__builtin_mul_overflow(offset, size, &offset) ||
		    __builtin_add_overflow(offset, table, &offset))
			return false;
		struct cw_cursor cursor = section_cursor(section, offset);
		*ret = table + cw_cursor_fixed(&cursor, size);
		return !cursor.is_bad;
	}
	/* In a .dwo file of DWARF 4, too, ranges are counted from there. */
	if (head->format.version < 5 && !list->has_locations)
		offset += table;
	*ret = offset;
	return value->kind == CW_VALUE_OFFSET || value->kind == CW_VALUE_NUMBER;
}

static void list_read(const struct cw_unit_head *head,
		      const struct cw_value *value, bool has_locations,
		      struct cw_address_list *ret)
{
	const struct cw_section *section =
		has_locations ? head->locations : head->ranges;
	struct list list = {
		.head = head,
		.base = head->low,
		.has_locations = has_locations,
		.max = ret->num + MAX_RANGES,
		.ret = ret,
	};
	uint64_t offset;

	if (!list_offset(&list, value, section, &offset))
		return;
	list.cursor = section_cursor(section, offset);
	readers[head->format.version >= 5][has_locations]
	       [head->library->is_split](&list);
}

void cw_code_ranges_read(const struct cw_unit_head *head,
			 const struct cw_unit_code *code,
			 struct cw_address_list *ret)
{
	if (code->ranges.kind != CW_VALUE_NONE) {
		list_read(head, &code->ranges, false, ret);
		return;
	}
	if (!code->has_low || code->high.kind == CW_VALUE_NONE)
		return;
	uint64_t high = code->high.number;
	if (code->high.kind != CW_VALUE_ADDRESS)
		high += code->low;
	struct list list = {.max = SIZE_MAX, .ret = ret};
	range_add(&list, code->low, high, NULL, 0);
}

bool cw_code_start(const struct cw_unit_head *head,
		   const struct cw_unit_code *code, uint64_t *ret)
{
	struct cw_address_list ranges = {0};

	if (code->ranges.kind == CW_VALUE_NONE) {
		*ret = code->low;
		return code->has_low && !is_tombstone(code->low);
	}
	cw_code_ranges_read(head, code, &ranges);
	bool is_there = ranges.num > 0;
	if (is_there)
		*ret = ranges.items[0].start;
	cw_array_deinit(&ranges);
	return is_there;
}

void cw_location_list_read(const struct cw_unit_head *head,
			   const struct cw_value *value,
			   struct cw_address_list *ret)
{
	list_read(head, value, true, ret);
}

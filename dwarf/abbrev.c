#include "dwarf/abbrev.h"

#include "base/memory.h"

enum {
	MAX_CODE = 1 << 20,
	MAX_ATTRIBUTES = 1 << 12, /* of one abbreviation */
	ADDRESS_SIZE = 8,
};

/* How the size of a value is known. */
enum form_size {
	SIZE_UNKNOWN, /* there is no such form */
	SIZE_FIXED,   /* bytes are in the row */
	SIZE_OFFSET,
	SIZE_REF_ADDR,
	SIZE_LEB,
	SIZE_STRING,
	SIZE_BLOCK_LEB, /* a length, then as many bytes */
	SIZE_BLOCK,	/* the same, the length in the row's bytes */
	SIZE_INDIRECT,
};

struct form_row {
	uint8_t size, bytes;
};

static const struct form_row rows[] = {
	[DW_FORM_addr] = {SIZE_FIXED, ADDRESS_SIZE},
	[DW_FORM_block2] = {SIZE_BLOCK, 2},
	[DW_FORM_block4] = {SIZE_BLOCK, 4},
	[DW_FORM_data2] = {SIZE_FIXED, 2},
	[DW_FORM_data4] = {SIZE_FIXED, 4},
	[DW_FORM_data8] = {SIZE_FIXED, 8},
	[DW_FORM_string] = {SIZE_STRING, 0},
	[DW_FORM_block] = {SIZE_BLOCK_LEB, 0},
	[DW_FORM_block1] = {SIZE_BLOCK, 1},
	[DW_FORM_data1] = {SIZE_FIXED, 1},
	[DW_FORM_flag] = {SIZE_FIXED, 1},
	[DW_FORM_sdata] = {SIZE_LEB, 0},
	[DW_FORM_strp] = {SIZE_OFFSET, 0},
	[DW_FORM_udata] = {SIZE_LEB, 0},
	[DW_FORM_ref_addr] = {SIZE_REF_ADDR, 0},
	[DW_FORM_ref1] = {SIZE_FIXED, 1},
	[DW_FORM_ref2] = {SIZE_FIXED, 2},
	[DW_FORM_ref4] = {SIZE_FIXED, 4},
	[DW_FORM_ref8] = {SIZE_FIXED, 8},
	[DW_FORM_ref_udata] = {SIZE_LEB, 0},
	[DW_FORM_indirect] = {SIZE_INDIRECT, 0},
	[DW_FORM_sec_offset] = {SIZE_OFFSET, 0},
	[DW_FORM_exprloc] = {SIZE_BLOCK_LEB, 0},
	[DW_FORM_flag_present] = {SIZE_FIXED, 0},
	[DW_FORM_strx] = {SIZE_LEB, 0},
	[DW_FORM_addrx] = {SIZE_LEB, 0},
	[DW_FORM_ref_sup4] = {SIZE_FIXED, 4},
	[DW_FORM_strp_sup] = {SIZE_OFFSET, 0},
	[DW_FORM_data16] = {SIZE_FIXED, 16},
	[DW_FORM_line_strp] = {SIZE_OFFSET, 0},
	[DW_FORM_ref_sig8] = {SIZE_FIXED, 8},
	[DW_FORM_implicit_const] = {SIZE_FIXED, 0},
	[DW_FORM_loclistx] = {SIZE_LEB, 0},
	[DW_FORM_rnglistx] = {SIZE_LEB, 0},
	[DW_FORM_ref_sup8] = {SIZE_FIXED, 8},
	[DW_FORM_strx1] = {SIZE_FIXED, 1},
	[DW_FORM_strx2] = {SIZE_FIXED, 2},
	[DW_FORM_strx3] = {SIZE_FIXED, 3},
	[DW_FORM_strx4] = {SIZE_FIXED, 4},
	[DW_FORM_addrx1] = {SIZE_FIXED, 1},
	[DW_FORM_addrx2] = {SIZE_FIXED, 2},
	[DW_FORM_addrx3] = {SIZE_FIXED, 3},
	[DW_FORM_addrx4] = {SIZE_FIXED, 4},
};

static struct form_row row_of(unsigned form)
{
	switch (form) {
	case DW_FORM_GNU_addr_index:
	case DW_FORM_GNU_str_index:
		return (struct form_row){SIZE_LEB, 0};
	case DW_FORM_GNU_ref_alt:
	case DW_FORM_GNU_strp_alt:
		return (struct form_row){SIZE_OFFSET, 0};
	}
	if (form < cw_num_elements(rows))
		return rows[form];
	return (struct form_row){SIZE_UNKNOWN, 0};
}

static uint32_t ref_addr_size(struct cw_unit_format format)
{
	return format.version <= 2 ? ADDRESS_SIZE : format.offset_size;
}

/* Bytes of a value of that form, or CW_SIZE_VARIES. */
static uint32_t fixed_size(unsigned form, struct cw_unit_format format)
{
	struct form_row row = row_of(form);

	switch (row.size) {
	case SIZE_FIXED:
		return row.bytes;
	case SIZE_OFFSET:
		return format.offset_size;
	case SIZE_REF_ADDR:
		return ref_addr_size(format);
	}
	return CW_SIZE_VARIES;
}

bool cw_form_number(struct cw_cursor *cursor, struct cw_unit_format format,
		    unsigned form, uint64_t *ret)
{
	uint32_t size = fixed_size(form, format);

	if (size <= sizeof(*ret))
		*ret = cw_cursor_fixed(cursor, size);
	else if (row_of(form).size == SIZE_LEB)
		*ret = cw_cursor_uleb(cursor);
	else
		return false;
	return true;
}

bool cw_form_skip(struct cw_cursor *cursor, struct cw_unit_format format,
		  unsigned form)
{
	if (form == DW_FORM_indirect) {
		form = cw_cursor_uleb(cursor);
		if (form == DW_FORM_indirect || form == DW_FORM_implicit_const)
			return false;
	}
	struct form_row row = row_of(form);
	uint32_t size = fixed_size(form, format);

	if (size != CW_SIZE_VARIES) {
		cw_cursor_bytes(cursor, size);
		return true;
	}
	switch (row.size) {
	case SIZE_LEB:
		cw_cursor_uleb(cursor);
		return true;
	case SIZE_STRING: {
		const void *end = memchr(cursor->at, 0, cw_cursor_left(cursor));
		cursor->is_bad |= !end;
		if (end)
			cursor->at = (const unsigned char *)end + 1;
		return true;
	}
	case SIZE_BLOCK_LEB:
		cw_cursor_bytes(cursor, cw_cursor_uleb(cursor));
		return true;
	case SIZE_BLOCK:
		cw_cursor_bytes(cursor, cw_cursor_fixed(cursor, row.bytes));
		return true;
	}
	return false;
}

static void attribute_note(struct cw_abbrev *abbrev,
			   const struct cw_abbrev_attribute *attribute)
{
	uint32_t size = attribute->size;

	if (attribute->name == DW_AT_sibling && attribute->form == DW_FORM_ref4)
		abbrev->sibling_at = abbrev->size;
	if (size == CW_SIZE_VARIES)
		abbrev->size = CW_SIZE_VARIES;
	else if (abbrev->size != CW_SIZE_VARIES)
		abbrev->size += size;
	abbrev->has_sibling |= attribute->name == DW_AT_sibling;
	abbrev->has_location |= attribute->name == DW_AT_location;
	abbrev->has_low_pc |= attribute->name == DW_AT_low_pc;
	abbrev->has_ranges |= attribute->name == DW_AT_ranges;
	abbrev->has_external |= attribute->name == DW_AT_external;
	abbrev->has_declaration |= attribute->name == DW_AT_declaration;
	abbrev->has_go_type |= attribute->name == CW_AT_GO_RUNTIME_TYPE;
}

static bool abbrev_read(struct cw_abbrev_table *table, struct cw_cursor *cursor,
			struct cw_abbrev *ret)
{
	struct cw_abbrev abbrev = {.first = table->attributes.num,
				   .sibling_at = CW_SIZE_VARIES};

	abbrev.tag = cw_cursor_uleb(cursor);
	abbrev.has_children = cw_cursor_fixed(cursor, 1) != 0;
	while (!cursor->is_bad && abbrev.num < MAX_ATTRIBUTES) {
		struct cw_abbrev_attribute attribute;
		attribute.name = cw_cursor_uleb(cursor);
		attribute.form = cw_cursor_uleb(cursor);
		attribute.constant = 0;
		if (attribute.form == DW_FORM_implicit_const)
			attribute.constant = cw_cursor_sleb(cursor);
		if (attribute.name == 0 && attribute.form == 0) {
			*ret = abbrev;
			return !cursor->is_bad;
		}
		attribute.size = fixed_size(attribute.form, table->format);
		attribute_note(&abbrev, &attribute);
		*cw_array_push(&table->attributes) = attribute;
		abbrev.num++;
	}
	return false;
}

bool cw_abbrev_table_read(struct cw_abbrev_table *table,
			  const struct cw_section *section, uint64_t offset,
			  struct cw_unit_format format)
{
	if (table->is_read && table->offset == offset &&
	    table->format.version == format.version &&
	    table->format.offset_size == format.offset_size)
		return true;
	table->is_read = false;
	table->items.num = 0;
	table->attributes.num = 0;
	table->offset = offset;
	table->format = format;
	if (!section || offset > section->size)
		return false;

	struct cw_cursor cursor = {
		.at = section->bytes + offset,
		.end = section->bytes + section->size,
	};
	for (;;) {
		uint64_t code = cw_cursor_uleb(&cursor);
		struct cw_abbrev abbrev;
		if (cursor.is_bad || code > MAX_CODE)
			break;
		if (code == 0) {
			table->is_read = true;
			return true;
		}
		if (!abbrev_read(table, &cursor, &abbrev))
			break;
		while (table->items.num <= code)
			*cw_array_push(&table->items) = (struct cw_abbrev){0};
		table->items.items[code] = abbrev;
	}
	table->items.num = 0;
	return false;
}

void cw_abbrev_table_deinit(struct cw_abbrev_table *table)
{
	cw_array_deinit(&table->items);
	cw_array_deinit(&table->attributes);
}

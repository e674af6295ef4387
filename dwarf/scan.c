#include "dwarf/scan.h"

/* A value that is read as a number, whatever it stands for. */
struct form_value {
	uint64_t number;
	const unsigned char *bytes; /* of a block */
	unsigned form;
};

static const struct cw_section *section_named(const struct cw_library *library,
					      const char *whole,
					      const char *split)
{
	return cw_sections_find(library->sections,
				library->is_split ? split : whole);
}

static void sections_find(struct cw_scan_unit *unit)
{
	struct cw_library *library = unit->library;

	unit->strings = section_named(library, ".debug_str", ".debug_str.dwo");
	unit->line_strings =
		cw_sections_find(library->sections, ".debug_line_str");
	unit->string_offsets = section_named(library, ".debug_str_offsets",
					     ".debug_str_offsets.dwo");
	unit->addresses = cw_sections_find(library->sections, ".debug_addr");
	if (library->alternate)
		unit->alternate_strings = cw_sections_find(
			library->set->items.items[library->alternate]->sections,
			".debug_str");
}

/* Behind the length, up to the unit's DIE. */
static bool header_read(struct cw_scan_unit *unit, bool is_info)
{
	struct cw_cursor *cursor = &unit->cursor;
	uint8_t offset_size = unit->format.offset_size;
	unsigned kind = is_info ? DW_UT_compile : DW_UT_type;

	unit->format.version = cw_cursor_fixed(cursor, 2);
	if (unit->format.version < 2 || unit->format.version > 5)
		return false;
	if (unit->format.version == 5) {
		kind = cw_cursor_fixed(cursor, 1);
		cw_cursor_fixed(cursor, 1);
		unit->abbrevs = cw_cursor_fixed(cursor, offset_size);
	} else {
		unit->abbrevs = cw_cursor_fixed(cursor, offset_size);
		cw_cursor_fixed(cursor, 1);
	}
	switch (kind) {
	case DW_UT_skeleton:
	case DW_UT_split_compile:
		unit->id = cw_cursor_fixed(cursor, 8);
		break;
	case DW_UT_type:
	case DW_UT_split_type:
		unit->is_type_unit = true;
		unit->signature = cw_cursor_fixed(cursor, 8);
		unit->type =
			(unit->start + cw_cursor_fixed(cursor, offset_size)) |
			unit->key_flag;
		break;
	}
	return !cursor->is_bad;
}

bool cw_scan_unit_init(struct cw_scan_unit *unit, struct cw_library *library,
		       bool is_info, uint64_t offset)
{
	const struct cw_section *section = cw_library_units(library, is_info);

	*unit = (struct cw_scan_unit){
		.library = library,
		.start = offset,
		.key_flag = is_info ? 0 : CW_KEY_TYPES,
		.format.offset_size = 4,
	};
	if (!section || offset >= section->size)
		return false;
	unit->section = section->bytes;
	unit->cursor = (struct cw_cursor){
		.at = section->bytes + offset,
		.end = section->bytes + section->size,
	};
	uint64_t length = cw_cursor_fixed(&unit->cursor, 4);
	if (length == UINT32_MAX) {
		unit->format.offset_size = 8;
		length = cw_cursor_fixed(&unit->cursor, 8);
	}
	if (length == 0 || unit->cursor.is_bad ||
	    length > cw_cursor_left(&unit->cursor)) {
		library->num_errors++;
		return false;
	}
	unit->cursor.end = unit->cursor.at + length;
	unit->end = unit->cursor.end - section->bytes;
	if (!header_read(unit, is_info)) {
		library->num_errors++;
		unit->cursor.is_bad = true;
	}
	sections_find(unit);
	return true;
}

uint64_t cw_scan_key(const struct cw_scan_unit *unit)
{
	return (unit->cursor.at - unit->section) | unit->key_flag;
}

bool cw_scan_go(struct cw_scan_unit *unit, uint64_t offset)
{
	uint64_t here = unit->cursor.at - unit->section;

	if (offset <= here || offset > unit->end)
		return false;
	unit->cursor.at = unit->section + offset;
	return true;
}

const struct cw_abbrev *cw_scan_abbrev(struct cw_scan_unit *unit,
				       const struct cw_abbrev_table *table)
{
	uint64_t code = cw_cursor_uleb(&unit->cursor);

	if (code == 0)
		return NULL;
	if (code >= table->items.num || table->items.items[code].tag == 0) {
		unit->cursor.is_bad = true;
		return NULL;
	}
	return &table->items.items[code];
}

/* A string that ends within the section. */
static const char *string_at(const struct cw_section *section, uint64_t offset)
{
	if (!section || offset >= section->size ||
	    (section->bytes[section->size - 1] != 0 &&
	     !memchr(section->bytes + offset, 0, section->size - offset)))
		return NULL;
	const char *text = (const char *)section->bytes + offset;
	return text[0] ? text : NULL;
}

static const char *indexed_string(const struct cw_scan_unit *unit,
				  uint64_t index)
{
	const struct cw_section *table = unit->string_offsets;
	uint64_t size = unit->format.offset_size, offset = 0;

	if (!table || unit->string_offsets_base > table->size ||
	    index >= (table->size - unit->string_offsets_base) / size)
		return NULL;
	memcpy(&offset, table->bytes + unit->string_offsets_base + index * size,
	       size);
	return string_at(unit->strings, offset);
}

bool cw_scan_address(const struct cw_scan_unit *unit, uint64_t index,
		     uint64_t *ret)
{
	const struct cw_section *table = unit->addresses;

	if (unit->library->is_split)
		return cw_library_address(unit->library, NULL, index, ret);
	if (!table || unit->address_base > table->size ||
	    index >= (table->size - unit->address_base) / 8)
		return false;
	memcpy(ret, table->bytes + unit->address_base + index * 8, 8);
	return true;
}

static struct form_value value_read(struct cw_scan_unit *unit,
				    const struct cw_abbrev_attribute *attribute)
{
	struct cw_cursor *cursor = &unit->cursor;
	struct form_value value = {.form = attribute->form};

	if (value.form == DW_FORM_indirect)
		value.form = cw_cursor_uleb(cursor);
	const unsigned char *at = cursor->at;
	switch (value.form) {
	case DW_FORM_implicit_const:
		value.number = attribute->constant;
		return value;
	case DW_FORM_flag_present:
		value.number = 1;
		return value;
	case DW_FORM_sdata:
		value.number = cw_cursor_sleb(cursor);
		return value;
	case DW_FORM_udata:
	case DW_FORM_strx:
	case DW_FORM_addrx:
	case DW_FORM_ref_udata:
	case DW_FORM_GNU_str_index:
	case DW_FORM_GNU_addr_index:
		value.number = cw_cursor_uleb(cursor);
		return value;
	case DW_FORM_block:
	case DW_FORM_exprloc:
		value.number = cw_cursor_uleb(cursor);
		value.bytes = cw_cursor_bytes(cursor, value.number);
		return value;
	case DW_FORM_block1:
	case DW_FORM_block2:
	case DW_FORM_block4:
		value.number = cw_cursor_fixed(
			cursor, value.form == DW_FORM_block1   ? 1
				: value.form == DW_FORM_block2 ? 2
							       : 4);
		value.bytes = cw_cursor_bytes(cursor, value.number);
		return value;
	}
	if (!cw_form_skip(cursor, unit->format, value.form))
		cursor->is_bad = true;
	if (cursor->is_bad)
		return value;
	if (value.form == DW_FORM_string)
		value.bytes = at;
	else if (cursor->at - at <= 8)
		memcpy(&value.number, at, cursor->at - at);
	return value;
}

static const char *string_of(const struct cw_scan_unit *unit,
			     const struct form_value *value)
{
	switch (value->form) {
	case DW_FORM_string:
		return value->bytes && value->bytes[0]
			       ? (const char *)value->bytes
			       : NULL;
	case DW_FORM_strp:
		return string_at(unit->strings, value->number);
	case DW_FORM_line_strp:
		return string_at(unit->line_strings, value->number);
	case DW_FORM_strp_sup:
	case DW_FORM_GNU_strp_alt:
		return string_at(unit->alternate_strings, value->number);
	case DW_FORM_strx:
	case DW_FORM_strx1:
	case DW_FORM_strx2:
	case DW_FORM_strx3:
	case DW_FORM_strx4:
	case DW_FORM_GNU_str_index:
		return indexed_string(unit, value->number);
	}
	return NULL;
}

/* The key of the DIE that is referred to, or 0. */
static uint64_t reference_of(const struct cw_scan_unit *unit,
			     const struct form_value *value)
{
	const struct cw_library *library = unit->library;
	uint64_t key = 0;

	switch (value->form) {
	case DW_FORM_ref_addr:
		return value->number <= CW_KEY_OFFSET ? value->number : 0;
	case DW_FORM_ref_sig8:
		return cw_library_signed(library, value->number, &key) ? key
								       : 0;
	case DW_FORM_ref_sup4:
	case DW_FORM_ref_sup8:
	case DW_FORM_GNU_ref_alt:
		if (!library->alternate || value->number > CW_KEY_OFFSET)
			return 0;
		return value->number | (uint64_t)library->alternate
					       << CW_KEY_FILE_SHIFT;
	case DW_FORM_ref1:
	case DW_FORM_ref2:
	case DW_FORM_ref4:
	case DW_FORM_ref8:
	case DW_FORM_ref_udata:
		if (value->number >= unit->end - unit->start)
			return 0;
		return (unit->start + value->number) | unit->key_flag;
	}
	return 0;
}

static bool address_of(const struct cw_scan_unit *unit,
		       const struct form_value *value, uint64_t *ret)
{
	switch (value->form) {
	case DW_FORM_addr:
		*ret = value->number;
		return true;
	case DW_FORM_addrx:
	case DW_FORM_addrx1:
	case DW_FORM_addrx2:
	case DW_FORM_addrx3:
	case DW_FORM_addrx4:
	case DW_FORM_GNU_addr_index:
		return cw_scan_address(unit, value->number, ret);
	}
	return false;
}

static void value_use(struct cw_scan_unit *unit, unsigned name,
		      const struct form_value *value,
		      struct cw_scan_values *ret)
{
	switch (name) {
	case DW_AT_name:
		ret->name = string_of(unit, value);
		break;
	case DW_AT_sibling:
		ret->sibling = reference_of(unit, value) & CW_KEY_OFFSET;
		break;
	case DW_AT_specification:
		ret->specification = reference_of(unit, value);
		break;
	case DW_AT_type:
		ret->type = reference_of(unit, value);
		break;
	case DW_AT_location:
		ret->place = value->bytes;
		ret->place_size = value->bytes ? value->number : 0;
		break;
	case DW_AT_low_pc:
		ret->has_low = address_of(unit, value, &ret->low);
		break;
	case DW_AT_high_pc:
		ret->has_high = true;
		ret->high_is_size = !address_of(unit, value, &ret->high);
		if (ret->high_is_size)
			ret->high = value->number;
		break;
	case DW_AT_declaration:
		ret->is_declaration = value->number != 0;
		break;
	case DW_AT_external:
		ret->is_external = value->number != 0;
		break;
	case DW_AT_dwo_name:
	case DW_AT_GNU_dwo_name:
		ret->split_name = string_of(unit, value);
		break;
	case DW_AT_comp_dir:
		ret->directory = string_of(unit, value);
		break;
	case DW_AT_GNU_dwo_id:
		ret->split_id = value->number;
		break;
	case DW_AT_language:
		ret->language = value->number;
		break;
	case DW_AT_str_offsets_base:
		unit->string_offsets_base = value->number;
		break;
	case DW_AT_addr_base:
	case DW_AT_GNU_addr_base:
		unit->address_base = value->number;
		break;
	}
}

static bool is_of_interest(unsigned name)
{
	switch (name) {
	case DW_AT_name:
	case DW_AT_sibling:
	case DW_AT_specification:
	case DW_AT_type:
	case DW_AT_location:
	case DW_AT_low_pc:
	case DW_AT_high_pc:
	case DW_AT_declaration:
	case DW_AT_external:
	case DW_AT_dwo_name:
	case DW_AT_GNU_dwo_name:
	case DW_AT_comp_dir:
	case DW_AT_GNU_dwo_id:
	case DW_AT_language:
	case DW_AT_str_offsets_base:
	case DW_AT_addr_base:
	case DW_AT_GNU_addr_base:
		return true;
	}
	return false;
}

void cw_scan_values_read(struct cw_scan_unit *unit,
			 const struct cw_abbrev_table *table,
			 const struct cw_abbrev *abbrev,
			 struct cw_scan_values *ret)
{
	const struct cw_abbrev_attribute *attribute =
		&table->attributes.items[abbrev->first];

	*ret = (struct cw_scan_values){0};
	for (uint32_t i = 0; i < abbrev->num; i++, attribute++) {
		if (is_of_interest(attribute->name)) {
			struct form_value value = value_read(unit, attribute);
			if (unit->cursor.is_bad)
				return;
			value_use(unit, attribute->name, &value, ret);
		} else if (!cw_form_skip(&unit->cursor, unit->format,
					 attribute->form)) {
			unit->cursor.is_bad = true;
		}
		if (unit->cursor.is_bad)
			return;
	}
}

uint64_t cw_scan_values_skip(struct cw_scan_unit *unit,
			     const struct cw_abbrev_table *table,
			     const struct cw_abbrev *abbrev)
{
	const struct cw_abbrev_attribute *attribute =
		&table->attributes.items[abbrev->first];
	uint64_t sibling = 0;

	if (abbrev->size != CW_SIZE_VARIES && !abbrev->has_sibling) {
		cw_cursor_bytes(&unit->cursor, abbrev->size);
		return 0;
	}
	for (uint32_t i = 0; i < abbrev->num; i++, attribute++) {
		if (attribute->name == DW_AT_sibling) {
			struct form_value value = value_read(unit, attribute);
			sibling = reference_of(unit, &value) & CW_KEY_OFFSET;
		} else if (!cw_form_skip(&unit->cursor, unit->format,
					 attribute->form)) {
			unit->cursor.is_bad = true;
		}
		if (unit->cursor.is_bad)
			return 0;
	}
	return sibling;
}

bool cw_scan_unit_die(struct cw_scan_unit *unit,
		      const struct cw_abbrev_table *table,
		      struct cw_scan_values *ret)
{
	struct cw_cursor start = unit->cursor;

	if (unit->library->is_split && unit->format.version == 5)
		unit->string_offsets_base =
			unit->format.offset_size == 8 ? 16 : 8;
	/* Bases may come behind the strings that need them. */
	for (int pass = 0; pass < 2; pass++) {
		unit->cursor = start;
		const struct cw_abbrev *abbrev = cw_scan_abbrev(unit, table);
		if (!abbrev)
			return false;
		cw_scan_values_read(unit, table, abbrev, ret);
	}
	return !unit->cursor.is_bad;
}

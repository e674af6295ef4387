#include "dwarf/scan.h"

#include <string.h>

bool cw_scan_go(struct cw_scan *scan, uint64_t offset)
{
	uint64_t here = scan->cursor.at - scan->head->section;

	if (offset <= here || offset > scan->head->end)
		return false;
	scan->cursor.at = scan->head->section + offset;
	return true;
}

const struct cw_abbrev *cw_scan_abbrev(struct cw_scan *scan)
{
	uint64_t code = cw_cursor_uleb(&scan->cursor);

	if (code == 0)
		return NULL;
	if (code >= scan->abbrevs->items.num ||
	    scan->abbrevs->items.items[code].tag == 0) {
		scan->cursor.is_bad = true;
		return NULL;
	}
	return &scan->abbrevs->items.items[code];
}

static const char *text_of(const struct cw_value *value)
{
	if (value->kind != CW_VALUE_STRING || value->bytes[0] == 0)
		return NULL;
	return (const char *)value->bytes;
}

static uint64_t key_of(const struct cw_value *value)
{
	return value->kind == CW_VALUE_REFERENCE ? value->number : 0;
}

static void value_use(unsigned name, const struct cw_value *value,
		      struct cw_scan_values *ret)
{
	switch (name) {
	case DW_AT_name:
		ret->name = text_of(value);
		break;
	case DW_AT_sibling:
		ret->sibling = key_of(value) & CW_KEY_OFFSET;
		break;
	case DW_AT_specification:
		ret->specification = key_of(value);
		break;
	case DW_AT_type:
		ret->type = key_of(value);
		break;
	case DW_AT_signature:
		ret->signed_type = key_of(value);
		break;
	case DW_AT_location:
		ret->place = value->bytes;
		ret->place_size = value->size;
		break;
	case DW_AT_low_pc:
		ret->has_low = value->kind == CW_VALUE_ADDRESS;
		ret->low = value->number;
		break;
	case DW_AT_high_pc:
		ret->has_high = true;
		ret->high_is_size = value->kind != CW_VALUE_ADDRESS;
		ret->high = value->number;
		break;
	case DW_AT_declaration:
		ret->is_declaration = value->number != 0;
		break;
	case DW_AT_external:
		ret->is_external = value->number != 0;
		break;
	case CW_AT_GO_RUNTIME_TYPE:
		ret->go_type = value->number;
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
	case DW_AT_signature:
	case DW_AT_location:
	case DW_AT_low_pc:
	case DW_AT_high_pc:
	case DW_AT_declaration:
	case DW_AT_external:
	case CW_AT_GO_RUNTIME_TYPE:
		return true;
	}
	return false;
}

static void value_skip(struct cw_scan *scan,
		       const struct cw_abbrev_attribute *attribute)
{
	if (attribute->size != CW_SIZE_VARIES)
		cw_cursor_bytes(&scan->cursor, attribute->size);
	else if (!cw_form_skip(&scan->cursor, scan->head->format,
			       attribute->form))
		scan->cursor.is_bad = true;
}

void cw_scan_values_read(struct cw_scan *scan, const struct cw_abbrev *abbrev,
			 struct cw_scan_values *ret)
{
	const struct cw_abbrev_attribute *attribute =
		&scan->abbrevs->attributes.items[abbrev->first];

	*ret = (struct cw_scan_values){0};
	for (uint32_t i = 0; i < abbrev->num && !scan->cursor.is_bad;
	     i++, attribute++) {
		struct cw_value value;
		if (!is_of_interest(attribute->name)) {
			value_skip(scan, attribute);
			continue;
		}
		cw_form_read(scan->head, &scan->cursor, attribute, &value);
		value_use(attribute->name, &value, ret);
	}
}

uint64_t cw_scan_values_skip(struct cw_scan *scan,
			     const struct cw_abbrev *abbrev)
{
	const struct cw_abbrev_attribute *attribute =
		&scan->abbrevs->attributes.items[abbrev->first];
	uint64_t sibling = 0;

	if (abbrev->size != CW_SIZE_VARIES && !abbrev->has_sibling) {
		cw_cursor_bytes(&scan->cursor, abbrev->size);
		return 0;
	}
	for (uint32_t i = 0; i < abbrev->num && !scan->cursor.is_bad;
	     i++, attribute++) {
		struct cw_value value;
		if (attribute->name != DW_AT_sibling) {
			value_skip(scan, attribute);
			continue;
		}
		cw_form_read(scan->head, &scan->cursor, attribute, &value);
		sibling = key_of(&value) & CW_KEY_OFFSET;
	}
	return scan->cursor.is_bad ? 0 : sibling;
}

/* Goes to the sibling of the DIE whose values are next, if it says where. */
static bool sibling_go(struct cw_scan *scan, const struct cw_abbrev *abbrev)
{
	struct cw_cursor cursor = scan->cursor;

	if (abbrev->sibling_at == CW_SIZE_VARIES)
		return false;
	cw_cursor_bytes(&cursor, abbrev->sibling_at);
	uint64_t offset = cw_cursor_fixed(&cursor, 4);
	return !cursor.is_bad && cw_scan_go(scan, scan->head->start + offset);
}

void cw_scan_skip(struct cw_scan *scan, const struct cw_abbrev *abbrev)
{
	uint64_t depth = 0;

	for (;;) {
		if (!abbrev) {
			depth--;
		} else if (!abbrev->has_children) {
			cw_scan_values_skip(scan, abbrev);
		} else if (!sibling_go(scan, abbrev)) {
			uint64_t sibling = cw_scan_values_skip(scan, abbrev);
			if (!cw_scan_go(scan, sibling))
				depth++;
		}
		if (depth == 0 || scan->cursor.is_bad ||
		    cw_cursor_left(&scan->cursor) == 0)
			return;
		abbrev = cw_scan_abbrev(scan);
	}
}

/* What the DIE of a unit says besides. */
static void unit_value_use(struct cw_unit_head *head, unsigned name,
			   const struct cw_value *value,
			   struct cw_scan_values *ret)
{
	switch (name) {
	case DW_AT_dwo_name:
	case DW_AT_GNU_dwo_name:
		ret->split_name = text_of(value);
		break;
	case DW_AT_comp_dir:
		ret->directory = text_of(value);
		break;
	case DW_AT_GNU_dwo_id:
		ret->split_id = value->number;
		break;
	case DW_AT_language:
		head->language = value->number;
		break;
	case DW_AT_low_pc:
		if (value->kind == CW_VALUE_ADDRESS)
			head->low = value->number;
		break;
	case DW_AT_str_offsets_base:
		head->string_offsets_base = value->number;
		break;
	case DW_AT_addr_base:
	case DW_AT_GNU_addr_base:
		head->address_base = value->number;
		break;
	case DW_AT_rnglists_base:
		head->range_lists_base = value->number;
		break;
	case DW_AT_loclists_base:
		head->location_lists_base = value->number;
		break;
	}
}

bool cw_scan_init(struct cw_scan *scan, struct cw_unit_head *head,
		  const struct cw_abbrev_table *abbrevs,
		  struct cw_scan_values *ret)
{
	*scan = (struct cw_scan){.head = head, .abbrevs = abbrevs};
	*ret = (struct cw_scan_values){0};
	/* Bases may come behind the strings that need them. */
	for (int pass = 0; pass < 2; pass++) {
		scan->cursor =
			(struct cw_cursor){head->section + head->die,
					   head->section + head->end, false};
		const struct cw_abbrev *abbrev = cw_scan_abbrev(scan);
		if (!abbrev)
			return false;
		const struct cw_abbrev_attribute *attribute =
			&abbrevs->attributes.items[abbrev->first];
		for (uint32_t i = 0; i < abbrev->num && !scan->cursor.is_bad;
		     i++, attribute++) {
			struct cw_value value;
			cw_form_read(head, &scan->cursor, attribute, &value);
			unit_value_use(head, attribute->name, &value, ret);
		}
	}
	return !scan->cursor.is_bad;
}

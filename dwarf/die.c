#include "dwarf/die.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/search.h"

static void units_find(struct cw_die_units *units, struct cw_library *library,
		       bool is_info)
{
	struct cw_unit_head head;
	uint64_t offset = 0, num_errors = library->num_errors;

	while (cw_unit_head_read(&head, library, is_info, offset)) {
		if (!head.is_bad)
			*cw_array_push(&units->items) =
				(struct cw_die_unit){.head = head};
		offset = head.end;
	}
	/* The index has counted them. */
	library->num_errors = num_errors;
}

struct cw_die_units *cw_library_die_units(struct cw_library *library)
{
	if (!library->units) {
		library->units = cw_alloc(sizeof(*library->units));
		units_find(library->units, library, true);
		units_find(library->units, library, false);
	}
	return library->units;
}

void cw_die_units_destroy(struct cw_die_units *units)
{
	if (!units)
		return;
	cw_array_foreach(unit, &units->items)
		cw_abbrev_table_deinit(&unit->abbrevs);
	cw_array_deinit(&units->items);
	free(units);
}

/* False: it is damaged. */
static bool unit_need(struct cw_die_unit *unit)
{
	struct cw_unit_head *head = &unit->head;
	struct cw_scan_values values;
	struct cw_scan scan;

	if (!unit->is_open) {
		unit->is_open = true;
		if (!cw_abbrev_table_read(&unit->abbrevs,
					  cw_head_abbrevs(head->library),
					  head->abbrevs, head->format) ||
		    !cw_scan_init(&scan, head, &unit->abbrevs, &values)) {
			head->library->num_errors++;
			head->is_bad = true;
		}
	}
	return !head->is_bad;
}

static bool unit_has(const struct cw_die_unit *unit, uint64_t key)
{
	/* Of the other section: beyond any end. */
	uint64_t offset = key ^ unit->head.key_flag;

	return offset >= unit->head.die && offset < unit->head.end;
}

struct cw_die_unit *cw_library_unit_at(struct cw_library *library, uint64_t key)
{
	struct cw_die_units *units = cw_library_die_units(library);
	const struct cw_die_unit *all = units->items.items;

	/* Most often it is the one that had the last. */
	if (units->last && unit_has(units->last, key))
		return units->last;
	size_t low = cw_search_first(
		i, 0, units->items.num,
		(all[i].head.start | all[i].head.key_flag) <= key);
	if (low == 0 || !unit_has(&all[low - 1], key))
		return NULL;
	units->last = &units->items.items[low - 1];
	return units->last;
}

static struct cw_scan scan_at(const struct cw_die_unit *unit,
			      const unsigned char *at)
{
	/* Only cw_scan_init() changes a head. */
	return (struct cw_scan){
		.head = (struct cw_unit_head *)&unit->head,
		.abbrevs = &unit->abbrevs,
		.cursor = {at, unit->head.section + unit->head.end, false},
	};
}

struct cw_scan cw_die_scan(const struct cw_die *die)
{
	const struct cw_unit_head *head = &die->unit->head;

	return scan_at(die->unit, head->section + (die->key & ~head->key_flag));
}

/* The DIE that comes next; false: it is a null entry, or damaged. */
static bool die_here(struct cw_scan *scan, const struct cw_die_unit *unit,
		     struct cw_die *ret)
{
	uint64_t key = cw_scan_key(scan);
	const struct cw_abbrev *abbrev = NULL;

	if (!scan->cursor.is_bad && cw_cursor_left(&scan->cursor) > 0)
		abbrev = cw_scan_abbrev(scan);
	if (scan->cursor.is_bad)
		unit->head.library->num_errors++;
	if (!abbrev)
		return false;
	*ret = (struct cw_die){unit, abbrev, scan->cursor.at, key};
	return true;
}

bool cw_die_at(struct cw_library *library, uint64_t key, struct cw_die *ret)
{
	struct cw_die_unit *unit;

	if (key == 0)
		return false;
	unit = cw_library_unit_at(library, key);
	if (!unit || !unit_need(unit)) {
		library->num_errors++;
		return false;
	}
	uint64_t offset = key & ~unit->head.key_flag;
	struct cw_scan scan = scan_at(unit, unit->head.section + offset);
	return die_here(&scan, unit, ret);
}

bool cw_die_child(const struct cw_die *die, struct cw_die *ret)
{
	struct cw_scan scan = scan_at(die->unit, die->values);

	if (!die->abbrev->has_children)
		return false;
	cw_scan_values_skip(&scan, die->abbrev);
	return die_here(&scan, die->unit, ret);
}

bool cw_die_next(struct cw_die *die)
{
	struct cw_scan scan = scan_at(die->unit, die->values);

	cw_scan_skip(&scan, die->abbrev);
	return die_here(&scan, die->unit, die);
}

void cw_attributes_init(struct cw_attributes *attributes,
			const struct cw_die *die)
{
	const struct cw_unit_head *head = &die->unit->head;

	*attributes = (struct cw_attributes){
		.die = die,
		.cursor = {die->values, head->section + head->end, false},
	};
}

bool cw_attributes_next(struct cw_attributes *attributes, unsigned *ret_name,
			struct cw_value *ret)
{
	const struct cw_die *die = attributes->die;

	if (attributes->num_read == die->abbrev->num ||
	    attributes->cursor.is_bad)
		return false;
	const struct cw_abbrev_attribute *attribute =
		&die->unit->abbrevs.attributes
			 .items[die->abbrev->first + attributes->num_read++];
	cw_form_read(&die->unit->head, &attributes->cursor, attribute, ret);
	if (ret->kind == CW_VALUE_NONE && attribute->form != DW_FORM_ref_sig8)
		die->unit->head.library->num_errors++;
	*ret_name = attribute->name;
	return !attributes->cursor.is_bad;
}

void cw_attributes_skip(struct cw_attributes *attributes)
{
	const struct cw_die *die = attributes->die;
	const struct cw_abbrev_attribute *attribute =
		&die->unit->abbrevs.attributes
			 .items[die->abbrev->first + attributes->num_read++];

	if (attribute->size != CW_SIZE_VARIES)
		cw_cursor_bytes(&attributes->cursor, attribute->size);
	else if (!cw_form_skip(&attributes->cursor, die->unit->head.format,
			       attribute->form))
		attributes->cursor.is_bad = true;
}

/* Its place among the attributes; @die's number of them: it has none. */
static uint32_t attribute_place(const struct cw_die *die, unsigned name)
{
	const struct cw_abbrev_attribute *all =
		&die->unit->abbrevs.attributes.items[die->abbrev->first];
	uint32_t i = 0;

	while (i < die->abbrev->num && all[i].name != name)
		i++;
	return i;
}

bool cw_die_has(const struct cw_die *die, unsigned attribute)
{
	return attribute_place(die, attribute) < die->abbrev->num;
}

static void value_find(const struct cw_die *die, unsigned name,
		       struct cw_value *ret)
{
	uint32_t place = attribute_place(die, name);
	struct cw_attributes attributes;
	unsigned found;

	*ret = (struct cw_value){0};
	if (place == die->abbrev->num)
		return;
	cw_attributes_init(&attributes, die);
	while (attributes.num_read < place)
		cw_attributes_skip(&attributes);
	cw_attributes_next(&attributes, &found, ret);
}

const char *cw_value_text(const struct cw_value *value)
{
	if (value->kind != CW_VALUE_STRING || value->bytes[0] == 0)
		return NULL;
	return (const char *)value->bytes;
}

bool cw_value_number(const struct cw_value *value, uint64_t *ret)
{
	if (value->kind != CW_VALUE_NUMBER && value->kind != CW_VALUE_SIGNED)
		return false;
	*ret = value->number;
	return true;
}

bool cw_value_wide_number(const struct cw_value *value, unsigned __int128 *ret)
{
	switch (value->kind) {
	case CW_VALUE_NUMBER:
		*ret = value->number;
		return true;
	case CW_VALUE_SIGNED:
		*ret = (__int128)(int64_t)value->number;
		return true;
	case CW_VALUE_BYTES:
		if (value->size > sizeof(*ret))
			return false;
		*ret = 0;
		memcpy(ret, value->bytes, value->size);
		return true;
	default:
		return false;
	}
}

bool cw_value_reference(const struct cw_value *value, uint64_t *ret)
{
	if (value->kind != CW_VALUE_REFERENCE)
		return false;
	*ret = value->number;
	return true;
}

static const char *string_of(const struct cw_die *die, unsigned attribute)
{
	struct cw_value value;

	value_find(die, attribute, &value);
	return cw_value_text(&value);
}

const char *cw_die_name(const struct cw_die *die)
{
	return string_of(die, DW_AT_name);
}

const char *cw_die_linkage_name(const struct cw_die *die)
{
	const char *name = string_of(die, DW_AT_linkage_name);

	return name ? name : string_of(die, DW_AT_MIPS_linkage_name);
}

bool cw_die_flag(const struct cw_die *die, unsigned attribute)
{
	struct cw_value value;

	value_find(die, attribute, &value);
	return value.kind == CW_VALUE_FLAG && value.number;
}

bool cw_die_number(const struct cw_die *die, unsigned attribute, uint64_t *ret)
{
	struct cw_value value;

	value_find(die, attribute, &value);
	return cw_value_number(&value, ret);
}

bool cw_die_offset(const struct cw_die *die, unsigned attribute, uint64_t *ret)
{
	struct cw_value value;

	value_find(die, attribute, &value);
	if (value.kind != CW_VALUE_OFFSET)
		return cw_value_number(&value, ret);
	*ret = value.number;
	return true;
}

bool cw_die_reference(const struct cw_die *die, unsigned attribute,
		      uint64_t *ret_key)
{
	struct cw_value value;

	value_find(die, attribute, &value);
	return cw_value_reference(&value, ret_key);
}

bool cw_die_block(const struct cw_die *die, unsigned attribute,
		  const unsigned char **ret, uint64_t *ret_size)
{
	struct cw_value value;

	value_find(die, attribute, &value);
	if (value.kind != CW_VALUE_BYTES)
		return false;
	*ret = value.bytes;
	*ret_size = value.size;
	return true;
}

#include "dwarf/unit.h"

#include <stdlib.h>

#include "base/memory.h"

enum {
	MAX_DEPTH = 4096,
};

static bool language_is_c(uint64_t language)
{
	return language == DW_LANG_C89 || language == DW_LANG_C ||
	       language == DW_LANG_C99 || language == DW_LANG_C11 ||
	       language == 0x2c; /* C17 */
}

static void unit_read_bases(struct cw_library *library, Dwarf_Die die,
			    struct cw_unit *unit)
{
	struct cw_attribute_list list;
	uint64_t language = 0;

	/* Behind the header of the one table, where nothing else is said. */
	unit->address_base = 2 * unit->offset_size;
	cw_attribute_list_init(&list, library, die);
	for (Dwarf_Signed i = 0; i < list.num; i++) {
		struct cw_value value;
		uint64_t *base;
		switch (cw_attribute_name(list.items[i])) {
		case DW_AT_language:
			base = &language;
			break;
		case DW_AT_low_pc:
			base = &unit->base;
			break;
		case DW_AT_addr_base:
		case DW_AT_GNU_addr_base:
			base = &unit->address_base;
			break;
		case DW_AT_rnglists_base:
			base = &unit->range_lists_base;
			break;
		case DW_AT_loclists_base:
			base = &unit->location_lists_base;
			break;
		default:
			continue;
		}
		if (cw_attribute_value(library, die, list.items[i], &value))
			*base = value.number;
	}
	cw_attribute_list_deinit(&list, library);
	unit->is_c = language_is_c(language);
}

bool cw_unit_read(struct cw_library *library, Dwarf_Die die,
		  struct cw_unit *ret)
{
	Dwarf_Error err = NULL;
	Dwarf_Half version, offset_size;
	Dwarf_Off start, size;

	int status = dwarf_die_CU_offset_range(die, &start, &size, &err);
	if (!cw_library_is_ok(library, status, &err) ||
	    dwarf_get_version_of_die(die, &version, &offset_size) != DW_DLV_OK)
		return false;
	*ret = (struct cw_unit){
		.sections = library->sections,
		.key = cw_die_key(die),
		.end = start + size,
		.version = version,
		.offset_size = offset_size == 8 ? 8 : 4,
	};
	unit_read_bases(library, die, ret);
	return true;
}

static void unit_add(struct cw_units *units, Dwarf_Die die)
{
	struct cw_unit unit;

	if (!cw_unit_read(&units->file->library, die, &unit))
		return;
	if (units->items.num &&
	    unit.key <= units->items.items[units->items.num - 1].key)
		return;
	*cw_array_push(&units->items) = unit;
}

struct cw_units *cw_units_create(struct cw_debug_file *file)
{
	struct cw_units *units = cw_alloc(sizeof(*units));
	Dwarf_Die die;

	units->file = file;
	cw_map_init(&units->single_numbers);
	*cw_array_push(&units->single_codes) = (struct cw_unit_code){0};
	while (cw_library_next_unit(&file->library, true, &die)) {
		unit_add(units, die);
		cw_die_free(die);
	}
	return units;
}

void cw_units_destroy(struct cw_units *units)
{
	if (!units)
		return;
	cw_array_foreach(unit, &units->items) cw_unit_drop(units, unit);
	cw_array_deinit(&units->items);
	cw_map_deinit(&units->single_numbers);
	cw_array_foreach(single, &units->singles) free(*single);
	cw_array_deinit(&units->singles);
	cw_array_deinit(&units->single_codes);
	free(units);
}

struct cw_unit *cw_units_find(struct cw_units *units, uint64_t key)
{
	size_t low = 0, high = units->items.num;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (units->items.items[middle].key <= key)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == 0 || key >= units->items.items[low - 1].end)
		return NULL;
	return &units->items.items[low - 1];
}

/* A DIE whose children are being looked at. */
struct level {
	Dwarf_Die die;
	uint32_t entry;
};

struct load {
	struct cw_units *units;
	struct cw_unit *unit;
	struct cw_library *library;
	CW_ARRAY(struct level) levels;
	uint64_t last_key;
};

enum interest {
	PASSED_OVER,
	NOTED,
	NOTED_WITH_CHILDREN,
	ONLY_CHILDREN,
};

static enum interest interest_in(unsigned tag, bool is_in_function)
{
	switch (tag) {
	case DW_TAG_subprogram:
	case DW_TAG_namespace:
	case DW_TAG_module:
		return NOTED_WITH_CHILDREN;
	case DW_TAG_lexical_block:
	case DW_TAG_try_block:
	case DW_TAG_catch_block:
	case DW_TAG_with_stmt:
	case DW_TAG_inlined_subroutine:
	case DW_TAG_call_site:
	case DW_TAG_GNU_call_site:
		return is_in_function ? NOTED_WITH_CHILDREN : PASSED_OVER;
	case DW_TAG_formal_parameter:
	case DW_TAG_unspecified_parameters:
	case DW_TAG_variable:
	case DW_TAG_call_site_parameter:
	case DW_TAG_GNU_call_site_parameter:
		return is_in_function ? NOTED : PASSED_OVER;
	case DW_TAG_GNU_formal_parameter_pack:
		return is_in_function ? ONLY_CHILDREN : PASSED_OVER;
	case DW_TAG_structure_type:
	case DW_TAG_class_type:
	case DW_TAG_union_type:
		/* Methods of local classes may be defined in place. */
		return is_in_function ? NOTED_WITH_CHILDREN : PASSED_OVER;
	}
	return PASSED_OVER;
}

static bool is_in_function(const struct load *load)
{
	const struct level *level = &load->levels.items[load->levels.num - 1];
	unsigned tag = load->unit->entries.items[level->entry].tag;

	return tag && tag != DW_TAG_namespace && tag != DW_TAG_module;
}

static uint32_t entry_note(struct load *load, Dwarf_Die die, uint64_t key,
			   unsigned tag)
{
	struct cw_unit *unit = load->unit;
	struct cw_unit_code code = {0};
	struct cw_unit_entry entry = {
		.key = key,
		.tag = tag,
		.parent = load->levels.items[load->levels.num - 1].entry,
	};
	uint32_t number = unit->entries.num;

	if (cw_unit_entry_read(load->library, die, &entry, &code)) {
		entry.code = unit->codes.num;
		*cw_array_push(&unit->codes) = code;
	}
	entry.end = number + 1;
	*cw_array_push(&unit->entries) = entry;
	return number;
}

/* Takes note of @die; when its children are wanted, goes there. */
static bool load_visit(struct load *load, Dwarf_Die *die, uint64_t key)
{
	unsigned tag = cw_die_tag(*die);
	enum interest interest = interest_in(tag, is_in_function(load));
	uint32_t number = load->levels.items[load->levels.num - 1].entry;
	Dwarf_Die child;

	if (interest == PASSED_OVER)
		return false;
	if (interest != ONLY_CHILDREN)
		number = entry_note(load, *die, key, tag);
	if (interest == NOTED || !cw_die_child(load->library, *die, &child))
		return false;
	if (load->levels.num == MAX_DEPTH) {
		load->units->num_too_deep++;
		cw_die_free(child);
		return false;
	}
	*cw_array_push(&load->levels) = (struct level){*die, number};
	*die = child;
	return true;
}

static void load_run(struct load *load, Dwarf_Die die)
{
	struct cw_unit_entry *entry;

	for (;;) {
		uint64_t key = cw_die_key(die);
		if (key <= load->last_key) {
			load->library->num_errors++;
			cw_die_free(die);
			return;
		}
		load->last_key = key;
		if (load_visit(load, &die, key))
			continue;
		while (!cw_die_next(load->library, &die)) {
			if (load->levels.num == 1)
				return;
			struct level *level =
				&load->levels.items[--load->levels.num];
			entry = &load->unit->entries.items[level->entry];
			entry->end = load->unit->entries.num;
			die = level->die;
		}
	}
}

static void concretes_note(struct cw_unit *unit)
{
	for (size_t i = 1; i < unit->entries.num; i++) {
		const struct cw_unit_entry *entry = &unit->entries.items[i];
		if (entry->tag == DW_TAG_subprogram && entry->origin &&
		    cw_unit_code_is_there(&unit->codes.items[entry->code]))
			cw_map_place(&unit->concretes, entry->origin, i);
	}
}

void cw_unit_load(struct cw_units *units, struct cw_unit *unit)
{
	struct load load = {
		.units = units,
		.unit = unit,
		.library = &units->file->library,
	};
	Dwarf_Die die, child;

	if (unit->is_loaded)
		return;
	unit->is_loaded = true;
	*cw_array_push(&unit->codes) = (struct cw_unit_code){0};
	*cw_array_push(&unit->entries) = (struct cw_unit_entry){
		.key = unit->key,
	};
	cw_map_init(&unit->concretes);
	if (!cw_die_at(load.library, unit->key, &die))
		return;
	load.last_key = unit->key;
	*cw_array_push(&load.levels) = (struct level){die, 0};
	if (cw_die_child(load.library, die, &child))
		load_run(&load, child);
	/* More than the first are left when the file is damaged. */
	while (load.levels.num > 0) {
		struct level *level = &load.levels.items[--load.levels.num];
		unit->entries.items[level->entry].end = unit->entries.num;
		cw_die_free(level->die);
	}
	cw_array_deinit(&load.levels);
	concretes_note(unit);
	units->num_loaded += unit->entries.num;
}

void cw_unit_drop(struct cw_units *units, struct cw_unit *unit)
{
	if (!unit->is_loaded)
		return;
	units->num_loaded -= unit->entries.num;
	cw_array_deinit(&unit->entries);
	cw_array_deinit(&unit->codes);
	cw_map_deinit(&unit->concretes);
	unit->is_loaded = false;
}

const struct cw_unit_entry *cw_unit_entry_at(const struct cw_unit *unit,
					     uint64_t key)
{
	const struct cw_unit_entry *all = unit->entries.items;
	size_t low = 0, high = unit->entries.num;

	if (key < unit->key || key >= unit->end)
		return NULL;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (all[middle].key < key)
			low = middle + 1;
		else
			high = middle;
	}
	if (low < unit->entries.num && all[low].key == key)
		return &all[low];
	return NULL;
}

static const struct cw_unit_entry *single_read(struct cw_units *units,
					       uint64_t key)
{
	uint64_t own_key = key;
	struct cw_library *library =
		cw_library_of(&units->file->library, &own_key);
	cw_cleanup_die Dwarf_Die die = NULL;
	struct cw_unit_code code = {0};

	if (!cw_die_at(library, own_key, &die))
		return NULL;
	struct cw_unit_entry *entry = cw_alloc(sizeof(*entry));
	entry->key = key;
	entry->tag = cw_die_tag(die);
	if (cw_unit_entry_read(library, die, entry, &code)) {
		entry->code = units->single_codes.num;
		*cw_array_push(&units->single_codes) = code;
	}
	entry->origin = cw_library_key(library, entry->origin);
	entry->type = cw_library_key(library, entry->type);
	cw_map_set(&units->single_numbers, key, units->singles.num);
	*cw_array_push(&units->singles) = entry;
	return entry;
}

const struct cw_unit_entry *
cw_units_entry(struct cw_units *units, const struct cw_unit *unit, uint64_t key)
{
	const struct cw_unit_entry *entry = cw_unit_entry_at(unit, key);
	uint32_t number;

	if (entry)
		return entry;
	if (cw_map_get(&units->single_numbers, key, &number))
		return units->singles.items[number];
	return single_read(units, key);
}

bool cw_unit_has(const struct cw_unit *unit, const struct cw_unit_entry *entry)
{
	return unit->is_loaded && entry >= unit->entries.items &&
	       entry < unit->entries.items + unit->entries.num;
}

const struct cw_unit_code *cw_units_code(const struct cw_units *units,
					 const struct cw_unit *unit,
					 const struct cw_unit_entry *entry)
{
	return cw_unit_has(unit, entry)
		       ? &unit->codes.items[entry->code]
		       : &units->single_codes.items[entry->code];
}

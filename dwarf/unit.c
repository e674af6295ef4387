#include "dwarf/unit.h"

#include <stdlib.h>

#include "base/memory.h"
#include "base/search.h"
#include "dwarf/scan.h"

enum {
	MAX_DEPTH = 4096,
	PAGE_SHIFT = 9,
};

struct cw_units *cw_units_create(struct cw_debug_file *file)
{
	struct cw_units *units = cw_alloc(sizeof(*units));

	units->file = file;
	cw_map_init(&units->single_numbers);
	*cw_array_push(&units->single_codes) = (struct cw_unit_code){0};
	/* Those of .debug_types have no functions. */
	cw_array_foreach(found, &cw_library_die_units(&file->library)->items)
	{
		if (found->head.key_flag)
			break;
		*cw_array_push(&units->items) = (struct cw_unit){
			.key = found->head.die,
			.head = &found->head,
		};
	}
	return units;
}

void cw_units_destroy(struct cw_units *units)
{
	if (!units)
		return;
	cw_array_foreach(unit, &units->items) cw_unit_drop(unit);
	cw_array_deinit(&units->items);
	cw_map_deinit(&units->single_numbers);
	cw_array_foreach(single, &units->singles) free(*single);
	cw_array_deinit(&units->singles);
	cw_array_deinit(&units->single_codes);
	free(units);
}

struct cw_unit *cw_units_find(struct cw_units *units, uint64_t key)
{
	struct cw_library *library = &units->file->library;
	const struct cw_die_unit *found = cw_library_unit_at(library, key);
	size_t number = found ? found - library->units->items.items : 0;

	return found && number < units->items.num ? &units->items.items[number]
						  : NULL;
}

struct load {
	struct cw_units *units;
	struct cw_unit *unit;
	const struct cw_die_unit *die_unit;
	struct cw_scan scan;
	/* Numbers of the entries whose children are being looked at. */
	CW_ARRAY(uint32_t) levels;
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

static uint32_t level_entry(const struct load *load)
{
	return load->levels.items[load->levels.num - 1];
}

static enum interest interest_here(const struct load *load, unsigned tag)
{
	const struct cw_unit *unit = load->unit;
	const struct cw_unit_entry *around =
		&unit->entries.items[level_entry(load)];
	bool is_in_function = around->tag && around->tag != DW_TAG_namespace &&
			      around->tag != DW_TAG_module;

	return interest_in(tag, is_in_function);
}

static uint32_t entry_note(struct load *load, const struct cw_die *die)
{
	struct cw_unit *unit = load->unit;
	struct cw_unit_code code = {0};
	struct cw_unit_entry entry = {
		.key = die->key,
		.tag = cw_die_tag(die),
		.parent = level_entry(load),
	};
	uint32_t number = unit->entries.num;

	if (cw_unit_entry_read(die, &entry, &code)) {
		entry.code = unit->codes.num;
		*cw_array_push(&unit->codes) = code;
	}
	entry.end = number + 1;
	while (unit->pages.num <= (die->key - unit->key) >> PAGE_SHIFT)
		*cw_array_push(&unit->pages) = number;
	*cw_array_push(&unit->entries) = entry;
	return number;
}

/* Takes note of the next DIE; when its children are wanted, goes there. */
static void load_visit(struct load *load, const struct cw_die *die)
{
	enum interest interest = interest_here(load, cw_die_tag(die));
	uint32_t number = level_entry(load);
	bool wants_children =
		interest == NOTED_WITH_CHILDREN || interest == ONLY_CHILDREN;

	if (interest == NOTED || interest == NOTED_WITH_CHILDREN)
		number = entry_note(load, die);
	if (wants_children && load->levels.num == MAX_DEPTH) {
		load->units->num_too_deep++;
		wants_children = false;
	}
	if (!wants_children || !die->abbrev->has_children) {
		cw_scan_skip(&load->scan, die->abbrev);
		return;
	}
	cw_scan_values_skip(&load->scan, die->abbrev);
	*cw_array_push(&load->levels) = number;
}

static void load_run(struct load *load)
{
	struct cw_scan *scan = &load->scan;
	struct cw_unit *unit = load->unit;

	while (load->levels.num && cw_cursor_left(&scan->cursor) > 0) {
		uint64_t key = cw_scan_key(scan);
		const struct cw_abbrev *abbrev = cw_scan_abbrev(scan);
		if (scan->cursor.is_bad) {
			scan->head->library->num_errors++;
			break;
		}
		if (abbrev) {
			load_visit(load,
				   &(struct cw_die){load->die_unit, abbrev,
						    scan->cursor.at, key});
			continue;
		}
		unit->entries.items[level_entry(load)].end = unit->entries.num;
		load->levels.num--;
	}
	/* More are left when the file is damaged. */
	cw_array_foreach(level, &load->levels) unit->entries.items[*level].end =
		unit->entries.num;
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

void cw_unit_turn(struct cw_unit *own, const struct cw_unit *unit)
{
	own->key = unit->key;
	own->head = unit->head;
	own->is_c = own->is_loaded = false;
	own->entries.num = own->codes.num = own->pages.num = 0;
	cw_map_deinit(&own->concretes);
}

void cw_unit_load(struct cw_units *units, struct cw_unit *unit)
{
	struct load load = {.units = units, .unit = unit};
	struct cw_die die, child;

	if (unit->is_loaded)
		return;
	unit->is_loaded = true;
	*cw_array_push(&unit->codes) = (struct cw_unit_code){0};
	*cw_array_push(&unit->pages) = 0;
	*cw_array_push(&unit->entries) = (struct cw_unit_entry){
		.key = unit->key,
		.end = 1,
	};
	cw_map_init(&unit->concretes);
	if (!cw_die_at(&units->file->library, unit->key, &die))
		return;
	unit->is_c = cw_language_is_c(unit->head->language);
	if (!cw_die_child(&die, &child))
		return;
	load.die_unit = die.unit;
	load.scan = cw_die_scan(&child);
	*cw_array_push(&load.levels) = 0;
	load_run(&load);
	cw_array_deinit(&load.levels);
	concretes_note(unit);
}

void cw_unit_drop(struct cw_unit *unit)
{
	if (!unit->is_loaded)
		return;
	cw_array_deinit(&unit->entries);
	cw_array_deinit(&unit->codes);
	cw_array_deinit(&unit->pages);
	cw_map_deinit(&unit->concretes);
	unit->is_loaded = false;
}

const struct cw_unit_entry *cw_unit_entry_at(const struct cw_unit *unit,
					     uint64_t key)
{
	const struct cw_unit_entry *all = unit->entries.items;
	size_t low = 0, high = unit->entries.num;

	if (key < unit->key || key >= unit->head->end)
		return NULL;
	uint64_t page = (key - unit->key) >> PAGE_SHIFT;
	if (page < unit->pages.num)
		low = unit->pages.items[page];
	if (page + 1 < unit->pages.num)
		high = unit->pages.items[page + 1];
	low = cw_search_first(i, low, high, all[i].key < key);
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
	struct cw_die die;
	struct cw_unit_code code = {0};

	if (!cw_die_at(library, own_key, &die))
		return NULL;
	struct cw_unit_entry *entry = cw_alloc(sizeof(*entry));
	entry->key = key;
	entry->tag = cw_die_tag(&die);
	if (cw_unit_entry_read(&die, entry, &code)) {
		entry->code = units->single_codes.num;
		*cw_array_push(&units->single_codes) = code;
	}
	cw_unit_entry_place(entry, library);
	cw_map_set(&units->single_numbers, key, units->singles.num);
	*cw_array_push(&units->singles) = entry;
	return entry;
}

const struct cw_unit_entry *
cw_units_entry(struct cw_units *units, const struct cw_unit *unit, uint64_t key)
{
	const struct cw_unit_entry *entry =
		unit ? cw_unit_entry_at(unit, key) : NULL;
	uint32_t number;

	if (entry)
		return entry;
	if (cw_map_get(&units->single_numbers, key, &number))
		return units->singles.items[number];
	return single_read(units, key);
}

bool cw_unit_has(const struct cw_unit *unit, const struct cw_unit_entry *entry)
{
	return unit && entry >= unit->entries.items &&
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

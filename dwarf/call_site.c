#include "dwarf/call_site.h"

#include <string.h>

#include "base/memory.h"
#include "dwarf/entry_story.h"

/* The register that a location of one operation names. */
static bool register_of(const struct cw_value *location, uint32_t *ret)
{
	if (location->kind != CW_VALUE_BYTES || location->size == 0)
		return false;
	unsigned char op = location->bytes[0];
	if (location->size == 1 && op >= DW_OP_reg0 && op <= DW_OP_reg31) {
		*ret = op - DW_OP_reg0;
		return true;
	}
	if (op != DW_OP_regx)
		return false;
	struct cw_cursor cursor = {location->bytes + 1,
				   location->bytes + location->size, false};
	uint64_t reg = cw_cursor_uleb(&cursor);
	*ret = reg;
	return !cursor.is_bad && cw_cursor_left(&cursor) == 0 && reg == *ret;
}

static void parameters_read(struct cw_function_reader *reader,
			    const struct cw_unit_entry *entry,
			    struct cw_call_site *site)
{
	const struct cw_unit_entry *all = reader->unit->entries.items;

	reader->parameters.num = 0;
	for (uint32_t i = entry - all + 1; i < entry->end; i = all[i].end) {
		const struct cw_unit_code *code =
			&reader->unit->codes.items[all[i].code];
		struct cw_call_parameter parameter = {
			.value = all[i].value.bytes,
			.size = all[i].value.size,
		};
		if (all[i].value.kind != CW_VALUE_BYTES ||
		    !register_of(&code->target, &parameter.reg))
			continue;
		*cw_array_push(&reader->parameters) = parameter;
	}
	size_t size = reader->parameters.num * sizeof(*site->parameters);
	if (size == 0)
		return;
	site->parameters = memcpy(cw_arena_alloc(reader->arena, size),
				  reader->parameters.items, size);
	site->num_parameters = reader->parameters.num;
}

static void callee_read(struct cw_function_reader *reader,
			const struct cw_unit_entry *entry,
			struct cw_call_site *site)
{
	const struct cw_unit *unit = reader->unit;
	struct cw_entry_story story;
	uint32_t number;

	if (!entry->origin)
		return;
	const struct cw_unit_entry *called =
		cw_units_entry(reader->scopes->units, unit, entry->origin);
	if (!called)
		return;
	cw_entry_story_read(reader, called, &story);
	site->callee_name =
		story.linkage_name ? story.linkage_name : story.name;
	if (cw_map_get(&unit->concretes, called->key, &number))
		called = &unit->entries.items[number];
	if (!cw_unit_has(unit, called))
		return;
	reader->ranges.num = 0;
	cw_code_ranges_read(unit->head, &unit->codes.items[called->code],
			    &reader->ranges);
	if (reader->ranges.num)
		site->callee =
			reader->ranges.items[0].start + reader->module->bias;
}

void cw_call_site_read(struct cw_function_reader *reader,
		       const struct cw_unit_entry *entry)
{
	const struct cw_unit_code *code =
		&reader->unit->codes.items[entry->code];
	struct cw_call_site site = {
		.is_tail = entry->flags & CW_ENTRY_TAIL_CALL,
	};

	/* Nothing returns to behind a tail call, so that it may be left out. */
	if (!code->has_low && !site.is_tail)
		return;
	if (code->has_low)
		site.return_pc = code->low + reader->module->bias;
	if (code->target.kind == CW_VALUE_BYTES) {
		site.target = code->target.bytes;
		site.target_size = code->target.size;
	}
	callee_read(reader, entry, &site);
	parameters_read(reader, entry, &site);
	*cw_array_push(&reader->call_sites) = site;
}

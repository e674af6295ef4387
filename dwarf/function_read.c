#include "dwarf/function_read.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "dwarf/call_site.h"
#include "dwarf/entry_story.h"
#include "dwarf/line.h"

void cw_function_reader_deinit(struct cw_function_reader *reader)
{
	cw_array_deinit(&reader->ranges);
	cw_array_deinit(&reader->code_scopes);
	cw_array_deinit(&reader->scope_entries);
	cw_array_deinit(&reader->locals);
	cw_array_deinit(&reader->places);
	cw_array_deinit(&reader->call_sites);
	cw_array_deinit(&reader->parameters);
	cw_array_deinit(&reader->types);
}

/* A copy of the items of an array in the arena. */
#define keep(reader, array)                                                    \
	keep_bytes((reader)->arena, (array)->items,                            \
		   (array)->num * sizeof(*(array)->items))

static void *keep_bytes(struct cw_arena *arena, const void *bytes, size_t size)
{
	if (size == 0)
		return NULL;
	return memcpy(cw_arena_alloc(arena, size), bytes, size);
}

static const struct cw_unit_code *code_of(struct cw_function_reader *reader,
					  const struct cw_unit_entry *entry)
{
	return &reader->unit->codes.items[entry->code];
}

static void scope_read_ranges(struct cw_function_reader *reader,
			      const struct cw_unit_entry *entry,
			      struct cw_code_scope *scope)
{
	reader->ranges.num = 0;
	if (entry->code)
		cw_code_ranges_read(reader->unit->head, code_of(reader, entry),
				    &reader->ranges);
	size_t num = reader->ranges.num;
	if (num == 0)
		return;
	struct cw_code_range *ranges =
		cw_arena_alloc(reader->arena, num * sizeof(*ranges));
	for (size_t i = 0; i < num; i++) {
		ranges[i].start =
			reader->ranges.items[i].start + reader->module->bias;
		ranges[i].end =
			reader->ranges.items[i].end + reader->module->bias;
	}
	scope->ranges = ranges;
	scope->num_ranges = num;
}

static void scope_read_call(struct cw_function_reader *reader,
			    const struct cw_unit_entry *entry,
			    struct cw_code_scope *scope)
{
	const struct cw_unit_code *code = code_of(reader, entry);

	if (entry->origin) {
		const struct cw_unit_entry *called = cw_units_entry(
			reader->scopes->units, reader->unit, entry->origin);
		if (called)
			scope->name = cw_entry_function_name(reader, called);
	}
	scope->call_line = code->call_line;
	if (reader->has_files && code->call_line)
		scope->call_file = cw_line_file(reader->file, reader->unit->key,
						code->call_file);
}

static void scope_add(struct cw_function_reader *reader, uint32_t number,
		      uint32_t parent)
{
	const struct cw_unit_entry *entry =
		&reader->unit->entries.items[number];
	struct cw_code_scope scope = {
		.kind = CW_SCOPE_BLOCK,
		.parent = parent,
	};

	if (entry->tag == DW_TAG_subprogram) {
		scope.kind = CW_SCOPE_FUNCTION;
	} else if (entry->tag == DW_TAG_inlined_subroutine) {
		scope.kind = CW_SCOPE_INLINED;
		scope_read_call(reader, entry, &scope);
	}
	scope_read_ranges(reader, entry, &scope);
	/* A block that says nothing of its code is all of what is around it. */
	if (scope.num_ranges == 0 && scope.kind == CW_SCOPE_BLOCK) {
		scope.ranges = reader->code_scopes.items[parent].ranges;
		scope.num_ranges = reader->code_scopes.items[parent].num_ranges;
	}
	*cw_array_push(&reader->code_scopes) = scope;
	*cw_array_push(&reader->scope_entries) = number;
}

/* The number of a parameter among those that were declared with it. */
static uint32_t order_of(const struct cw_unit *unit,
			 const struct cw_unit_entry *entry)
{
	const struct cw_unit_entry *all = unit->entries.items;
	uint32_t order = 0;

	for (uint32_t i = entry->parent + 1; &all[i] < entry; i = all[i].end)
		order += all[i].tag == DW_TAG_formal_parameter;
	return order;
}

static void constant_read(struct cw_function_reader *reader,
			  const struct cw_value *value, struct cw_local *local)
{
	uint64_t size = cw_type_strip(local->type)->size;

	switch (value->kind) {
	case CW_VALUE_NUMBER:
	case CW_VALUE_SIGNED:
	case CW_VALUE_ADDRESS:
		local->constant = keep_bytes(reader->arena, &value->number,
					     sizeof(value->number));
		local->constant_size = size >= 1 && size < 8 ? size : 8;
		break;
	case CW_VALUE_BYTES:
		local->constant = value->bytes;
		local->constant_size = value->size;
		break;
	case CW_VALUE_STRING:
		local->constant = value->bytes;
		local->constant_size = strlen((const char *)value->bytes);
		break;
	default:
		break;
	}
}

static void places_read(struct cw_function_reader *reader,
			const struct cw_value *value, uint32_t scope)
{
	const unsigned char *expression;
	uint32_t size;

	if (!cw_local_places_read(reader->unit->head, value,
				  reader->module->bias, &reader->ranges,
				  &reader->places, &expression, &size))
		return;
	/* Last, since it is for where the others are not. */
	const struct cw_code_scope *found = &reader->code_scopes.items[scope];
	cw_local_places_add(&reader->places, found->ranges, found->num_ranges,
			    expression, size);
}

static void local_add(struct cw_function_reader *reader,
		      const struct cw_unit_entry *entry, uint32_t scope)
{
	struct cw_entry_story story;

	if (entry->flags & CW_ENTRY_DECLARATION)
		return;
	cw_entry_story_read(reader, entry, &story);
	struct cw_local local = {
		.name = story.name,
		.type = cw_entry_story_type(reader, &story),
		.scope = scope,
		.is_parameter = entry->tag == DW_TAG_formal_parameter,
		.is_artificial = story.flags & CW_ENTRY_ARTIFICIAL,
	};
	if (!local.type)
		local.type = cw_debug_types(reader->debug)->unknown_type;
	if (local.is_parameter)
		local.order = order_of(reader->unit, story.origin);
	const struct cw_unit_entry *placed =
		entry->value.kind == CW_VALUE_NONE ? story.origin : entry;
	if (placed->flags & CW_ENTRY_CONSTANT) {
		constant_read(reader, &placed->value, &local);
	} else if (placed->value.kind != CW_VALUE_NONE) {
		reader->places.num = 0;
		places_read(reader, &placed->value, scope);
		local.places = keep(reader, &reader->places);
		local.num_places = reader->places.num;
	}
	*cw_array_push(&reader->locals) = local;
}

static bool tag_is_scope(unsigned tag)
{
	return tag == DW_TAG_inlined_subroutine ||
	       cw_tag_is_function_block(tag);
}

/* Scopes, parents before children, and what is directly in each. */
static void scopes_read(struct cw_function_reader *reader, uint32_t function)
{
	const struct cw_unit_entry *all = reader->unit->entries.items;

	scope_add(reader, function, 0);
	for (uint32_t scope = 0; scope < reader->code_scopes.num; scope++) {
		uint32_t number = reader->scope_entries.items[scope];
		for (uint32_t i = number + 1; i < all[number].end;
		     i = all[i].end) {
			if (tag_is_scope(all[i].tag))
				scope_add(reader, i, scope);
			else if (all[i].tag == DW_TAG_formal_parameter ||
				 all[i].tag == DW_TAG_variable)
				local_add(reader, &all[i], scope);
			else if (cw_tag_is_call_site(all[i].tag))
				cw_call_site_read(reader, &all[i]);
		}
	}
}

/* Whether "..." is among the parameters of @number. */
static bool is_variadic(const struct cw_unit *unit, uint32_t number)
{
	const struct cw_unit_entry *all = unit->entries.items;

	for (uint32_t i = number + 1; i < all[number].end; i = all[i].end)
		if (all[i].tag == DW_TAG_unspecified_parameters)
			return true;
	return false;
}

static int compare_sites(const void *left, const void *right)
{
	const struct cw_call_site *a = left, *b = right;

	return (a->return_pc > b->return_pc) - (a->return_pc < b->return_pc);
}

const struct cw_function *cw_function_read(struct cw_function_reader *reader,
					   uint32_t number)
{
	const struct cw_unit_entry *entry =
		&reader->unit->entries.items[number];
	struct cw_entry_story story;

	reader->code_scopes.num = 0;
	reader->scope_entries.num = 0;
	reader->locals.num = 0;
	reader->call_sites.num = 0;
	if (!cw_unit_code_is_there(code_of(reader, entry)))
		return NULL;
	scopes_read(reader, number);
	if (reader->code_scopes.items[0].num_ranges == 0)
		return NULL;
	if (reader->call_sites.num)
		qsort(reader->call_sites.items, reader->call_sites.num,
		      sizeof(*reader->call_sites.items), compare_sites);

	cw_entry_story_read(reader, entry, &story);
	uint32_t origin = story.origin - reader->unit->entries.items;
	struct cw_function *function =
		cw_arena_alloc(reader->arena, sizeof(*function));
	*function = (struct cw_function){
		.name = cw_entry_function_name(reader, entry),
		.linkage_name = story.linkage_name,
		.module = reader->module,
		.unit = reader->unit->key,
		.file = reader->file->library.number,
		.entry = reader->code_scopes.items[0].ranges[0].start,
		.return_type = cw_entry_story_type(reader, &story),
		.is_noreturn = story.flags & CW_ENTRY_NORETURN,
		.is_variadic = is_variadic(reader->unit, number) ||
			       is_variadic(reader->unit, origin),
		.is_prototyped = !reader->unit->is_c ||
				 story.flags & CW_ENTRY_PROTOTYPED,
		.num_scopes = reader->code_scopes.num,
		.num_locals = reader->locals.num,
		.num_call_sites = reader->call_sites.num,
		.scopes = keep(reader, &reader->code_scopes),
		.locals = keep(reader, &reader->locals),
		.call_sites = keep(reader, &reader->call_sites),
	};
	if (entry->value.kind == CW_VALUE_BYTES) {
		function->frame_base = entry->value.bytes;
		function->frame_base_size = entry->value.size;
	}
	return function;
}

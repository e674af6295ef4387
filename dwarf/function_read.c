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
	if (reader->parts & CW_FUNCTION_FILES && code->call_line)
		scope->call_file = cw_line_file(reader->file, reader->unit->key,
						code->call_file);
}

/* The scope with its ranges: its own, or of a block that says nothing of its
 * code those of what is around it. */
static const struct cw_code_scope *
ranges_need(struct cw_function_reader *reader, uint32_t number)
{
	struct cw_code_scope *all = reader->code_scopes.items;
	uint32_t around = number;

	while (all[around].num_ranges == 0) {
		uint32_t entry = reader->scope_entries.items[around];
		scope_read_ranges(reader, &reader->unit->entries.items[entry],
				  &all[around]);
		if (around == all[around].parent ||
		    all[around].kind != CW_SCOPE_BLOCK)
			break;
		if (all[around].num_ranges == 0)
			around = all[around].parent;
	}
	all[number].ranges = all[around].ranges;
	all[number].num_ranges = all[around].num_ranges;
	return &all[number];
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
		if (reader->parts)
			scope_read_call(reader, entry, &scope);
	}
	*cw_array_push(&reader->code_scopes) = scope;
	*cw_array_push(&reader->scope_entries) = number;
	if (reader->parts || entry->tag == DW_TAG_subprogram)
		ranges_need(reader, reader->code_scopes.num - 1);
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

static void place_add(struct cw_function_reader *reader, cw_addr start,
		      cw_addr end, const unsigned char *expression,
		      uint32_t size)
{
	*cw_array_push(&reader->places) =
		(struct cw_local_place){start, end, expression, size};
}

/* What is everywhere is in each range of its scope. */
static void places_add_all(struct cw_function_reader *reader,
			   const struct cw_code_scope *scope,
			   const unsigned char *expression, uint32_t size)
{
	for (uint32_t i = 0; i < scope->num_ranges; i++)
		place_add(reader, scope->ranges[i].start, scope->ranges[i].end,
			  expression, size);
}

static void places_read(struct cw_function_reader *reader,
			const struct cw_value *value, uint32_t scope)
{
	if (value->kind == CW_VALUE_BYTES) {
		if (value->size)
			places_add_all(reader, ranges_need(reader, scope),
				       value->bytes, value->size);
		return;
	}
	reader->ranges.num = 0;
	cw_location_list_read(reader->unit->head, value, &reader->ranges);
	const struct cw_address_range *others = NULL;
	for (size_t i = 0; i < reader->ranges.num; i++) {
		const struct cw_address_range *range = &reader->ranges.items[i];
		if (range->end == UINT64_MAX)
			others = range;
		else
			place_add(reader, range->start + reader->module->bias,
				  range->end + reader->module->bias,
				  range->expression, range->size);
	}
	/* Last, since it is for where the others are not. */
	if (others)
		places_add_all(reader, ranges_need(reader, scope),
			       others->expression, others->size);
}

static bool is_number(const struct cw_type *type)
{
	type = cw_type_strip(type);
	return type->kind == CW_TYPE_BASE || type->kind == CW_TYPE_ENUM;
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
	if (!reader->parts && is_number(local.type) &&
	    (scope != 0 || !local.is_parameter))
		return;
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
			else if (cw_tag_is_call_site(all[i].tag) &&
				 reader->parts & CW_FUNCTION_DETAILS)
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
		.name = reader->parts & CW_FUNCTION_DETAILS
				? cw_entry_function_name(reader, entry)
				: NULL,
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

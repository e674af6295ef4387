#include "golang/type.h"

#include <string.h>

#include "golang/type_make.h"

enum {
	MAX_TYPES = 1 << 20,
	MAX_SEARCH = 1 << 30, /* bytes of a segment */
};

#define NO_TYPE UINT32_MAX

void cw_go_types_init(struct cw_go_types *types, const struct cw_go *go)
{
	*types = (struct cw_go_types){.go = go && !go->problem ? go : NULL};
	cw_map_init(&types->numbers);
	cw_map_init(&types->pointers);
}

void cw_go_types_deinit(struct cw_go_types *types)
{
	cw_map_deinit(&types->numbers);
	cw_map_deinit(&types->pointers);
	cw_array_deinit(&types->items);
	cw_array_deinit(&types->made);
}

static const struct cw_type *
described_as(const struct cw_go *go, const struct cw_go_descriptor *descriptor)
{
	const struct cw_type *type = cw_debug_go_type(
		go->debug, go->module, descriptor->address - go->types);

	if (!type)
		return NULL;
	type = cw_type_strip(type);
	return type->size == descriptor->size ? type : NULL;
}

/* Adds the type, not yet made of anything. */
static uint32_t type_add(struct cw_go_types *types, cw_addr address)
{
	struct cw_go_descriptor descriptor;
	uint32_t number;

	if (cw_map_get(&types->numbers, address, &number))
		return number;
	number = NO_TYPE;
	if (types->items.num < MAX_TYPES &&
	    cw_go_descriptor_read(types->go, address, &descriptor)) {
		const struct cw_type *type =
			described_as(types->go, &descriptor);
		struct cw_type *made =
			type ? NULL : cw_go_type_shell(types, &descriptor);

		number = types->items.num;
		*cw_array_push(&types->items) = (struct cw_go_type){
			.descriptor = address,
			.size = descriptor.size,
			.is_direct = descriptor.is_direct,
			.type = type ? type : made,
		};
		*cw_array_push(&types->made) = made;
	}
	cw_map_set(&types->numbers, address, number);
	return number;
}

/* Those that the type is made of. */
static void parts_add(struct cw_go_types *types, cw_addr address)
{
	struct cw_go_descriptor descriptor;
	struct cw_go_part part;

	if (!cw_go_descriptor_read(types->go, address, &descriptor))
		return;
	const cw_addr parts[] = {descriptor.element, descriptor.key,
				 descriptor.part};
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (parts[i])
			type_add(types, parts[i]);
	if (descriptor.kind != CW_GO_KIND_STRUCT)
		return;
	for (uint32_t i = 0; i < descriptor.num; i++)
		if (cw_go_descriptor_part(types->go, &descriptor, i, &part))
			type_add(types, part.type);
}

const struct cw_go_type *cw_go_type_at(struct cw_go_types *types,
				       cw_addr descriptor)
{
	if (!types->go)
		return NULL;
	size_t first = types->items.num;
	uint32_t number = type_add(types, descriptor);
	/* What is added on the way is behind. */
	for (size_t i = first; i < types->items.num; i++)
		if (types->made.items[i])
			parts_add(types, types->items.items[i].descriptor);
	size_t end = types->items.num;
	/* Maps look at the structs that they consist of. */
	for (size_t i = first; i < end; i++)
		if (types->made.items[i] &&
		    types->made.items[i]->kind == CW_TYPE_STRUCT)
			cw_go_type_fill(types, i);
	for (size_t i = first; i < end; i++)
		if (types->made.items[i] &&
		    types->made.items[i]->kind != CW_TYPE_STRUCT)
			cw_go_type_fill(types, i);
	for (size_t i = first; i < end; i++)
		if (types->made.items[i])
			types->items.items[i].type =
				cw_type_strip(types->items.items[i].type);
	return number == NO_TYPE ? NULL : &types->items.items[number];
}

/*
 * Types that code does not mention are in constants: what generic functions are
 * given, tables of methods.
 */
static void segment_search(struct cw_go_types *types,
			   const struct cw_segment *segment)
{
	const struct cw_go *go = types->go;
	uint64_t size = segment->end - segment->start;

	for (uint64_t at = 0; at + 8 <= size && size <= MAX_SEARCH; at += 8) {
		uint64_t word;

		memcpy(&word, segment->bytes + at, sizeof(word));
		if (word >= go->types && word < go->types_end)
			cw_go_type_at(types, word);
	}
}

static void all_search(struct cw_go_types *types)
{
	const struct cw_module *module = types->go->module;

	types->is_searched = true;
	cw_array_foreach(segment, &types->go->target->segments)
	{
		if (segment->bytes && segment->start >= module->start &&
		    segment->start < module->end &&
		    !(segment->flags & CW_SEGMENT_EXEC))
			segment_search(types, segment);
	}
}

static const struct cw_type *known_named(const struct cw_go_types *types,
					 const char *name)
{
	cw_array_foreach(item, &types->items)
	{
		if (item->type && item->type->name &&
		    strcmp(item->type->name, name) == 0)
			return item->type;
	}
	return NULL;
}

const struct cw_type *cw_go_type_named(struct cw_go_types *types,
				       const char *name)
{
	const struct cw_type *type = known_named(types, name);

	if (type || types->is_searched || !types->go)
		return type;
	all_search(types);
	return known_named(types, name);
}

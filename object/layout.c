#include "object/layout.h"

#include <string.h>

#include "base/memory.h"

enum {
	/* Types are input: one may claim to hold itself. */
	MAX_DEPTH = 64,
	MAX_SLOTS = 65536,
	/* Arrays inside of an object are kept as one slot with a count; an
	 * array of structs within an array of structs is written out. */
	MAX_WRITTEN_OUT = 256,
};

/* A part of the object still to be looked into. */
struct part {
	const struct cw_type *type;
	uint64_t offset;
	uint64_t stride, count; /* of the array it is an element of; or 0, 1 */
	unsigned depth;
};

struct builder {
	struct cw_layout layout;
	CW_ARRAY(struct cw_slot) slots;
	CW_ARRAY(struct part) parts;
};

void cw_layouts_init(struct cw_layouts *layouts)
{
	*layouts = (struct cw_layouts){0};
	cw_arena_init(&layouts->arena);
	cw_map_init(&layouts->by_type);
}

void cw_layouts_deinit(struct cw_layouts *layouts)
{
	cw_arena_deinit(&layouts->arena);
	cw_map_deinit(&layouts->by_type);
	cw_array_deinit(&layouts->layouts);
}

static void slot_add(struct builder *builder, const struct part *part,
		     const struct cw_type *target)
{
	if (builder->slots.num == MAX_SLOTS) {
		builder->layout.is_cut = true;
		return;
	}
	target = cw_type_strip(target);
	if (!target)
		return;
	*cw_array_push(&builder->slots) = (struct cw_slot){
		.offset = part->offset,
		.stride = part->stride,
		.count = part->count,
		.target = target,
	};
	if (target == builder->layout.type)
		builder->layout.is_self_linked = true;
}

static void part_add(struct builder *builder, const struct part *part)
{
	if (part->depth >= MAX_DEPTH || builder->parts.num >= MAX_SLOTS)
		builder->layout.is_cut = true;
	else
		*cw_array_push(&builder->parts) = *part;
}

static void array_add(struct builder *builder, const struct part *part,
		      const struct cw_type *array)
{
	const struct cw_type *element = cw_type_strip(array->target);
	struct part inner = *part;

	if (!element || element->size == 0 || array->count == 0)
		return;
	inner.type = element;
	inner.depth++;
	if (part->count == 1) {
		inner.stride = element->size;
		inner.count = array->count;
		part_add(builder, &inner);
		return;
	}
	/* Nothing to find in the elements of most arrays in arrays. */
	if (element->kind == CW_TYPE_BASE || element->kind == CW_TYPE_ENUM)
		return;
	if (array->count > MAX_WRITTEN_OUT)
		builder->layout.is_cut = true;
	for (uint64_t i = 0; i < array->count && i < MAX_WRITTEN_OUT; i++) {
		inner.offset = part->offset + i * element->size;
		part_add(builder, &inner);
	}
}

static void members_add(struct builder *builder, const struct part *part,
			const struct cw_type *type)
{
	const struct cw_member *members;
	size_t num = cw_type_members(type, &members);

	for (size_t i = 0; i < num; i++) {
		const struct cw_member *member = &members[i];
		/* Where a virtual base is, only the object itself says. */
		if (member->is_virtual_base || member->bit_size)
			continue;

		const struct cw_type *inner = cw_type_strip(member->type);
		if (!inner)
			continue;
		struct part next = *part;
		next.type = inner;
		next.offset += member->offset;
		next.depth++;
		part_add(builder, &next);
		if (type == builder->layout.type && i == num - 1 &&
		    inner->kind == CW_TYPE_ARRAY && inner->count == 0) {
			builder->layout.flexible = cw_type_strip(inner->target);
			builder->layout.flexible_offset = member->offset;
		}
	}
}

static void part_open(struct builder *builder, const struct part *part)
{
	switch (part->type->kind) {
	case CW_TYPE_POINTER:
	case CW_TYPE_REFERENCE:
		slot_add(builder, part, part->type->target);
		break;
	case CW_TYPE_ARRAY:
		array_add(builder, part, part->type);
		break;
	case CW_TYPE_STRUCT:
	case CW_TYPE_CLASS:
		members_add(builder, part, part->type);
		break;
	default:
		break;
	}
}

const struct cw_layout *cw_layout_of(struct cw_layouts *layouts,
				     const struct cw_type *type)
{
	uint32_t number;

	type = cw_type_strip(type);
	if (cw_map_get(&layouts->by_type, type->id, &number))
		return layouts->layouts.items[number];

	struct builder builder = {.layout.type = type};
	part_add(&builder, &(struct part){.type = type, .count = 1});
	while (builder.parts.num > 0) {
		struct part part = builder.parts.items[--builder.parts.num];
		part_open(&builder, &part);
	}

	struct cw_slot *slots = cw_arena_alloc(
		&layouts->arena, builder.slots.num * sizeof(*slots) + 1);
	if (builder.slots.num > 0)
		memcpy(slots, builder.slots.items,
		       builder.slots.num * sizeof(*slots));
	struct cw_layout *layout =
		cw_arena_alloc(&layouts->arena, sizeof(*layout));
	*layout = builder.layout;
	layout->slots = slots;
	layout->num_slots = builder.slots.num;
	cw_array_deinit(&builder.slots);
	cw_array_deinit(&builder.parts);

	cw_map_set(&layouts->by_type, type->id, layouts->layouts.num);
	*cw_array_push(&layouts->layouts) = layout;
	return layout;
}

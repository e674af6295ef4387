#include "object/layout.h"

#include <string.h>

#include "base/memory.h"
#include "object/uthash.h"
#include "object/virtual_base.h"

enum {
	/* Types are input: one may claim to hold itself. */
	MAX_DEPTH = 64,
	MAX_SLOTS = 65536,
	/* Damaged debug info can say that a type contains itself, twice. */
	MAX_PARTS = 1 << 18,
	/* Arrays inside of an object are kept as one slot with a count; an
	 * array of structs within an array of structs is written out. */
	MAX_WRITTEN_OUT = 256,
	MAX_CHECKS = 64,
	MAX_TYPES = 1 << 26,
};

/* A part of the object still to be looked into. */
struct part {
	const struct cw_type *type;
	uint64_t offset;
	uint64_t stride, count; /* of the array it is an element of; or 0, 1 */
	unsigned depth;
	bool is_in_union;
	const char *alternative; /* of the innermost union, or NULL */
	const char *name;	 /* of the member, or NULL */
};

struct builder {
	struct cw_layouts *layouts;
	struct cw_layout layout;
	CW_ARRAY(struct cw_slot) slots;
	CW_ARRAY(struct cw_rule_item) rules;
	CW_ARRAY(struct cw_check) checks;
	CW_ARRAY(struct cw_length) lengths;
	CW_ARRAY(struct part) parts;
};

void cw_layouts_init(struct cw_layouts *layouts, struct cw_rules *rules)
{
	*layouts = (struct cw_layouts){.rules = rules};
	cw_arena_init(&layouts->arena);
}

void cw_layouts_deinit(struct cw_layouts *layouts)
{
	cw_arena_deinit(&layouts->arena);
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
		.is_in_union = part->is_in_union,
		.alternative = part->alternative,
		.is_strict = part->type->name && target->size > 0,
		.is_table = part->count == 1 && cw_uthash_is_table(target),
	};
	if (target == builder->layout.type) {
		builder->layout.is_linked_in_union =
			part->is_in_union &&
			(!builder->layout.is_self_linked ||
			 builder->layout.is_linked_in_union);
		builder->layout.is_self_linked = true;
	}
	builder->layout.num_functions +=
		target->kind == CW_TYPE_FUNCTION && !part->is_in_union;
}

/* Values that an enum has names for, and what can be made of them by "|". */
static void enum_check_add(struct builder *builder, const struct part *part)
{
	const struct cw_enumerator *enumerators;
	size_t num = cw_type_enumerators(part->type, &enumerators);

	if (num == 0 || part->type->size > 8)
		return;
	struct cw_check check = {
		.offset = part->offset,
		.type = part->type,
		.min = enumerators[0].value,
		.max = enumerators[0].value,
	};
	for (size_t i = 0; i < num; i++) {
		int64_t value = enumerators[i].value;
		if (value < check.min)
			check.min = value;
		if (value > check.max)
			check.max = value;
		if (value > 0 && (value & (value - 1)) == 0)
			check.flags |= value;
	}
	*cw_array_push(&builder->checks) = check;
}

static bool is_length_name(const char *name)
{
	static const char *const words[] = {"len",  "size",  "count", "num",
					    "used", "alloc", "cap",   "total"};

	for (size_t i = 0; name && i < cw_num_elements(words); i++)
		if (strcasestr(name, words[i]))
			return true;
	return name && (name[0] == 'n' || name[0] == 'N') &&
	       strcmp(name, "next") != 0 && strcmp(name, "name") != 0;
}

/* Members that are named as lengths are, where there are any; else all. */
static void lengths_choose(struct builder *builder)
{
	size_t kept = 0;

	cw_array_foreach(length, &builder->lengths)
	{
		if (length->is_named)
			builder->lengths.items[kept++] = *length;
	}
	if (kept > 0)
		builder->lengths.num = kept;
}

static void length_add(struct builder *builder, const struct part *part)
{
	bool is_number = part->type->kind == CW_TYPE_BASE &&
			 !part->is_in_union &&
			 part->type->encoding != CW_ENCODING_FLOAT &&
			 part->type->encoding != CW_ENCODING_BOOL;

	if (is_number && part->type->size <= 8 &&
	    builder->lengths.num < MAX_CHECKS)
		*cw_array_push(&builder->lengths) = (struct cw_length){
			.offset = part->offset,
			.size = part->type->size,
			.is_named = is_length_name(part->name),
		};
}

/* Numbers of bits may be lengths, too. */
static void bits_add(struct builder *builder, const struct part *part,
		     const struct cw_member *member)
{
	const struct cw_type *type = cw_type_strip(member->type);
	uint64_t size = (member->bit_offset + member->bit_size + 7) / 8;

	if (type->kind == CW_TYPE_BASE && !part->is_in_union &&
	    part->count == 1 && size <= 8 && member->bit_size > 1 &&
	    builder->lengths.num < MAX_CHECKS)
		*cw_array_push(&builder->lengths) = (struct cw_length){
			.offset = part->offset + member->offset,
			.size = size,
			.bit_offset = member->bit_offset,
			.bit_size = member->bit_size,
			.is_named = is_length_name(member->name),
		};
}

uint64_t cw_length_read(const struct cw_length *length,
			const unsigned char *bytes)
{
	uint64_t value = 0;

	memcpy(&value, bytes + length->offset, length->size);
	value >>= length->bit_offset;
	if (length->bit_size > 0 && length->bit_size < 64)
		value &= (UINT64_C(1) << length->bit_size) - 1;
	return value;
}

/* Only of what is there for sure: neither in unions nor in arrays. */
static void scalar_add(struct builder *builder, const struct part *part)
{
	if (part->count != 1)
		return;
	length_add(builder, part);
	if (!part->is_in_union && builder->checks.num < MAX_CHECKS) {
		if (part->type->kind == CW_TYPE_ENUM)
			enum_check_add(builder, part);
		else if (part->type->encoding == CW_ENCODING_BOOL &&
			 part->type->size == 1)
			*cw_array_push(&builder->checks) = (struct cw_check){
				.offset = part->offset,
				.type = part->type,
				.max = 1,
			};
	}
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

static void found_add(struct builder *builder, const struct part *part,
		      const struct cw_type *type,
		      const struct cw_found_rule *found)
{
	*cw_array_push(&builder->rules) = (struct cw_rule_item){
		.offset = part->offset,
		.stride = part->stride,
		.count = part->count,
		.type = type,
		.found = found,
	};
}

/* Where they are, only the object itself says. */
static void virtual_bases_add(struct builder *builder, const struct part *part,
			      const struct cw_type *type)
{
	const struct cw_member *members;
	size_t num = cw_type_members(type, &members);

	for (size_t i = 0; i < num; i++) {
		if (!members[i].is_virtual_base)
			continue;
		if (builder->layouts->rules && !part->is_in_union)
			found_add(builder, part, type, &cw_virtual_bases);
		return;
	}
}

static void members_add(struct builder *builder, const struct part *part,
			const struct cw_type *type)
{
	const struct cw_member *members;
	size_t num = cw_type_members(type, &members);

	for (size_t i = 0; i < num; i++) {
		const struct cw_member *member = &members[i];
		if (member->bit_size)
			bits_add(builder, part, member);
		if (member->is_virtual_base || member->bit_size)
			continue;

		const struct cw_type *inner = cw_type_strip(member->type);
		if (!inner)
			continue;
		struct part next = *part;
		next.type = inner;
		next.name = member->name;
		next.offset += member->offset;
		next.depth++;
		if (type->kind == CW_TYPE_UNION && num > 1) {
			next.is_in_union = true;
			next.alternative = member->name;
		}
		part_add(builder, &next);
		if (type == builder->layout.type && i == num - 1 && num > 1 &&
		    inner->kind == CW_TYPE_ARRAY && inner->count <= 1 &&
		    type->kind != CW_TYPE_UNION) {
			builder->layout.flexible = cw_type_strip(inner->target);
			builder->layout.flexible_offset = member->offset;
			builder->layout.is_flexible_one = inner->count == 1;
		}
	}
}

static bool rule_add(struct builder *builder, const struct part *part)
{
	struct cw_rules *rules = builder->layouts->rules;
	const struct cw_found_rule *found =
		rules ? cw_rules_find(rules, part->type) : NULL;

	/* Which member of a union holds, a rule for the union itself says. */
	if (!found || part->is_in_union)
		return false;
	found_add(builder, part, part->type, found);
	return true;
}

static void part_open(struct builder *builder, const struct part *part)
{
	switch (part->type->kind) {
	case CW_TYPE_POINTER:
	case CW_TYPE_REFERENCE:
		if (!rule_add(builder, part))
			slot_add(builder, part, part->type->target);
		break;
	case CW_TYPE_ARRAY:
		array_add(builder, part, part->type);
		break;
	case CW_TYPE_STRUCT:
	case CW_TYPE_CLASS:
	case CW_TYPE_UNION:
		if (rule_add(builder, part))
			break;
		virtual_bases_add(builder, part, part->type);
		members_add(builder, part, part->type);
		break;
	case CW_TYPE_BASE:
	case CW_TYPE_ENUM:
		scalar_add(builder, part);
		break;
	default:
		break;
	}
}

static int slot_compare(const void *a, const void *b)
{
	const struct cw_slot *x = a, *y = b;

	if (x->offset != y->offset)
		return x->offset < y->offset ? -1 : 1;
	return (x->target->id > y->target->id) -
	       (x->target->id < y->target->id);
}

/* Into the arena, so that walking an object touches little. */
#define keep(arena, array)                                                     \
	({                                                                     \
		size_t size_ = (array)->num * sizeof(*(array)->items);         \
		void *kept_ = cw_arena_alloc(arena, size_ + 1);                \
		if (size_)                                                     \
			memcpy(kept_, (array)->items, size_);                  \
		cw_array_deinit(array);                                        \
		kept_;                                                         \
	})

static const struct cw_layout *layout_finish(struct builder *builder)
{
	struct cw_arena *arena = &builder->layouts->arena;
	struct cw_layout *layout = cw_arena_alloc(arena, sizeof(*layout));

	if (builder->slots.num > 1)
		qsort(builder->slots.items, builder->slots.num,
		      sizeof(*builder->slots.items), slot_compare);
	lengths_choose(builder);
	*layout = builder->layout;
	layout->num_slots = builder->slots.num;
	layout->num_rules = builder->rules.num;
	layout->num_checks = builder->checks.num;
	layout->num_lengths = builder->lengths.num;
	layout->slots = keep(arena, &builder->slots);
	layout->rules = keep(arena, &builder->rules);
	layout->checks = keep(arena, &builder->checks);
	layout->lengths = keep(arena, &builder->lengths);
	cw_array_deinit(&builder->parts);
	return layout;
}

const struct cw_layout *cw_layout_make(struct cw_layouts *layouts,
				       const struct cw_type *type)
{
	type = cw_type_strip(type);
	if (type->id < layouts->layouts.num && layouts->layouts.items[type->id])
		return layouts->layouts.items[type->id];

	struct builder builder = {.layouts = layouts, .layout.type = type};
	part_add(&builder, &(struct part){.type = type, .count = 1});
	for (uint32_t i = 0; builder.parts.num > 0 && i < MAX_PARTS; i++) {
		struct part part = builder.parts.items[--builder.parts.num];
		part_open(&builder, &part);
	}
	builder.layout.is_cut |= builder.parts.num > 0;
	const struct cw_layout *layout = layout_finish(&builder);

	if (type->id >= MAX_TYPES)
		return layout;
	while (layouts->layouts.num <= type->id)
		*cw_array_push(&layouts->layouts) = NULL;
	layouts->layouts.items[type->id] = layout;
	return layout;
}

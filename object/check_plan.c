#include "object/check_plan.h"

enum {
	MAX_RELATIONS = 64, /* of one type */
	MAX_INNERS = 256,
	MAX_ELEMENTS = 16,
	MAX_DISTANCE = 64, /* bytes between a number and its pointer */
};

struct cw_error *cw_check_plans_init(struct cw_check_plans *plans,
				     struct cw_typing *typing)
{
	*plans = (struct cw_check_plans){0};
	cw_map_init(&plans->by_type);
	return cw_owned_init(&plans->owned, typing);
}

void cw_check_plans_deinit(struct cw_check_plans *plans)
{
	cw_owned_deinit(&plans->owned);
	cw_map_deinit(&plans->by_type);
	cw_array_deinit(&plans->all);
	cw_array_deinit(&plans->inners);
	cw_array_deinit(&plans->relations);
	cw_array_deinit(&plans->fields);
}

static void relations_add(struct cw_check_plans *plans,
			  const struct cw_layout *layout,
			  const struct cw_length *length,
			  const struct cw_slot *slot)
{
	uint64_t distance = length->offset > slot->offset
				    ? length->offset - slot->offset
				    : slot->offset - length->offset;

	if (!length->is_named || length->size < 2 || slot->count != 1 ||
	    slot->is_in_union || distance > MAX_DISTANCE)
		return;
	for (unsigned kind = 0; kind < CW_NUM_OWNED_KINDS; kind++)
		if (cw_owned_may_be(&plans->owned, slot->target, kind))
			*cw_array_push(&plans->relations) =
				(struct cw_relation){
					.type = layout->type,
					.target = slot->target,
					.counter = length->offset,
					.counter_size = length->size,
					.slot = slot->offset,
					.kind = kind,
				};
}

/* The aggregate member of @type that @offset is in, or NULL: none is. */
static const struct cw_member *part_at(const struct cw_type *type,
				       uint64_t offset)
{
	const struct cw_member *members;
	size_t num = cw_type_members(type, &members);

	for (size_t i = 0; i < num; i++) {
		const struct cw_type *inner = cw_type_strip(members[i].type);
		if (inner->kind != CW_TYPE_ARRAY &&
		    !cw_type_is_aggregate(inner))
			continue;
		if (offset >= members[i].offset &&
		    offset - members[i].offset < inner->size)
			return &members[i];
	}
	return NULL;
}

static void fields_add(struct cw_check_plans *plans,
		       const struct cw_layout *layout)
{
	for (uint32_t i = 0; i < layout->num_slots; i++) {
		const struct cw_slot *slot = &layout->slots[i];
		if (slot->count == 1 && !slot->is_in_union &&
		    cw_type_is_aggregate(slot->target) &&
		    slot->target->size > 0 &&
		    !part_at(layout->type, slot->offset))
			*cw_array_push(&plans->fields) =
				(struct cw_checked_field){
					.holder = layout->type,
					.type = slot->target,
					.offset = slot->offset,
				};
	}
}

/* Numbers of the type itself, and pointers in it or in its members. */
static void pairs_add(struct cw_check_plans *plans,
		      const struct cw_layout *layout)
{
	size_t first = plans->relations.num;

	for (uint32_t i = 0; i < layout->num_lengths; i++) {
		const struct cw_length *length = &layout->lengths[i];
		if (part_at(layout->type, length->offset))
			continue;
		for (uint32_t k = 0; k < layout->num_slots; k++)
			if (plans->relations.num - first < MAX_RELATIONS)
				relations_add(plans, layout, length,
					      &layout->slots[k]);
	}
}

/* The objects within, each once; a union's are not known to be there. */
static void inners_add(struct cw_check_plans *plans, const struct cw_type *type,
		       uint64_t offset, size_t first)
{
	const struct cw_member *members;
	size_t num = cw_type_members(type, &members);

	if (type->kind == CW_TYPE_UNION && num > 1)
		return;
	for (size_t i = 0; i < num; i++) {
		const struct cw_type *inner = cw_type_strip(members[i].type);
		uint64_t count = 1;
		if (inner->kind == CW_TYPE_ARRAY && inner->target) {
			count = inner->count < MAX_ELEMENTS ? inner->count
							    : MAX_ELEMENTS;
			inner = cw_type_strip(inner->target);
		}
		if (!cw_type_is_aggregate(inner) || inner->size < 16 ||
		    members[i].is_virtual_base)
			continue;
		for (uint64_t k = 0; k < count; k++)
			if (plans->inners.num - first < MAX_INNERS)
				*cw_array_push(&plans->inners) =
					(struct cw_check_inner){
						inner,
						offset + members[i].offset +
							k * inner->size};
	}
}

uint32_t cw_check_plan_of(struct cw_check_plans *plans,
			  const struct cw_type *type)
{
	uint32_t number =
		*cw_map_place(&plans->by_type, type->id, plans->all.num);

	if (number < plans->all.num)
		return number;
	const struct cw_layout *layout =
		cw_layout_of(&plans->owned.layouts, type);
	struct cw_check_plan plan = {
		.first_relation = plans->relations.num,
		.first_field = plans->fields.num,
		.first_inner = plans->inners.num,
	};
	pairs_add(plans, layout);
	fields_add(plans, layout);
	inners_add(plans, type, 0, plan.first_inner);
	for (size_t i = plan.first_inner; i < plans->inners.num; i++) {
		struct cw_check_inner inner = plans->inners.items[i];
		inners_add(plans, inner.type, inner.offset, plan.first_inner);
	}
	plan.num_relations = plans->relations.num - plan.first_relation;
	plan.num_fields = plans->fields.num - plan.first_field;
	plan.num_inners = plans->inners.num - plan.first_inner;
	*cw_array_push(&plans->all) = plan;
	return number;
}

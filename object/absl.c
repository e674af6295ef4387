/*
 * Abseil: hash tables ("Swiss tables") and inlined vectors, of releases up to
 * 2022.
 *
 *	ctrl_                                  slots_
 *	| one control byte a slot | 16 more …  | 0 | 1 | 2 | …
 *
 * A table of capacity_ slots is one allocation.  A slot of a flat map is a
 *union of its entry with itself, one of a node map points to its entry.
 *
 * An inlined vector's lowest bit of its count says that the elements are in
 * an allocation; else they are in the object.
 *
 * Names: absl::X, with an inline namespace of the release between or not.
 */
#include <string.h>

#include "base/memory.h"
#include "object/cxx.h"
#include "object/swiss_table.h"

enum { MAX_SLOTS = 1 << 30 };

static bool absl_is(const struct cw_type *type, const char *name)
{
	static const char scope[] = "absl::";
	const char *rest = type->name, *colon;
	size_t length = strlen(name);

	if (!rest || strncmp(rest, scope, sizeof(scope) - 1) != 0 ||
	    !cw_type_is_aggregate(type))
		return false;
	rest += sizeof(scope) - 1;
	if (strncmp(rest, name, length) == 0 && rest[length] == '<')
		return true;
	colon = strpbrk(rest, ":<");
	return colon && strncmp(colon, "::", 2) == 0 &&
	       strncmp(colon + 2, name, length) == 0 &&
	       colon[2 + length] == '<';
}

/* ---- Hash tables */

enum { CTRL, SLOTS, SIZE, CAPACITY, NUM_TABLE };

struct table_plan {
	struct cw_place places[NUM_TABLE];
	const struct cw_type *element;
	uint64_t stride;
	struct cw_rest rest;
};

static bool table_prepare(const struct cw_rule_context *context,
			  const struct cw_type *type, const void **ret)
{
	static const char *const paths[] = {"ctrl_", "slots_", "size_",
					    "capacity_"};
	struct table_plan plan;
	struct cw_place value;

	if (!absl_is(type, "container_internal::raw_hash_set") ||
	    !cw_places_find(type, paths, NUM_TABLE, plan.places))
		return false;
	plan.element = cw_place_target(&plan.places[SLOTS]);
	if (!plan.element || plan.element->size == 0)
		return false;
	plan.stride = plan.element->size;
	if (plan.element->kind == CW_TYPE_UNION) {
		if (!cw_place_find(plan.element, "value", &value))
			return false;
		plan.element = value.type;
	}
	plan.rest = cw_rest_find(context, type, plan.places, NUM_TABLE);
	*ret = cw_arena_copy(context->arena, &plan, sizeof(plan));
	return true;
}

struct table {
	struct cw_swiss_table swiss;
	cw_addr ctrl;
	uint64_t num_full;
};

static bool table_read(const struct cw_rule_context *context,
		       const struct table_plan *plan,
		       const struct cw_object *object, struct table *ret)
{
	const struct cw_place *places = plan->places;
	uint64_t capacity = cw_place_number(&places[CAPACITY], object);
	cw_addr ctrl = cw_place_number(&places[CTRL], object);
	cw_addr slots = cw_place_number(&places[SLOTS], object);
	struct table table = {
		.swiss = {.num_slots = capacity,
			  .start = slots,
			  .stride = plan->stride},
		.ctrl = ctrl,
		.num_full = cw_place_number(&places[SIZE], object),
	};

	if (capacity > MAX_SLOTS || table.num_full > capacity)
		return false;
	if (capacity > 0) {
		if (slots < ctrl || slots - ctrl < capacity ||
		    slots - ctrl > 2 * capacity + 64 ||
		    !cw_memory_holds(context, slots, capacity * plan->stride))
			return false;
		table.swiss.control =
			cw_target_bytes(context->target, ctrl, capacity);
		if (!table.swiss.control)
			return false;
	}
	*ret = table;
	return cw_swiss_table_count(&table.swiss) == table.num_full;
}

static void table_visit(const struct cw_rule_context *context, const void *data,
			const struct cw_object *object,
			struct cw_part_visitor *visitor)
{
	const struct table_plan *plan = data;
	struct table table;

	cw_rest_visit(&plan->rest, object, visitor);
	if (!table_read(context, plan, object, &table) ||
	    table.swiss.num_slots == 0)
		return;
	struct cw_part part = {
		.type = plan->element,
		.address = table.swiss.start,
		.stride = plan->stride,
		.slot = object->address + plan->places[CTRL].offset,
		.ownership = CW_OWNS,
		.storage = table.ctrl,
		.storage_size = table.swiss.start - table.ctrl +
				table.swiss.num_slots * plan->stride,
		.is_element = true,
	};
	cw_swiss_table_visit(&table.swiss, part, visitor);
}

static bool table_describe(const struct cw_rule_context *context,
			   const void *data, const struct cw_object *object,
			   struct cw_text *text)
{
	struct table table;

	if (!table_read(context, data, object, &table))
		return false;
	cw_text_add_elements(text, table.num_full);
	return true;
}

/* ---- Inlined vectors */

enum { COUNT, DATA, ROOM, INLINED, NUM_INLINED };

struct inlined_plan {
	struct cw_place places[NUM_INLINED];
	const struct cw_type *element;
	struct cw_rest rest;
};

static bool inlined_prepare(const struct cw_rule_context *context,
			    const struct cw_type *type, const void **ret)
{
	static const char *const paths[] = {
		"storage_.metadata_.value",
		"storage_.data_.allocated.allocated_data",
		"storage_.data_.allocated.allocated_capacity",
		"storage_.data_.inlined.inlined_data",
	};
	struct inlined_plan plan;

	if (!absl_is(type, "InlinedVector") ||
	    !cw_places_find(type, paths, NUM_INLINED, plan.places))
		return false;
	plan.element = cw_place_target(&plan.places[DATA]);
	if (!plan.element || plan.element->size == 0)
		return false;
	plan.rest = cw_rest_find(context, type, plan.places, NUM_INLINED);
	*ret = cw_arena_copy(context->arena, &plan, sizeof(plan));
	return true;
}

static bool inlined_read(const struct cw_rule_context *context,
			 const struct inlined_plan *plan,
			 const struct cw_object *object, struct cw_part *ret)
{
	const struct cw_place *places = plan->places;
	uint64_t number = cw_place_number(&places[COUNT], object);
	uint64_t room = cw_place_number(&places[ROOM], object);
	struct cw_part part = {
		.type = plan->element,
		.count = number >> 1,
		.is_element = true,
	};

	if (!(number & 1)) {
		part.address = object->address + places[INLINED].offset;
		*ret = part;
		return part.count <=
		       places[INLINED].type->size / plan->element->size;
	}
	part.slot = object->address + places[DATA].offset;
	part.address = cw_place_number(&places[DATA], object);
	part.storage = part.address;
	part.ownership = CW_OWNS;
	*ret = part;
	return part.count <= room &&
	       !__builtin_mul_overflow(room, plan->element->size,
				       &ret->storage_size) &&
	       cw_memory_holds(context, part.address, ret->storage_size);
}

static void inlined_visit(const struct cw_rule_context *context,
			  const void *data, const struct cw_object *object,
			  struct cw_part_visitor *visitor)
{
	const struct inlined_plan *plan = data;
	struct cw_part part;

	cw_rest_visit(&plan->rest, object, visitor);
	if (inlined_read(context, plan, object, &part) &&
	    (part.slot || part.count > 0))
		visitor->part(visitor, &part);
}

static bool inlined_describe(const struct cw_rule_context *context,
			     const void *data, const struct cw_object *object,
			     struct cw_text *text)
{
	struct cw_part part;

	if (!inlined_read(context, data, object, &part))
		return false;
	cw_text_add_elements(text, part.count);
	return true;
}

const struct cw_rule cw_absl_rules[] = {
	{"hash table of Abseil", table_prepare, table_visit, table_describe,
	 NULL},
	{"absl::InlinedVector", inlined_prepare, inlined_visit,
	 inlined_describe, NULL},
	{.name = NULL},
};

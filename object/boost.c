/*
 * Boost: vectors, hash tables, values of multi_index, variant.
 *
 * boost::container::vector and what is made of it (small_vector, flat_map):
 * m_start, m_size, m_capacity; the elements of a small_vector may be in the
 * object itself, those of a static_vector always are.
 *
 * boost::unordered_map and its kin, up to Boost 1.79: buckets_ has one more
 * than bucket_count_, which leads to the first node; all nodes are one list.
 *
 * Values of nodes are in memory without a type, whose class says it.
 *
 * boost::variant: which_ of its types is in storage_; below 0 it is elsewhere.
 *
 * Not here: optional values (object/cxx_wrapper.c).
 */
#include "base/memory.h"
#include "object/cxx.h"

/* ---- Vectors */

enum { COUNT, START, ROOM, NUM_VECTOR };

struct vector_plan {
	struct cw_place places[NUM_VECTOR]; /* without a room: START is it */
	const struct cw_type *element;
};

static bool vector_prepare(const struct cw_rule_context *context,
			   const struct cw_type *type, const void **ret)
{
	static const char *const paths[] = {
		"m_holder.m_size", "m_holder.m_start", "m_holder.m_capacity"};
	static const char *const inside[] = {"m_holder.m_size",
					     "m_holder.storage", NULL};
	struct vector_plan plan = {0};

	if (!cw_class_is(type, "boost::container::vector") &&
	    !cw_class_is(type, "boost::container::small_vector"))
		return false;
	if (!cw_places_find(type, paths, NUM_VECTOR, plan.places)) {
		plan = (struct vector_plan){0};
		if (!cw_places_find(type, inside, NUM_VECTOR, plan.places))
			return false;
	}
	plan.element = cw_type_argument(type, 0);
	if (!plan.element || plan.element->size == 0)
		return false;
	*ret = cw_arena_copy(context->arena, &plan, sizeof(plan));
	return true;
}

static bool vector_read(const struct cw_rule_context *context,
			const struct vector_plan *plan,
			const struct cw_object *object, struct cw_part *ret)
{
	const struct cw_place *places = plan->places;
	struct cw_part part = {
		.type = plan->element,
		.count = cw_place_number(&places[COUNT], object),
		.address = object->address + places[START].offset,
		.is_element = true,
	};
	uint64_t inside = object->type->size, size, room;

	if (__builtin_mul_overflow(part.count, plan->element->size, &size))
		return false;
	if (places[ROOM].type)
		part.address = cw_place_number(&places[START], object);
	if (part.address - object->address < inside) {
		*ret = part;
		return size <= inside - (part.address - object->address);
	}
	part.slot = object->address + places[START].offset;
	part.ownership = CW_OWNS;
	part.storage = part.address;
	room = cw_place_number(&places[ROOM], object);
	if (__builtin_mul_overflow(room, plan->element->size,
				   &part.storage_size))
		return false;
	*ret = part;
	return part.count <= room &&
	       (room == 0 ||
		cw_memory_holds(context, part.address, part.storage_size));
}

static void vector_visit(const struct cw_rule_context *context,
			 const void *data, const struct cw_object *object,
			 struct cw_part_visitor *visitor)
{
	struct cw_part part;

	if (vector_read(context, data, object, &part) && part.address != 0 &&
	    (part.slot || part.count > 0))
		visitor->part(visitor, &part);
}

static bool vector_describe(const struct cw_rule_context *context,
			    const void *data, const struct cw_object *object,
			    struct cw_text *text)
{
	struct cw_part part;

	if (!vector_read(context, data, object, &part))
		return false;
	cw_text_add_elements(text, part.count);
	return true;
}

/* ---- Hash tables */

enum { NUM_BUCKETS, SIZE, BUCKETS, ALLOCATORS, NUM_TABLE };

struct table_plan {
	struct cw_place places[NUM_TABLE];
	const struct cw_type *bucket, *node;
};

static bool table_prepare(const struct cw_rule_context *context,
			  const struct cw_type *type, const void **ret)
{
	static const char *const paths[] = {"bucket_count_", "size_",
					    "buckets_", "allocators_"};
	struct table_plan plan;

	if (!cw_class_is(type, "boost::unordered::detail::table") ||
	    !cw_places_find(type, paths, NUM_TABLE, plan.places))
		return false;
	/* The second allocator is that of the nodes. */
	plan.node = cw_type_argument(plan.places[ALLOCATORS].type, 1);
	if (plan.node)
		plan.node = cw_type_argument(plan.node, 0);
	plan.bucket = cw_place_target(&plan.places[BUCKETS]);
	if (!plan.node || plan.node->size == 0 || !plan.bucket ||
	    plan.bucket->size == 0)
		return false;
	*ret = cw_arena_copy(context->arena, &plan, sizeof(plan));
	return true;
}

static void table_visit(const struct cw_rule_context *context, const void *data,
			const struct cw_object *object,
			struct cw_part_visitor *visitor)
{
	const struct table_plan *plan = data;
	uint64_t num = cw_place_number(&plan->places[NUM_BUCKETS], object) + 1;
	struct cw_part buckets = {
		.kind = CW_PART_OBJECTS,
		.type = plan->bucket,
		.address = cw_place_number(&plan->places[BUCKETS], object),
		.count = num,
		.slot = object->address + plan->places[BUCKETS].offset,
		.ownership = CW_OWNS,
		.label = "buckets",
	};

	buckets.storage = buckets.address;
	if (buckets.address == 0 || num == 0 ||
	    __builtin_mul_overflow(num, plan->bucket->size,
				   &buckets.storage_size) ||
	    !cw_memory_holds(context, buckets.address, buckets.storage_size))
		return;
	visitor->part(visitor, &buckets);

	struct cw_part first = {
		.kind = CW_PART_OBJECTS,
		.type = plan->node,
		.count = 1,
		.slot = buckets.address + (num - 1) * plan->bucket->size,
		.ownership = CW_OWNS,
	};
	first.address = cw_word_at(context, first.slot);
	if (first.address && first.address % 8 == 0 &&
	    cw_memory_holds(context, first.address, plan->node->size))
		visitor->part(visitor, &first);
}

static bool table_describe(const struct cw_rule_context *context,
			   const void *data, const struct cw_object *object,
			   struct cw_text *text)
{
	const struct table_plan *plan = data;

	(void)context;
	cw_text_add_elements(text,
			     cw_place_number(&plan->places[SIZE], object));
	return true;
}

/* ---- What has a value in memory without a type */

struct holder_row {
	const char *name;
	const char *value;
	const char *next; /* NULL: no node of a list */
};

static const struct holder_row holder_rows[] = {
	{"boost::multi_index::detail::pod_value_holder", "space", NULL},
	{"boost::unordered::detail::ptr_node", "value_base_.data_", "next_"},
	{"boost::container::dtl::list_node", "m_storage", NULL},
	{"boost::container::dtl::tree_node", "m_storage", NULL},
};

struct holder_plan {
	struct cw_place value, next;
	struct cw_rest rest; /* links that are declared */
};

static bool holder_prepare(const struct cw_rule_context *context,
			   const struct cw_type *type, const void **ret)
{
	const struct cw_type *argument = cw_type_argument(type, 0);

	for (size_t i = 0; i < cw_num_elements(holder_rows); i++) {
		const struct holder_row *row = &holder_rows[i];
		struct holder_plan plan = {0};
		if (!cw_class_is(type, row->name) || !argument ||
		    !cw_place_find(type, row->value, &plan.value) ||
		    (row->next && !cw_place_find(type, row->next, &plan.next)))
			continue;
		plan.value.type = argument;
		if (plan.value.offset + argument->size > type->size)
			continue;
		if (!row->next)
			plan.rest = cw_rest_find(context, type, &plan.value, 1);
		*ret = cw_arena_copy(context->arena, &plan, sizeof(plan));
		return true;
	}
	return false;
}

static void holder_visit(const struct cw_rule_context *context,
			 const void *data, const struct cw_object *object,
			 struct cw_part_visitor *visitor)
{
	const struct holder_plan *plan = data;
	struct cw_part value = {
		.kind = CW_PART_OBJECTS,
		.type = plan->value.type,
		.address = object->address + plan->value.offset,
		.count = 1,
		.is_element = true,
	};

	visitor->part(visitor, &value);
	cw_rest_visit(&plan->rest, object, visitor);
	if (!plan->next.type)
		return;
	struct cw_part next = {
		.kind = CW_PART_OBJECTS,
		.type = object->type,
		.address = cw_place_number(&plan->next, object),
		.count = 1,
		.slot = object->address + plan->next.offset,
		.ownership = CW_OWNS,
	};
	if (next.address && next.address % 8 == 0 &&
	    cw_memory_holds(context, next.address, object->type->size))
		visitor->part(visitor, &next);
}

/* ---- variant */

enum { WHICH, STORAGE, NUM_VARIANT };

static bool variant_prepare(const struct cw_rule_context *context,
			    const struct cw_type *type, const void **ret)
{
	static const char *const paths[] = {"which_", "storage_"};
	struct cw_place places[NUM_VARIANT];

	if (!cw_class_is(type, "boost::variant") ||
	    !cw_places_find(type, paths, NUM_VARIANT, places))
		return false;
	*ret = cw_arena_copy(context->arena, places, sizeof(places));
	return true;
}

static const struct cw_type *variant_type(const struct cw_place *places,
					  const struct cw_object *object)
{
	uint64_t which = cw_place_number(&places[WHICH], object);
	const struct cw_type *type =
		which < UINT8_MAX ? cw_type_argument(object->type, which)
				  : NULL;

	return type && type->size <= places[STORAGE].type->size ? type : NULL;
}

static void variant_visit(const struct cw_rule_context *context,
			  const void *data, const struct cw_object *object,
			  struct cw_part_visitor *visitor)
{
	const struct cw_place *places = data;
	struct cw_part part = {
		.kind = CW_PART_OBJECTS,
		.type = variant_type(places, object),
		.address = object->address + places[STORAGE].offset,
		.count = 1,
	};

	(void)context;
	if (part.type)
		visitor->part(visitor, &part);
}

static bool variant_describe(const struct cw_rule_context *context,
			     const void *data, const struct cw_object *object,
			     struct cw_text *text)
{
	const struct cw_type *type = variant_type(data, object);

	(void)context;
	if (!type)
		return false;
	cw_type_print(type, text);
	return true;
}

const struct cw_rule cw_boost_rules[] = {
	{"boost::container::vector", vector_prepare, vector_visit,
	 vector_describe, NULL},
	{"hash table of Boost", table_prepare, table_visit, table_describe,
	 NULL},
	{"value of Boost", holder_prepare, holder_visit, NULL, NULL},
	{"boost::variant", variant_prepare, variant_visit, variant_describe,
	 NULL},
	{.name = NULL},
};

/*
 * Wrappers: optional (Boost's, too), variant, tuple, and the result of a
 * promise: values in the object itself, of which a flag or an index says
 * whether they are there.
 *
 * variant: a union of the first alternative and of the union of the others, and
 * so on; tuple: a base for each element, in libstdc++ one within the other.
 */
#include <string.h>

#include "base/memory.h"
#include "object/cxx.h"

enum {
	MAX_ALTERNATIVES = 256,
	MAX_ELEMENTS = 64,
};

/* A value and the flag that says whether it is there. */

enum { VALUE, FLAG, NUM_OPTIONAL };

struct optional_row {
	const char *name;
	const char *paths[NUM_OPTIONAL];
};

static const struct optional_row optional_rows[] = {
	{"optional",
	 {"_M_payload._M_payload._M_value", "_M_payload._M_engaged"}},
	{"optional", {"_M_payload._M_payload", "_M_payload._M_engaged"}},
	{"optional", {"__val_", "__engaged_"}},
	{"__future_base::_Result", {"_M_storage", "_M_initialized"}},
};

/* @paths are members of @type: a value, or room for one, and its flag. */
static bool flagged_prepare(const struct cw_rule_context *context,
			    const struct cw_type *type,
			    const char *const *paths, const void **ret)
{
	const struct cw_type *argument = cw_type_argument(type, 0);
	struct cw_place places[NUM_OPTIONAL];

	if (!cw_places_find(type, paths, NUM_OPTIONAL, places))
		return false;
	if (cw_type_is_raw(places[VALUE].type) && argument &&
	    argument->size <= places[VALUE].type->size)
		places[VALUE].type = argument;
	*ret = cw_arena_copy(context->arena, places, sizeof(places));
	return true;
}

static bool optional_prepare(const struct cw_rule_context *context,
			     const struct cw_type *type, const void **ret)
{
	for (size_t i = 0; i < cw_num_elements(optional_rows); i++) {
		const struct optional_row *row = &optional_rows[i];

		if (cw_std_is(type, row->name) &&
		    flagged_prepare(context, type, row->paths, ret))
			return true;
	}
	return false;
}

/* What make_shared() makes is in the deleter, once it is made. */
static const struct optional_row boost_rows[] = {
	{"boost::optional", {"m_storage", "m_initialized"}},
	{"boost::detail::sp_ms_deleter", {"storage_", "initialized_"}},
};

static bool boost_optional_prepare(const struct cw_rule_context *context,
				   const struct cw_type *type, const void **ret)
{
	for (size_t i = 0; i < cw_num_elements(boost_rows); i++) {
		const struct optional_row *row = &boost_rows[i];

		if (cw_class_is(type, row->name) &&
		    flagged_prepare(context, type, row->paths, ret))
			return true;
	}
	return false;
}

static bool is_engaged(const struct cw_place *places,
		       const struct cw_object *object)
{
	return (cw_place_number(&places[FLAG], object) & 0xff) == 1;
}

static void optional_visit(const struct cw_rule_context *context,
			   const void *data, const struct cw_object *object,
			   struct cw_part_visitor *visitor)
{
	const struct cw_place *places = data;
	struct cw_part part = {
		.kind = CW_PART_OBJECTS,
		.type = places[VALUE].type,
		.address = object->address + places[VALUE].offset,
		.count = 1,
	};

	if (is_engaged(places, object))
		visitor->part(visitor, &part);
}

static bool optional_describe(const struct cw_rule_context *context,
			      const void *data, const struct cw_object *object,
			      struct cw_text *text)
{
	if (is_engaged(data, object))
		return false;
	cw_text_add(text, "no value");
	return true;
}

/* variant. */

struct variant_row {
	const char *index, *first;
	const char *value, *rest; /* of each union, from the outermost in */
};

static const struct variant_row variant_rows[] = {
	{"_M_index", "_M_u", "_M_first._M_storage", "_M_rest"},
	{"__impl.__index", "__impl.__data", "__head.__value", "__tail"},
	{"__impl_.__index", "__impl_.__data", "__head.__value", "__tail"},
};

struct variant_plan {
	struct cw_place index;
	size_t num;
	struct cw_place alternatives[];
};

/* The first of a union's members that is a buffer says nothing of its type. */
static void buffer_open(const struct cw_type *in, struct cw_place *place)
{
	struct cw_place first;
	const struct cw_type *argument;

	if (!cw_type_is_raw(place->type) ||
	    !cw_place_find(in, "_M_first", &first))
		return;
	argument = cw_type_argument(first.type, 0);
	if (argument && argument->size <= place->type->size)
		place->type = argument;
}

static size_t alternatives_find(const struct cw_type *type,
				const struct variant_row *row,
				struct cw_place *ret)
{
	struct cw_place in;
	size_t num = 0;

	if (!cw_place_find(type, row->first, &in))
		return 0;
	while (num < MAX_ALTERNATIVES) {
		struct cw_place place, next;
		if (!cw_place_find(in.type, row->value, &place))
			break;
		buffer_open(in.type, &place);
		place.offset += in.offset;
		ret[num++] = place;
		if (!cw_place_find(in.type, row->rest, &next))
			break;
		next.offset += in.offset;
		in = next;
	}
	return num;
}

static bool variant_prepare(const struct cw_rule_context *context,
			    const struct cw_type *type, const void **ret)
{
	struct cw_place alternatives[MAX_ALTERNATIVES];
	struct cw_place index;

	if (!cw_std_is(type, "variant"))
		return false;
	for (size_t i = 0; i < cw_num_elements(variant_rows); i++) {
		const struct variant_row *row = &variant_rows[i];
		size_t num = alternatives_find(type, row, alternatives);
		if (num == 0 || !cw_place_find(type, row->index, &index))
			continue;
		struct variant_plan *plan = cw_arena_alloc(
			context->arena,
			sizeof(*plan) + num * sizeof(*alternatives));
		plan->index = index;
		plan->num = num;
		memcpy(plan->alternatives, alternatives,
		       num * sizeof(*alternatives));
		*ret = plan;
		return true;
	}
	return false;
}

static void variant_visit(const struct cw_rule_context *context,
			  const void *data, const struct cw_object *object,
			  struct cw_part_visitor *visitor)
{
	const struct variant_plan *plan = data;
	uint64_t index = cw_place_number(&plan->index, object);

	if (index >= plan->num)
		return;
	struct cw_part part = {
		.kind = CW_PART_OBJECTS,
		.type = plan->alternatives[index].type,
		.address = object->address + plan->alternatives[index].offset,
		.count = 1,
	};
	visitor->part(visitor, &part);
}

static bool variant_describe(const struct cw_rule_context *context,
			     const void *data, const struct cw_object *object,
			     struct cw_text *text)
{
	const struct variant_plan *plan = data;
	uint64_t index = cw_place_number(&plan->index, object);

	if (index >= plan->num) {
		cw_text_add(text, "no value");
		return true;
	}
	cw_text_addf(text, "%llu: ", (unsigned long long)index);
	cw_type_print(plan->alternatives[index].type, text);
	return true;
}

/* tuple. */

struct tuple_plan {
	size_t num;
	struct cw_place elements[];
};

static bool is_element(const struct cw_type *type)
{
	return cw_std_is(type, "_Head_base") || cw_std_is(type, "__tuple_leaf");
}

/* The elements of a tuple's bases, in the order of their indices. */
static size_t elements_find(const struct cw_type *type, struct cw_place *ret)
{
	struct cw_place scopes[MAX_ELEMENTS * 2] = {{.type = type}};
	size_t num_scopes = 1, num = 0;

	for (size_t i = 0; i < num_scopes && num < MAX_ELEMENTS; i++) {
		const struct cw_member *members;
		size_t num_members = cw_type_members(scopes[i].type, &members);
		struct cw_place place;

		if (is_element(scopes[i].type)) {
			if (!cw_place_find(scopes[i].type, "_M_head_impl",
					   &place) &&
			    !cw_place_find(scopes[i].type, "__value_", &place))
				place = (struct cw_place){
					.type = scopes[i].type};
			place.offset += scopes[i].offset;
			ret[num++] = place;
			continue;
		}
		for (size_t k = 0; k < num_members; k++) {
			const struct cw_type *inner =
				cw_type_strip(members[k].type);
			if (num_scopes == cw_num_elements(scopes) || !inner ||
			    !cw_type_is_aggregate(inner))
				continue;
			if (!members[k].is_base &&
			    (!members[k].name ||
			     strcmp(members[k].name, "__base_") != 0))
				continue;
			scopes[num_scopes++] = (struct cw_place){
				.type = inner,
				.offset = scopes[i].offset + members[k].offset};
		}
	}
	return num;
}

static bool tuple_prepare(const struct cw_rule_context *context,
			  const struct cw_type *type, const void **ret)
{
	struct cw_place elements[MAX_ELEMENTS];

	if (!cw_std_is(type, "tuple"))
		return false;
	size_t num = elements_find(type, elements);
	if (num == 0)
		return false;
	struct tuple_plan *plan = cw_arena_alloc(
		context->arena, sizeof(*plan) + num * sizeof(*elements));
	plan->num = num;
	memcpy(plan->elements, elements, num * sizeof(*elements));
	*ret = plan;
	return true;
}

static void tuple_visit(const struct cw_rule_context *context, const void *data,
			const struct cw_object *object,
			struct cw_part_visitor *visitor)
{
	const struct tuple_plan *plan = data;

	for (size_t i = 0; i < plan->num; i++) {
		const struct cw_place *place = &plan->elements[i];
		struct cw_part part = {
			.kind = CW_PART_OBJECTS,
			.type = place->type,
			.address = object->address + place->offset,
			.count = 1,
			.is_element = true,
			.first_index = i,
		};
		if (place->offset + place->type->size <= object->type->size)
			visitor->part(visitor, &part);
	}
}

const struct cw_rule cw_cxx_wrapper_rules[] = {
	{"std::optional", optional_prepare, optional_visit, optional_describe,
	 NULL},
	{"boost::optional", boost_optional_prepare, optional_visit,
	 optional_describe, NULL},
	{"std::variant", variant_prepare, variant_visit, variant_describe,
	 NULL},
	{"std::tuple", tuple_prepare, tuple_visit, NULL, NULL},
	{.name = NULL},
};

/*
 * Protocol buffers: what fields of messages hold, of releases up to 3.21.
 *
 * RepeatedPtrField<T>	rep_ points to a count and as many pointers to T; more
 *			of them than the field has elements, which are kept to
 *			be used again
 * RepeatedField<T>	arena_or_elements_ points to elements, behind a word in
 *			the same allocation; when there is no room, to no
 *			elements
 * TaggedStringPtr	a pointer to a std::string, with two bits of flags
 * Map<K, V>		table_ has lists of nodes; two buckets that are equal
 *			share a tree
 *
 * What is in an arena is its own allocation's.
 */
#include <string.h>

#include "base/memory.h"
#include "object/cxx.h"

enum {
	WORD = 8,
	FLAGS = 3,
	MAX_ELEMENTS = 1 << 26,
};

static uint64_t count_at(const struct cw_place *place,
			 const struct cw_object *object)
{
	int32_t count = cw_place_number(place, object);

	return count > 0 ? count : 0;
}

/* ---- RepeatedPtrField */

enum { SIZE, ROOM, REP, NUM_REPEATED };

struct pointers_plan {
	struct cw_place places[NUM_REPEATED];
	struct cw_place allocated, words; /* of what rep_ points to */
	const struct cw_type *element;
};

static bool pointers_prepare(const struct cw_rule_context *context,
			     const struct cw_type *type, const void **ret)
{
	static const char *const paths[] = {"current_size_", "total_size_",
					    "rep_"};
	struct pointers_plan plan;

	if (!cw_class_is(type, "google::protobuf::RepeatedPtrField") ||
	    !cw_places_find(type, paths, NUM_REPEATED, plan.places))
		return false;
	const struct cw_type *rep = cw_place_target(&plan.places[REP]);
	plan.element = cw_type_argument(type, 0);
	if (!rep || !plan.element || plan.element->size == 0 ||
	    !cw_place_find(rep, "allocated_size", &plan.allocated) ||
	    !cw_place_find(rep, "elements", &plan.words) ||
	    plan.words.type->kind != CW_TYPE_ARRAY)
		return false;
	*ret = cw_arena_copy(context->arena, &plan, sizeof(plan));
	return true;
}

static void pointers_visit(const struct cw_rule_context *context,
			   const void *data, const struct cw_object *object,
			   struct cw_part_visitor *visitor)
{
	const struct pointers_plan *plan = data;
	cw_addr rep = cw_place_number(&plan->places[REP], object);
	uint64_t room = count_at(&plan->places[ROOM], object);
	uint64_t size = plan->words.offset + room * WORD;
	int32_t num;

	if (rep == 0 || room > MAX_ELEMENTS ||
	    !cw_memory_holds(context, rep, size) ||
	    !cw_target_read(context->target, rep + plan->allocated.offset, &num,
			    sizeof(num)) ||
	    num < 0 || (uint64_t)num > room)
		return;
	struct cw_part words = {
		.kind = CW_PART_OBJECTS,
		.type = cw_type_strip(plan->words.type->target),
		.address = rep + plan->words.offset,
		.count = num,
		.slot = object->address + plan->places[REP].offset,
		.ownership = CW_OWNS,
		.storage = rep,
		.storage_size = size,
		.label = "words",
	};
	visitor->part(visitor, &words);
	for (int32_t i = 0; i < num; i++) {
		struct cw_part part = {
			.kind = CW_PART_OBJECTS,
			.type = plan->element,
			.count = 1,
			.slot = words.address + i * (uint64_t)WORD,
			.ownership = CW_OWNS,
			.is_element = true,
			.first_index = i,
		};
		if (cw_target_read_word(context->target, part.slot,
					&part.address) &&
		    cw_memory_holds(context, part.address, plan->element->size))
			visitor->part(visitor, &part);
	}
}

/* ---- RepeatedField */

struct elements_plan {
	struct cw_place places[NUM_REPEATED];
	const struct cw_type *element;
};

static bool elements_prepare(const struct cw_rule_context *context,
			     const struct cw_type *type, const void **ret)
{
	static const char *const paths[] = {"current_size_", "total_size_",
					    "arena_or_elements_"};
	struct elements_plan plan;

	if (!cw_class_is(type, "google::protobuf::RepeatedField") ||
	    !cw_places_find(type, paths, NUM_REPEATED, plan.places))
		return false;
	plan.element = cw_type_argument(type, 0);
	if (!plan.element || plan.element->size == 0)
		return false;
	*ret = cw_arena_copy(context->arena, &plan, sizeof(plan));
	return true;
}

static void elements_visit(const struct cw_rule_context *context,
			   const void *data, const struct cw_object *object,
			   struct cw_part_visitor *visitor)
{
	const struct elements_plan *plan = data;
	cw_addr elements = cw_place_number(&plan->places[REP], object);
	uint64_t room = count_at(&plan->places[ROOM], object);
	struct cw_part part = {
		.kind = CW_PART_OBJECTS,
		.type = plan->element,
		.address = elements,
		.count = count_at(&plan->places[SIZE], object),
		.slot = object->address + plan->places[REP].offset,
		.ownership = CW_OWNS,
		.storage = elements - WORD,
		.storage_size = WORD + room * plan->element->size,
		.is_element = true,
	};

	if (room > 0 && room <= MAX_ELEMENTS && part.count <= room &&
	    elements > WORD &&
	    cw_memory_holds(context, part.storage, part.storage_size))
		visitor->part(visitor, &part);
}

/* Of both kinds of repeated fields. */
static bool repeated_describe(const struct cw_rule_context *context,
			      const void *data, const struct cw_object *object,
			      struct cw_text *text)
{
	const struct cw_place *places = data; /* what both plans begin with */

	(void)context;
	cw_text_add_elements(text, count_at(&places[SIZE], object));
	return true;
}

/* ---- TaggedStringPtr */

struct string_plan {
	struct cw_place pointer;
	const struct cw_type *string;
};

static bool string_prepare(const struct cw_rule_context *context,
			   const struct cw_type *type, const void **ret)
{
	static const char *const spaces[] = {"__cxx11::", "__1::", ""};
	struct string_plan plan = {0};

	if (!cw_class_is(type, "google::protobuf::internal::TaggedStringPtr") ||
	    !cw_place_find(type, "ptr_", &plan.pointer))
		return false;
	for (size_t i = 0; i < cw_num_elements(spaces) && !plan.string; i++) {
		cw_cleanup_text struct cw_text rest = {0};
		cw_text_addf(&rest,
			     ", std::%schar_traits<char>, "
			     "std::%sallocator<char>",
			     i == 1 ? "__1::" : "", i == 1 ? "__1::" : "");
		cw_cleanup_text struct cw_text scope = {0};
		cw_text_addf(&scope, "std::%s", spaces[i]);
		plan.string =
			cw_template_find(context, scope.chars, "basic_string",
					 "char", 4, rest.chars, NULL);
	}
	if (!plan.string)
		return false;
	*ret = cw_arena_copy(context->arena, &plan, sizeof(plan));
	return true;
}

static void string_visit(const struct cw_rule_context *context,
			 const void *data, const struct cw_object *object,
			 struct cw_part_visitor *visitor)
{
	const struct string_plan *plan = data;
	cw_addr word = cw_place_number(&plan->pointer, object);
	struct cw_part part = {
		.kind = CW_PART_OBJECTS,
		.type = plan->string,
		.address = word & ~(cw_addr)FLAGS,
		.count = 1,
		.slot = object->address + plan->pointer.offset,
		/* Without flags: the default, which all have. */
		.ownership = word & FLAGS ? CW_OWNS : CW_BORROWS,
	};

	if (part.address &&
	    cw_memory_holds(context, part.address, plan->string->size))
		visitor->part(visitor, &part);
}

/* ---- Map */

enum { TABLE, NUM_BUCKETS, NUM_ENTRIES, NUM_MAP };

struct map_plan {
	struct cw_place places[NUM_MAP];
	const struct cw_type *bucket, *node;
};

static bool map_prepare(const struct cw_rule_context *context,
			const struct cw_type *type, const void **ret)
{
	static const char *const paths[] = {"table_", "num_buckets_",
					    "num_elements_"};
	static const char begin[] = "google::protobuf::Map<";
	struct map_plan plan = {0};

	if (!type->name || strncmp(type->name, begin, sizeof(begin) - 1) != 0 ||
	    !cw_places_find(type, paths, NUM_MAP, plan.places))
		return false;
	plan.node = cw_class_inner(context, type, "Node");
	plan.bucket = cw_place_target(&plan.places[TABLE]);
	if (!plan.node || !plan.bucket || plan.bucket->size != WORD)
		return false;
	*ret = cw_arena_copy(context->arena, &plan, sizeof(plan));
	return true;
}

static void map_visit(const struct cw_rule_context *context, const void *data,
		      const struct cw_object *object,
		      struct cw_part_visitor *visitor)
{
	const struct map_plan *plan = data;
	cw_addr table = cw_place_number(&plan->places[TABLE], object);
	uint64_t num = cw_place_number(&plan->places[NUM_BUCKETS], object);

	/* One is a constant that all empty maps have. */
	if (num <= 1 || num > MAX_ELEMENTS ||
	    !cw_memory_holds(context, table, num * WORD))
		return;
	struct cw_part buckets = {
		.kind = CW_PART_OBJECTS,
		.type = plan->bucket,
		.address = table,
		.count = num,
		.slot = object->address + plan->places[TABLE].offset,
		.ownership = CW_OWNS,
		.storage = table,
		.storage_size = num * WORD,
		.label = "buckets",
	};
	visitor->part(visitor, &buckets);
	for (uint64_t i = 0; i < num; i++) {
		struct cw_part part = {
			.kind = CW_PART_OBJECTS,
			.type = plan->node,
			.slot = table + i * WORD,
			.count = 1,
			.ownership = CW_OWNS,
		};
		part.address = cw_word_at(context, part.slot);
		if (part.address && part.address % WORD == 0 &&
		    part.address !=
			    cw_word_at(context, table + (i ^ 1) * WORD) &&
		    cw_memory_holds(context, part.address, plan->node->size))
			visitor->part(visitor, &part);
	}
}

static bool map_describe(const struct cw_rule_context *context,
			 const void *data, const struct cw_object *object,
			 struct cw_text *text)
{
	const struct map_plan *plan = data;

	(void)context;
	cw_text_add_elements(
		text, cw_place_number(&plan->places[NUM_ENTRIES], object));
	return true;
}

const struct cw_rule cw_protobuf_rules[] = {
	{"google::protobuf::RepeatedPtrField", pointers_prepare, pointers_visit,
	 repeated_describe, NULL},
	{"google::protobuf::RepeatedField", elements_prepare, elements_visit,
	 repeated_describe, NULL},
	{"string of google::protobuf", string_prepare, string_visit, NULL,
	 NULL},
	{"google::protobuf::Map", map_prepare, map_visit, map_describe, NULL},
	{.name = NULL},
};

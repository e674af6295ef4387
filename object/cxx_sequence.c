/*
 * Sequences: std::vector, vector<bool>, array and span.
 *
 *			libstdc++			libc++
 * vector		start, finish, end of storage	begin, end, end of
 *storage vector<bool>		the same, of words, and the	words, number of
 *bits, number of bits in the last	number of words
 *
 * Only live elements are parts: what lies between the last one and the end of
 * the storage is what earlier ones left.
 */
#include "base/memory.h"
#include "object/cxx.h"

enum { START, FINISH, END, NUM_VECTOR };

struct vector_plan {
	struct cw_place places[NUM_VECTOR];
	const struct cw_type *element;
	struct cw_rest rest;
};

static const char *const vector_rows[][NUM_VECTOR] = {
	{"_M_impl._M_start", "_M_impl._M_finish", "_M_impl._M_end_of_storage"},
	{"__begin_", "__end_", "__end_cap_.__value_"},
	{"__begin_", "__end_", "__cap_"},
};

static bool vector_prepare(const struct cw_rule_context *context,
			   const struct cw_type *type, const void **ret)
{
	struct vector_plan plan;

	if (!cw_std_is(type, "vector"))
		return false;
	for (size_t i = 0; i < cw_num_elements(vector_rows); i++) {
		if (!cw_places_find(type, vector_rows[i], NUM_VECTOR,
				    plan.places))
			continue;
		plan.element = cw_place_target(&plan.places[START]);
		if (!plan.element || plan.element->size == 0)
			continue;
		plan.rest =
			cw_rest_find(context, type, plan.places, NUM_VECTOR);
		*ret = cw_arena_copy(context->arena, &plan, sizeof(plan));
		return true;
	}
	return false;
}

struct range {
	cw_addr start, finish, end;
};

static bool vector_read(const struct cw_rule_context *context,
			const struct vector_plan *plan,
			const struct cw_object *object, struct range *ret)
{
	struct range range = {
		cw_place_number(&plan->places[START], object),
		cw_place_number(&plan->places[FINISH], object),
		cw_place_number(&plan->places[END], object),
	};

	if (range.start > range.finish || range.finish > range.end ||
	    (range.finish - range.start) % plan->element->size != 0 ||
	    (range.start == 0 && range.end != 0))
		return false;
	if (range.start != 0 &&
	    !cw_memory_holds(context, range.start, range.end - range.start))
		return false;
	*ret = range;
	return true;
}

static void vector_visit(const struct cw_rule_context *context,
			 const void *data, const struct cw_object *object,
			 struct cw_part_visitor *visitor)
{
	const struct vector_plan *plan = data;
	struct range range;

	cw_rest_visit(&plan->rest, object, visitor);
	if (!vector_read(context, plan, object, &range) || range.start == 0)
		return;
	struct cw_part part = {
		.kind = CW_PART_OBJECTS,
		.type = plan->element,
		.address = range.start,
		.count = (range.finish - range.start) / plan->element->size,
		.slot = object->address + plan->places[START].offset,
		.ownership = CW_OWNS,
		.storage = range.start,
		.storage_size = range.end - range.start,
		.is_element = true,
	};
	visitor->part(visitor, &part);
}

static bool vector_describe(const struct cw_rule_context *context,
			    const void *data, const struct cw_object *object,
			    struct cw_text *text)
{
	const struct vector_plan *plan = data;
	char number[CW_NUMBER_SIZE];
	struct range range;

	if (!vector_read(context, plan, object, &range))
		return false;
	uint64_t count = (range.finish - range.start) / plan->element->size;
	uint64_t room = (range.end - range.start) / plan->element->size;
	cw_text_add_elements(text, count);
	if (room > count)
		cw_text_addf(text, ", room for %s",
			     cw_text_count(number, room));
	return true;
}

/* Bits: no pointers, but memory that is the vector's. */

enum { BITS_START, BITS_A, BITS_B, BITS_C, NUM_BITS };

struct bits_plan {
	struct cw_place places[NUM_BITS];
	bool is_counted; /* libc++ counts bits; libstdc++ has an iterator */
	uint64_t word_size;
	struct cw_rest rest;
};

struct bits_row {
	const char *paths[NUM_BITS];
	bool is_counted;
};

static const struct bits_row bits_rows[] = {
	{{"_M_impl._M_start._M_p", "_M_impl._M_finish._M_p",
	  "_M_impl._M_finish._M_offset", "_M_impl._M_end_of_storage"},
	 false},
	{{"__begin_", "__size_", "__cap_alloc_.__value_", NULL}, true},
	{{"__begin_", "__size_", "__cap_", NULL}, true},
};

static bool bits_prepare(const struct cw_rule_context *context,
			 const struct cw_type *type, const void **ret)
{
	if (!cw_std_is(type, "vector"))
		return false;
	for (size_t i = 0; i < cw_num_elements(bits_rows); i++) {
		struct bits_plan plan = {.is_counted = bits_rows[i].is_counted};
		if (!cw_places_find(type, bits_rows[i].paths, NUM_BITS,
				    plan.places))
			continue;
		const struct cw_type *word =
			cw_place_target(&plan.places[BITS_START]);
		if (!word || word->size == 0)
			continue;
		plan.word_size = word->size;
		plan.rest = cw_rest_find(context, type, plan.places, NUM_BITS);
		*ret = cw_arena_copy(context->arena, &plan, sizeof(plan));
		return true;
	}
	return false;
}

/* Number of bits and bytes of the storage. */
static bool bits_read(const struct cw_rule_context *context,
		      const struct bits_plan *plan,
		      const struct cw_object *object, uint64_t *ret_bits,
		      uint64_t *ret_size)
{
	cw_addr start = cw_place_number(&plan->places[BITS_START], object);
	uint64_t a = cw_place_number(&plan->places[BITS_A], object);
	uint64_t b = cw_place_number(&plan->places[BITS_B], object);
	uint64_t bits, size;

	if (plan->is_counted) {
		bits = a;
		if (__builtin_mul_overflow(b, plan->word_size, &size))
			return false;
	} else {
		cw_addr end = cw_place_number(&plan->places[BITS_C], object);
		if (a < start || end < a || (start == 0 && end != 0))
			return false;
		bits = (a - start) * 8 + b;
		size = end - start;
	}
	if (bits / 8 > size || (size && !cw_memory_holds(context, start, size)))
		return false;
	*ret_bits = bits;
	*ret_size = size;
	return true;
}

static void bits_visit(const struct cw_rule_context *context, const void *data,
		       const struct cw_object *object,
		       struct cw_part_visitor *visitor)
{
	const struct bits_plan *plan = data;
	uint64_t bits, size;

	cw_rest_visit(&plan->rest, object, visitor);
	if (!bits_read(context, plan, object, &bits, &size) || size == 0)
		return;
	cw_addr start = cw_place_number(&plan->places[BITS_START], object);
	struct cw_part part = {
		.kind = CW_PART_BYTES,
		.address = start,
		.count = size,
		.slot = object->address + plan->places[BITS_START].offset,
		.ownership = CW_OWNS,
		.storage = start,
		.storage_size = size,
		.label = "bits",
	};
	visitor->part(visitor, &part);
}

static bool bits_describe(const struct cw_rule_context *context,
			  const void *data, const struct cw_object *object,
			  struct cw_text *text)
{
	char number[CW_NUMBER_SIZE];
	uint64_t bits, size;

	if (!bits_read(context, data, object, &bits, &size))
		return false;
	cw_text_addf(text, "%s bit%s", cw_text_count(number, bits),
		     bits == 1 ? "" : "s");
	return true;
}

/* std::array: its one member is the array itself. */

static bool array_prepare(const struct cw_rule_context *context,
			  const struct cw_type *type, const void **ret)
{
	struct cw_place place;

	if (!cw_std_is(type, "array") ||
	    (!cw_place_find(type, "_M_elems", &place) &&
	     !cw_place_find(type, "__elems_", &place)) ||
	    place.type->kind != CW_TYPE_ARRAY || place.type->count == 0)
		return false;
	*ret = cw_arena_copy(context->arena, &place, sizeof(place));
	return true;
}

static void array_visit(const struct cw_rule_context *context, const void *data,
			const struct cw_object *object,
			struct cw_part_visitor *visitor)
{
	const struct cw_place *place = data;
	struct cw_part part = {
		.kind = CW_PART_OBJECTS,
		.type = cw_type_strip(place->type->target),
		.address = object->address + place->offset,
		.count = place->type->count,
		.is_element = true,
	};

	visitor->part(visitor, &part);
}

/* std::span, std::initializer_list: elements of someone else's. */

enum { SPAN_START, SPAN_COUNT, NUM_SPAN };

struct span_row {
	const char *name;
	const char *paths[NUM_SPAN];
};

static const struct span_row span_rows[] = {
	{"span", {"_M_ptr", "_M_extent._M_extent_value"}},
	{"span", {"__data", "__size"}},
	{"span", {"__data_", "__size_"}},
	{"initializer_list", {"_M_array", "_M_len"}},
	{"initializer_list", {"__begin_", "__size_"}},
};

static bool span_prepare(const struct cw_rule_context *context,
			 const struct cw_type *type, const void **ret)
{
	struct cw_place places[NUM_SPAN];

	for (size_t i = 0; i < cw_num_elements(span_rows); i++) {
		if (!cw_std_is(type, span_rows[i].name) ||
		    !cw_places_find(type, span_rows[i].paths, NUM_SPAN, places))
			continue;
		const struct cw_type *element =
			cw_place_target(&places[SPAN_START]);
		if (!element || element->size == 0)
			continue;
		*ret = cw_arena_copy(context->arena, places, sizeof(places));
		return true;
	}
	return false;
}

static void span_visit(const struct cw_rule_context *context, const void *data,
		       const struct cw_object *object,
		       struct cw_part_visitor *visitor)
{
	const struct cw_place *places = data;
	const struct cw_type *element = cw_place_target(&places[SPAN_START]);
	uint64_t count = cw_place_number(&places[SPAN_COUNT], object);
	cw_addr start = cw_place_number(&places[SPAN_START], object);
	uint64_t size;

	if (count == 0 || __builtin_mul_overflow(count, element->size, &size) ||
	    !cw_memory_holds(context, start, size))
		return;
	struct cw_part part = {
		.kind = CW_PART_OBJECTS,
		.type = element,
		.address = start,
		.count = count,
		.slot = object->address + places[SPAN_START].offset,
		.ownership = CW_BORROWS,
		.is_element = true,
	};
	visitor->part(visitor, &part);
}

static bool span_describe(const struct cw_rule_context *context,
			  const void *data, const struct cw_object *object,
			  struct cw_text *text)
{
	const struct cw_place *places = data;

	cw_text_add_elements(text,
			     cw_place_number(&places[SPAN_COUNT], object));
	return true;
}

const struct cw_rule cw_cxx_sequence_rules[] = {
	{"std::vector", vector_prepare, vector_visit, vector_describe, NULL},
	{"std::vector<bool>", bits_prepare, bits_visit, bits_describe, NULL},
	{"std::array", array_prepare, array_visit, NULL, NULL},
	{"std::span", span_prepare, span_visit, span_describe, NULL},
	{.name = NULL},
};

/*
 * Deques: an array of pointers (the "map") to buffers of equal size.
 *
 * libstdc++: the iterators _M_start and _M_finish have each the element
 * (_M_cur), its buffer (_M_first, _M_last) and the buffer's place in the map
 * (_M_node).  libc++: the map is a __split_buffer; the number of the first
 * element, counted from the first buffer, and the number of elements.
 *
 * The words that refer to buffers are the map's: the parts' slots are there.
 */
#include "base/memory.h"
#include "object/cxx.h"

enum {
	/* libc++: buffers have 4096 bytes, or 16 elements of large types. */
	LIBCXX_BUFFER_SIZE = 4096,
	LIBCXX_LARGE = 256,
	LIBCXX_LARGE_COUNT = 16,
	MAX_BUFFERS = 1 << 24,
};

enum {
	MAP,
	MAP_SIZE,
	START_CUR,
	START_FIRST,
	START_LAST,
	START_NODE,
	FINISH_CUR,
	FINISH_FIRST,
	FINISH_NODE,
	NUM_STDCXX,
};

static const char *const stdcxx_paths[NUM_STDCXX] = {
	"_M_impl._M_map",
	"_M_impl._M_map_size",
	"_M_impl._M_start._M_cur",
	"_M_impl._M_start._M_first",
	"_M_impl._M_start._M_last",
	"_M_impl._M_start._M_node",
	"_M_impl._M_finish._M_cur",
	"_M_impl._M_finish._M_first",
	"_M_impl._M_finish._M_node",
};

enum { ALLOCATED, BEGIN, END, ALLOCATED_END, FIRST, COUNT, NUM_CXX };

static const char *const cxx_rows[][NUM_CXX] = {
	{"__map_.__first_", "__map_.__begin_", "__map_.__end_",
	 "__map_.__end_cap_.__value_", "__start_", "__size_.__value_"},
	{"__map_.__first_", "__map_.__begin_", "__map_.__end_", "__map_.__cap_",
	 "__start_", "__size_"},
};

struct plan {
	struct cw_place places[NUM_STDCXX];
	bool is_libcxx;
	const struct cw_type *pointer; /* what the map has */
	const struct cw_type *element;
	struct cw_rest rest;
};

/* Where a deque's elements are. */
struct shape {
	cw_addr map;	       /* the array of pointers */
	uint64_t map_size;     /* bytes */
	cw_addr first_slot;    /* of live buffers */
	uint64_t num_buffers;  /* from there on */
	uint64_t buffer_count; /* elements a buffer has room for */
	uint64_t first;	       /* elements before the first live one */
	uint64_t count;	       /* live ones */
};

static bool plan_finish(const struct cw_rule_context *context,
			const struct cw_type *type, struct plan *plan,
			size_t num)
{
	plan->pointer = cw_place_target(&plan->places[MAP]);
	if (!plan->pointer || plan->pointer->kind != CW_TYPE_POINTER)
		return false;
	plan->element = cw_type_strip(plan->pointer->target);
	if (!plan->element || plan->element->size == 0)
		return false;
	plan->rest = cw_rest_find(context, type, plan->places, num);
	return true;
}

static bool deque_prepare(const struct cw_rule_context *context,
			  const struct cw_type *type, const void **ret)
{
	struct plan plan = {0};
	bool is_found;

	if (!cw_std_is(type, "deque"))
		return false;
	is_found =
		cw_places_find(type, stdcxx_paths, NUM_STDCXX, plan.places) &&
		plan_finish(context, type, &plan, NUM_STDCXX);
	for (size_t i = 0; i < cw_num_elements(cxx_rows) && !is_found; i++) {
		plan.is_libcxx = true;
		is_found = cw_places_find(type, cxx_rows[i], NUM_CXX,
					  plan.places) &&
			   plan_finish(context, type, &plan, NUM_CXX);
	}
	if (!is_found)
		return false;
	*ret = cw_arena_copy(context->arena, &plan, sizeof(plan));
	return true;
}

static bool stdcxx_read(const struct plan *plan, const struct cw_object *object,
			struct shape *ret)
{
	uint64_t words[NUM_STDCXX];
	uint64_t size = plan->element->size;

	for (size_t i = 0; i < NUM_STDCXX; i++)
		words[i] = cw_place_number(&plan->places[i], object);
	if (words[START_NODE] < words[MAP] ||
	    words[FINISH_NODE] < words[START_NODE] ||
	    words[START_FIRST] > words[START_CUR] ||
	    words[START_CUR] > words[START_LAST] ||
	    words[FINISH_FIRST] > words[FINISH_CUR] ||
	    words[START_LAST] - words[START_FIRST] < size ||
	    words[MAP_SIZE] > UINT64_MAX / 8)
		return false;
	ret->map = words[MAP];
	ret->map_size = words[MAP_SIZE] * 8;
	ret->first_slot = words[START_NODE];
	ret->num_buffers = (words[FINISH_NODE] - words[START_NODE]) / 8 + 1;
	ret->buffer_count = (words[START_LAST] - words[START_FIRST]) / size;
	ret->first = (words[START_CUR] - words[START_FIRST]) / size;

	uint64_t last = (words[FINISH_CUR] - words[FINISH_FIRST]) / size;
	uint64_t before;
	if (__builtin_mul_overflow(ret->num_buffers - 1, ret->buffer_count,
				   &before) ||
	    last > ret->buffer_count || before + last < ret->first)
		return false;
	ret->count = before + last - ret->first;
	return true;
}

static bool cxx_read(const struct plan *plan, const struct cw_object *object,
		     struct shape *ret)
{
	uint64_t words[NUM_CXX];
	uint64_t size = plan->element->size;

	for (size_t i = 0; i < NUM_CXX; i++)
		words[i] = cw_place_number(&plan->places[i], object);
	if (words[BEGIN] < words[ALLOCATED] || words[END] < words[BEGIN] ||
	    words[ALLOCATED_END] < words[END])
		return false;
	ret->map = words[ALLOCATED];
	ret->map_size = words[ALLOCATED_END] - words[ALLOCATED];
	ret->first_slot = words[BEGIN];
	ret->num_buffers = (words[END] - words[BEGIN]) / 8;
	ret->buffer_count = size < LIBCXX_LARGE ? LIBCXX_BUFFER_SIZE / size
						: LIBCXX_LARGE_COUNT;
	ret->first = words[FIRST];
	ret->count = words[COUNT];
	return true;
}

static bool shape_read(const struct cw_rule_context *context,
		       const struct plan *plan, const struct cw_object *object,
		       struct shape *ret)
{
	struct shape shape;
	uint64_t room;

	if (!(plan->is_libcxx ? cxx_read : stdcxx_read)(plan, object, &shape) ||
	    shape.num_buffers > MAX_BUFFERS ||
	    __builtin_mul_overflow(shape.num_buffers, shape.buffer_count,
				   &room) ||
	    shape.first > room || shape.count > room - shape.first ||
	    shape.first_slot - shape.map > shape.map_size ||
	    shape.num_buffers * 8 >
		    shape.map_size - (shape.first_slot - shape.map) ||
	    (shape.map_size &&
	     !cw_memory_holds(context, shape.map, shape.map_size)))
		return false;
	*ret = shape;
	return true;
}

/* The live elements of buffer number @number; may be none. */
static void buffer_visit(const struct cw_rule_context *context,
			 const struct plan *plan, const struct shape *shape,
			 uint64_t number, struct cw_part_visitor *visitor)
{
	uint64_t size = plan->element->size;
	uint64_t start = number * shape->buffer_count;
	uint64_t end = start + shape->buffer_count;
	cw_addr slot = shape->first_slot + number * 8;
	cw_addr buffer;

	if (!cw_target_read_word(context->target, slot, &buffer) ||
	    !cw_memory_holds(context, buffer, shape->buffer_count * size))
		return;
	uint64_t first = start > shape->first ? start : shape->first;
	if (end > shape->first + shape->count)
		end = shape->first + shape->count;
	if (first > end)
		first = end = start;
	struct cw_part part = {
		.kind = CW_PART_OBJECTS,
		.type = plan->element,
		.address = buffer + (first - start) * size,
		.count = end - first,
		.slot = slot,
		.ownership = CW_OWNS,
		.storage = buffer,
		.storage_size = shape->buffer_count * size,
		.is_element = true,
		.first_index = first > shape->first ? first - shape->first : 0,
	};
	visitor->part(visitor, &part);
}

/* The iterators in the object point to what it owns by the map. */
static void iterators_visit(const struct plan *plan,
			    const struct cw_object *object,
			    struct cw_part_visitor *visitor)
{
	static const struct {
		unsigned place;
		const char *label;
	} rows[] = {
		{START_CUR, "begin"},	    {START_FIRST, "first buffer"},
		{START_NODE, "first slot"}, {FINISH_FIRST, "last buffer"},
		{FINISH_NODE, "last slot"},
	};

	for (size_t i = 0; i < cw_num_elements(rows); i++) {
		const struct cw_place *place = &plan->places[rows[i].place];
		struct cw_part part = {
			.kind = CW_PART_OBJECTS,
			.type = cw_place_target(place),
			.address = cw_place_number(place, object),
			.count = 1,
			.slot = object->address + place->offset,
			.ownership = CW_BORROWS,
			.label = rows[i].label,
		};
		visitor->part(visitor, &part);
	}
}

static void deque_visit(const struct cw_rule_context *context, const void *data,
			const struct cw_object *object,
			struct cw_part_visitor *visitor)
{
	const struct plan *plan = data;
	struct shape shape;

	cw_rest_visit(&plan->rest, object, visitor);
	if (!shape_read(context, plan, object, &shape) || shape.map == 0)
		return;
	struct cw_part map = {
		.kind = CW_PART_OBJECTS,
		.type = plan->pointer,
		.address = shape.first_slot,
		.count = shape.num_buffers,
		.slot = object->address + plan->places[MAP].offset,
		.ownership = CW_OWNS,
		.storage = shape.map,
		.storage_size = shape.map_size,
		.label = "map",
	};
	visitor->part(visitor, &map);
	for (uint64_t i = 0; i < shape.num_buffers; i++)
		buffer_visit(context, plan, &shape, i, visitor);
	if (!plan->is_libcxx)
		iterators_visit(plan, object, visitor);
}

static bool deque_describe(const struct cw_rule_context *context,
			   const void *data, const struct cw_object *object,
			   struct cw_text *text)
{
	struct shape shape;

	if (!shape_read(context, data, object, &shape))
		return false;
	cw_text_add_elements(text, shape.count);
	return true;
}

const struct cw_rule cw_cxx_deque_rules[] = {
	{"std::deque", deque_prepare, deque_visit, deque_describe, NULL},
	{.name = NULL},
};

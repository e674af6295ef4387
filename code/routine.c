#include "code/routine.h"

#include <string.h>

#include "base/memory.h"
#include "base/sort.h"
#include "code/home.h"
#include "code/spot.h"

enum {
	MAX_WORDS_IN_REGISTERS = 2,
};

/* System V ABI for x86-64, 3.2.3; by DWARF's numbers. */
const uint8_t cw_argument_registers[CW_NUM_ARGUMENTS] = {5, 4, 1, 2, 8, 9};

void cw_routines_init(struct cw_routines *routines)
{
	*routines = (struct cw_routines){0};
	cw_map_init(&routines->by_entry);
}

void cw_routines_deinit(struct cw_routines *routines)
{
	cw_array_deinit(&routines->all);
	cw_array_deinit(&routines->ranges);
	cw_array_deinit(&routines->homes);
	cw_array_deinit(&routines->order);
	cw_array_deinit(&routines->sorted);
	cw_map_deinit(&routines->by_entry);
}

const struct cw_routine *cw_routine_at(const struct cw_routines *routines,
				       cw_addr entry)
{
	uint32_t number;

	return cw_map_get(&routines->by_entry, entry, &number)
		       ? &routines->all.items[number]
		       : NULL;
}

static bool is_in_memory(const struct cw_type *type)
{
	return cw_type_is_aggregate(type) &&
	       type->size > 8 * MAX_WORDS_IN_REGISTERS;
}

void cw_signature_read(const struct cw_type *const *parameters, size_t num,
		       const struct cw_type *result, struct cw_signature *ret)
{
	unsigned next = 0;

	/* Its caller says where the result shall be put. */
	if (result) {
		result = cw_type_strip(result);
		ret->result = cw_pointee_of(result);
		next += is_in_memory(result);
	}
	for (size_t i = 0; i < num && next < CW_NUM_ARGUMENTS; i++) {
		const struct cw_type *type = cw_type_strip(parameters[i]);
		if (type->kind == CW_TYPE_BASE &&
		    type->encoding == CW_ENCODING_FLOAT)
			continue;
		if (cw_type_is_aggregate(type)) {
			if (is_in_memory(type))
				continue;
			return;
		}
		ret->parameters[next++] = cw_pointee_of(type);
	}
}

/* By start; those with the same stay in order. */
static void homes_sort(struct cw_routines *routines, uint32_t first)
{
	const struct cw_home *homes = routines->homes.items + first;
	size_t num = routines->homes.num - first;
	cw_addr lowest = UINT64_MAX;

	if (num < 2)
		return;
	cw_array_reserve(&routines->order, 2 * num);
	cw_array_reserve(&routines->sorted, num);
	for (size_t i = 0; i < num; i++)
		if (homes[i].start < lowest)
			lowest = homes[i].start;
	uint64_t *order = routines->order.items;
	for (size_t i = 0; i < num; i++) {
		uint64_t distance = homes[i].start - lowest;
		/* Farther away is no code of the same function. */
		if (distance > UINT32_MAX)
			distance = UINT32_MAX;
		order[i] = distance << 32 | i;
	}
	cw_sort_numbers(order, num, order + num);
	for (size_t i = 0; i < num; i++)
		routines->sorted.items[i] = homes[(uint32_t)order[i]];
	memcpy(routines->homes.items + first, routines->sorted.items,
	       num * sizeof(*homes));
}

/* A pointer to a type, or an object that lies in the frame. */
static bool home_type(const struct cw_type *declared, struct cw_home *home)
{
	const struct cw_type *type = cw_type_strip(declared);
	const struct cw_type *pointee = cw_pointee_of(type);

	home->is_object = !pointee;
	home->type = pointee ? pointee : type;
	if (pointee)
		return pointee->kind != CW_TYPE_FUNCTION;
	return cw_type_is_aggregate(type) || type->kind == CW_TYPE_ARRAY;
}

static bool is_home_type(const struct cw_type *type)
{
	struct cw_home home;

	return home_type(type, &home);
}

static void homes_add(struct cw_routines *routines,
		      const struct cw_outline *outline,
		      const struct cw_outline_local *local)
{
	struct cw_home home = {0};

	if (!home_type(local->type, &home))
		return;
	for (uint32_t i = 0; i < local->num_places; i++) {
		const struct cw_local_place *place =
			&outline->places[local->first_place + i];
		home.start = place->start;
		home.end = place->end;
		if (place->start >= place->end ||
		    !cw_home_read(place->expression, place->size, outline,
				  &home) ||
		    (home.is_object && (home.kind == CW_HOME_REGISTER ||
					home.kind == CW_HOME_SUM)))
			continue;
		*cw_array_push(&routines->homes) = home;
	}
}

static const struct cw_local_place *
place_at_entry(const struct cw_outline *outline,
	       const struct cw_outline_local *local)
{
	const struct cw_local_place *place =
		&outline->places[local->first_place];

	for (uint32_t i = 0; i < local->num_places; i++, place++)
		if (outline->entry >= place->start &&
		    outline->entry < place->end)
			return place;
	return NULL;
}

/*
 * What each register brings, by where the parameters are at the entry; for code
 * that is not optimised, which stores them at once, by the ABI.
 */
static void parameters_read(const struct cw_outline *outline,
			    struct cw_signature *signature)
{
	const struct cw_type *types[4 * CW_NUM_ARGUMENTS];
	size_t num = 0;
	bool has_registers = false;

	for (uint32_t i = 0; i < outline->num_locals; i++) {
		const struct cw_outline_local *local = &outline->locals[i];
		struct cw_home home;
		if (!local->is_parameter)
			continue;
		if (num < cw_num_elements(types))
			types[num++] = local->type;
		const struct cw_local_place *place =
			place_at_entry(outline, local);
		if (!place ||
		    !cw_home_read(place->expression, place->size, outline,
				  &home) ||
		    home.kind != CW_HOME_REGISTER)
			continue;
		has_registers = true;
		for (unsigned j = 0; j < CW_NUM_ARGUMENTS; j++)
			if (cw_argument_registers[j] == home.reg)
				signature->parameters[j] =
					cw_pointee_of(local->type);
	}
	if (has_registers)
		num = 0;
	cw_signature_read(types, num, outline->return_type, signature);
}

static struct cw_error *routine_add(void *context,
				    const struct cw_outline *outline)
{
	struct cw_routines *routines = context;
	struct cw_routine routine = {
		.entry = outline->entry,
		.first_range = routines->ranges.num,
		.first_home = routines->homes.num,
		.signature.is_noreturn = outline->is_noreturn,
	};

	if (cw_routine_at(routines, outline->entry))
		return NULL;
	for (uint32_t i = 0; i < outline->num_ranges; i++) {
		struct cw_code_range range = outline->ranges[i];
		if (range.start >= range.end)
			continue;
		*cw_array_push(&routines->ranges) = range;
		routines->code_size += range.end - range.start;
	}
	routine.num_ranges = routines->ranges.num - routine.first_range;
	for (uint32_t i = 0; i < outline->num_locals; i++)
		homes_add(routines, outline, &outline->locals[i]);
	routine.num_homes = routines->homes.num - routine.first_home;
	homes_sort(routines, routine.first_home);
	parameters_read(outline, &routine.signature);
	cw_map_set(&routines->by_entry, routine.entry, routines->all.num);
	*cw_array_push(&routines->all) = routine;
	return NULL;
}

struct cw_error *cw_routines_add(struct cw_routines *routines,
				 struct cw_debug *debug,
				 struct cw_module *module)
{
	const struct cw_outline_visitor visitor = {
		.wants = is_home_type,
		.visit = routine_add,
		.context = routines,
	};

	return cw_debug_outlines(debug, module, &visitor);
}

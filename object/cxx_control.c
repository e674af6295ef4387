/*
 * Control blocks of shared_ptr: what is counted.
 *
 * A control block is of a class with a vtable: it holds the object itself
 * (make_shared), or a pointer to it, whose object it deletes.  The object lives
 * as long as the strong count is not 0, the control block until the weak one
 * is, too; all strong ones together are one weak one.
 *
 *			libstdc++		libc++
 * counts		strong, weak		strong - 1, weak - 1
 *
 * clang leaves out the base classes, which are the library's own: then the
 * counts are known to lie behind the vtable pointer, as they have since there
 * is shared_ptr.
 */
#include "object/cxx_control.h"

#include <string.h>

#include "base/memory.h"

/* Where the counts are in a control block. */

static bool counts_find(const struct cw_type *type, struct cw_counts_plan *ret)
{
	static const char *const rows[][CW_NUM_COUNTS] = {
		{"_M_use_count", "_M_weak_count"},
		{"__shared_owners_", "__shared_weak_owners_"},
	};

	for (size_t i = 0; i < cw_num_elements(rows); i++) {
		struct cw_counts_plan counts = {.less = i};
		if (!cw_places_find(type, rows[i], CW_NUM_COUNTS,
				    counts.places))
			continue;
		*ret = counts;
		return true;
	}
	return false;
}

/* Where the counts are when nothing describes the base class. */
struct guess_row {
	const char *names[5];
	const char *type;
	uint64_t strong, weak;
	unsigned less;
};

static const struct guess_row guess_rows[] = {
	{{"_Sp_counted_base", "_Sp_counted_ptr_inplace", "_Sp_counted_ptr",
	  "_Sp_counted_deleter"},
	 "int",
	 8,
	 12,
	 0},
	{{"__shared_weak_count", "__shared_ptr_emplace",
	  "__shared_ptr_pointer"},
	 "long",
	 8,
	 16,
	 1},
};

static bool counts_guess(const struct cw_rule_context *context,
			 const struct guess_row *row,
			 struct cw_counts_plan *ret)
{
	const struct cw_type **found;

	if (cw_debug_types_named(context->debug, row->type, &found) == 0 ||
	    found[0]->size == 0)
		return false;
	*ret = (struct cw_counts_plan){.less = row->less};
	ret->places[CW_COUNT_STRONG] =
		(struct cw_place){.type = found[0], .offset = row->strong};
	ret->places[CW_COUNT_WEAK] =
		(struct cw_place){.type = found[0], .offset = row->weak};
	return true;
}

bool cw_counts_find(const struct cw_rule_context *context,
		    const struct cw_type *type, struct cw_counts_plan *ret)
{
	if (counts_find(type, ret))
		return true;
	for (size_t i = 0; i < cw_num_elements(guess_rows); i++)
		for (size_t k = 0; guess_rows[i].names[k]; k++)
			if (cw_std_is(type, guess_rows[i].names[k]))
				return counts_guess(context, &guess_rows[i],
						    ret);
	return false;
}

/* The weak count without the one for all strong ones. */
void cw_counts_read(const struct cw_counts_plan *counts,
		    const struct cw_object *object,
		    struct cw_reference_counts *ret)
{
	uint64_t mask =
		~UINT64_C(0) >>
		(64 - 8 * (counts->places[CW_COUNT_STRONG].type->size & 15));
	uint64_t strong =
		cw_place_number(&counts->places[CW_COUNT_STRONG], object);
	uint64_t weak = cw_place_number(&counts->places[CW_COUNT_WEAK], object);

	strong = (strong + counts->less) & mask;
	weak = (weak + counts->less) & mask;
	ret->strong = strong;
	ret->weak = strong && weak ? weak - 1 : weak;
}

/* Control blocks. */

enum { INSIDE, POINTED, NUM_CONTROLLED };

struct control_row {
	const char *name;
	/* The object in the control block, or the pointer to it. */
	const char *paths[NUM_CONTROLLED];
};

static const struct control_row control_rows[] = {
	{"_Sp_counted_ptr_inplace", {"_M_impl._M_storage", NULL}},
	{"_Sp_counted_ptr_inplace", {"_M_storage", NULL}},
	{"_Sp_counted_ptr", {NULL, "_M_ptr"}},
	{"_Sp_counted_deleter", {NULL, "_M_impl._M_ptr"}},
	{"_Sp_counted_base", {NULL, NULL}},
	{"__shared_ptr_emplace", {"__storage_.__blob_", NULL}},
	{"__shared_ptr_emplace", {"__storage_", NULL}},
	{"__shared_ptr_pointer", {NULL, "__data_.__value_.__value_"}},
	{"__shared_ptr_pointer", {NULL, "__ptr_"}},
	{"__shared_weak_count", {NULL, NULL}},
};

struct control_plan {
	struct cw_place places[NUM_CONTROLLED];
	const struct cw_type *inside; /* or NULL */
	const struct cw_type *pointed;
	struct cw_counts_plan counts;
	struct cw_rest rest;
};

/* libc++ has the allocator before the object, unless it is empty. */
static bool inside_find(const struct cw_type *type, struct control_plan *plan)
{
	struct cw_place *place = &plan->places[INSIDE];
	const struct cw_type *allocator = cw_type_argument(type, 1);

	plan->inside = cw_type_argument(type, 0);
	if (!plan->inside || plan->inside->size > place->type->size)
		return false;
	if (allocator && allocator->size > 1 &&
	    cw_std_is(type, "__shared_ptr_emplace")) {
		uint64_t mask = cw_type_alignment(plan->inside) - 1;
		place->offset += (allocator->size + mask) & ~mask;
	}
	return place->offset + plan->inside->size <= type->size;
}

/* Whether @type is the row's class, and all that is in it. */
static bool control_row_match(const struct cw_rule_context *context,
			      const struct control_row *row,
			      const struct cw_type *type,
			      struct control_plan *plan)
{
	if (!cw_std_is(type, row->name) ||
	    !cw_counts_find(context, type, &plan->counts))
		return false;
	for (size_t i = 0; i < NUM_CONTROLLED; i++)
		if (row->paths[i] &&
		    !cw_place_find(type, row->paths[i], &plan->places[i]))
			return false;
	if (row->paths[POINTED])
		plan->pointed = cw_place_target(&plan->places[POINTED]);
	/* Counts that were guessed must lie within. */
	for (size_t i = 0; i < CW_NUM_COUNTS; i++)
		if (plan->counts.places[i].offset +
			    plan->counts.places[i].type->size >
		    type->size)
			return false;
	return !row->paths[INSIDE] || inside_find(type, plan);
}

static bool control_prepare(const struct cw_rule_context *context,
			    const struct cw_type *type, const void **ret)
{
	for (size_t i = 0; i < cw_num_elements(control_rows); i++) {
		struct control_plan plan = {0};
		if (!control_row_match(context, &control_rows[i], type, &plan))
			continue;
		plan.rest = cw_rest_find(context, type, plan.places,
					 NUM_CONTROLLED);
		*ret = cw_arena_copy(context->arena, &plan, sizeof(plan));
		return true;
	}
	return false;
}

static void control_visit(const struct cw_rule_context *context,
			  const void *data, const struct cw_object *object,
			  struct cw_part_visitor *visitor)
{
	const struct control_plan *plan = data;
	struct cw_reference_counts counts;

	cw_rest_visit(&plan->rest, object, visitor);
	cw_counts_read(&plan->counts, object, &counts);
	if (counts.strong == 0)
		return;
	struct cw_part part = {
		.kind = CW_PART_OBJECTS,
		.count = 1,
		.ownership = CW_OWNS,
	};
	if (plan->inside) {
		part.type = plan->inside;
		part.address = object->address + plan->places[INSIDE].offset;
		visitor->part(visitor, &part);
	} else if (plan->pointed) {
		part.type = plan->pointed;
		part.address = cw_place_number(&plan->places[POINTED], object);
		part.slot = object->address + plan->places[POINTED].offset;
		if (part.address)
			visitor->part(visitor, &part);
	}
}

static bool control_counts(const struct cw_rule_context *context,
			   const void *data, const struct cw_object *object,
			   struct cw_reference_counts *ret)
{
	const struct control_plan *plan = data;

	cw_counts_read(&plan->counts, object, ret);
	return true;
}

static bool control_describe(const struct cw_rule_context *context,
			     const void *data, const struct cw_object *object,
			     struct cw_text *text)
{
	struct cw_reference_counts counts;

	control_counts(context, data, object, &counts);
	cw_text_addf(text, "use count %llu, weak count %llu",
		     (unsigned long long)counts.strong,
		     (unsigned long long)counts.weak);
	return true;
}

const struct cw_rule cw_cxx_control_rules[] = {
	{"control block of std::shared_ptr", control_prepare, control_visit,
	 control_describe, control_counts},
	{.name = NULL},
};

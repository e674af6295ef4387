/*
 * Smart pointers: unique_ptr, shared_ptr, weak_ptr.
 *
 * A shared_ptr has two words: the object, which the word does not keep, and
 * the control block, where it is counted.
 *
 * Arrays made by new[] have the number of elements before the first one, when
 * these have a destructor ("array cookie", Itanium C++ ABI 2.7).
 */
#include <string.h>

#include "base/memory.h"
#include "object/cxx_control.h"

static cw_addr slot_of(const struct cw_object *object,
		       const struct cw_place *place)
{
	return object->address + place->offset;
}

/* unique_ptr. */

enum { COOKIE_SIZE = 8 };

struct unique_plan {
	struct cw_place pointer;
	const struct cw_type *target;
	bool is_array;
	struct cw_rest rest;
};

static bool unique_prepare(const struct cw_rule_context *context,
			   const struct cw_type *type, const void **ret)
{
	static const char *const paths[] = {
		"_M_t._M_t._M_head_impl",
		"_M_t._M_head_impl",
		"__ptr_.__value_",
		"__ptr_",
	};
	const struct cw_type *argument;

	if (!cw_std_is(type, "unique_ptr"))
		return false;
	for (size_t i = 0; i < cw_num_elements(paths); i++) {
		struct unique_plan plan = {0};
		if (!cw_place_find(type, paths[i], &plan.pointer))
			continue;
		plan.target = cw_place_target(&plan.pointer);
		if (!plan.target)
			continue;
		argument = cw_type_argument(type, 0);
		plan.is_array = argument && argument->kind == CW_TYPE_ARRAY;
		plan.rest = cw_rest_find(context, type, &plan.pointer, 1);
		*ret = cw_arena_copy(context->arena, &plan, sizeof(plan));
		return true;
	}
	return false;
}

/* Blocks begin at multiples of 16: what does not has a cookie before it. */
static void cookie_read(const struct cw_rule_context *context,
			struct cw_part *part)
{
	uint64_t count, size;

	if (part->address % 16 != COOKIE_SIZE ||
	    !cw_target_read_word(context->target, part->address - COOKIE_SIZE,
				 &count) ||
	    count == 0 ||
	    __builtin_mul_overflow(count, part->type->size, &size) ||
	    !cw_memory_holds(context, part->address, size))
		return;
	part->count = count;
	part->storage = part->address - COOKIE_SIZE;
	part->storage_size = size + COOKIE_SIZE;
}

static void unique_visit(const struct cw_rule_context *context,
			 const void *data, const struct cw_object *object,
			 struct cw_part_visitor *visitor)
{
	const struct unique_plan *plan = data;
	cw_addr address = cw_place_number(&plan->pointer, object);

	cw_rest_visit(&plan->rest, object, visitor);
	if (address == 0)
		return;
	struct cw_part part = {
		.kind = CW_PART_OBJECTS,
		.type = plan->target,
		.address = address,
		.count = 1,
		.slot = slot_of(object, &plan->pointer),
		.ownership = CW_OWNS,
		.is_element = plan->is_array,
	};
	if (plan->is_array)
		cookie_read(context, &part);
	visitor->part(visitor, &part);
}

static bool unique_describe(const struct cw_rule_context *context,
			    const void *data, const struct cw_object *object,
			    struct cw_text *text)
{
	const struct unique_plan *plan = data;

	if (cw_place_number(&plan->pointer, object) != 0)
		return false;
	cw_text_add(text, "empty");
	return true;
}

/* shared_ptr and weak_ptr. */

enum { OBJECT, CONTROL, NUM_WORDS };

struct shared_plan {
	struct cw_place words[NUM_WORDS];
	const struct cw_type *target;  /* of the object */
	const struct cw_type *control; /* the base class, or NULL */
	bool is_weak;
	struct cw_counts_plan counts;
};

struct shared_row {
	const char *names[3];
	const char *words[NUM_WORDS];
};

static const struct shared_row shared_rows[] = {
	{{"shared_ptr", "__shared_ptr", NULL}, {"_M_ptr", "_M_refcount._M_pi"}},
	{{"weak_ptr", "__weak_ptr", NULL}, {"_M_ptr", "_M_refcount._M_pi"}},
	{{"shared_ptr", NULL, NULL}, {"__ptr_", "__cntrl_"}},
	{{"weak_ptr", NULL, NULL}, {"__ptr_", "__cntrl_"}},
	/* std::atomic<std::shared_ptr<T>>: a word with a lock's bit. */
	{{"_Sp_atomic", NULL, NULL}, {"_M_ptr", "_M_refcount._M_val._M_i"}},
};

static const char control_base[] =
	"std::_Sp_counted_base<(__gnu_cxx::_Lock_policy)2>";

static bool shared_row_match(const struct shared_row *row,
			     const struct cw_type *type,
			     struct shared_plan *plan)
{
	for (size_t i = 0; row->names[i]; i++) {
		if (!cw_std_is(type, row->names[i]))
			continue;
		if (!cw_places_find(type, row->words, NUM_WORDS, plan->words))
			return false;
		plan->target = cw_place_target(&plan->words[OBJECT]);
		plan->control = cw_place_target(&plan->words[CONTROL]);
		return plan->target != NULL;
	}
	return false;
}

static bool shared_prepare(const struct cw_rule_context *context,
			   const struct cw_type *type, const void **ret)
{
	for (size_t i = 0; i < cw_num_elements(shared_rows); i++) {
		struct shared_plan plan = {0};
		const struct cw_type **found;
		if (!shared_row_match(&shared_rows[i], type, &plan))
			continue;
		if (!plan.control &&
		    cw_debug_types_named(context->debug, control_base, &found))
			plan.control = cw_type_strip(found[0]);
		plan.is_weak = strstr(type->name, "weak_ptr<") &&
			       strstr(type->name, "weak_ptr<") <
				       strchr(type->name, '<') + 8;
		if (plan.control &&
		    !cw_counts_find(context, plan.control, &plan.counts))
			plan.control = NULL;
		*ret = cw_arena_copy(context->arena, &plan, sizeof(plan));
		return true;
	}
	return false;
}

/* The control block's own object; false: there is none that can be read. */
static bool control_read(const struct cw_rule_context *context,
			 const struct shared_plan *plan,
			 const struct cw_object *object, struct cw_object *ret)
{
	cw_addr address =
		cw_place_number(&plan->words[CONTROL], object) & ~UINT64_C(1);

	if (!plan->control || address == 0)
		return false;
	*ret = (struct cw_object){plan->control, address,
				  cw_target_bytes(context->target, address,
						  plan->control->size
							  ? plan->control->size
							  : CW_CONTROL_SIZE)};
	return ret->bytes != NULL;
}

static void shared_visit(const struct cw_rule_context *context,
			 const void *data, const struct cw_object *object,
			 struct cw_part_visitor *visitor)
{
	const struct shared_plan *plan = data;
	struct cw_reference_counts counts = {.strong = 1};
	struct cw_object control;

	if (control_read(context, plan, object, &control)) {
		struct cw_part part = {
			.kind = CW_PART_OBJECTS,
			.type = plan->control,
			.address = control.address,
			.count = 1,
			.slot = slot_of(object, &plan->words[CONTROL]),
			.ownership = plan->is_weak ? CW_WEAKLY : CW_SHARES,
			.label = "control",
		};
		visitor->part(visitor, &part);
		cw_counts_read(&plan->counts, &control, &counts);
	}
	cw_addr address = cw_place_number(&plan->words[OBJECT], object);
	if (address == 0 || counts.strong == 0)
		return;
	struct cw_part part = {
		.kind = CW_PART_OBJECTS,
		.type = plan->target,
		.address = address,
		.count = 1,
		.slot = slot_of(object, &plan->words[OBJECT]),
		.ownership = CW_BORROWS,
	};
	visitor->part(visitor, &part);
}

static bool shared_describe(const struct cw_rule_context *context,
			    const void *data, const struct cw_object *object,
			    struct cw_text *text)
{
	const struct shared_plan *plan = data;
	struct cw_reference_counts counts;
	struct cw_object control;

	if (cw_place_number(&plan->words[CONTROL], object) == 0 &&
	    cw_place_number(&plan->words[OBJECT], object) == 0) {
		cw_text_add(text, "empty");
		return true;
	}
	if (!control_read(context, plan, object, &control))
		return false;
	cw_counts_read(&plan->counts, &control, &counts);
	if (counts.strong == 0)
		cw_text_add(text, "expired");
	else
		cw_text_addf(text, "use count %llu, weak count %llu",
			     (unsigned long long)counts.strong,
			     (unsigned long long)counts.weak);
	return true;
}

const struct cw_rule cw_cxx_pointer_rules[] = {
	{"std::unique_ptr", unique_prepare, unique_visit, unique_describe,
	 NULL},
	{"std::shared_ptr", shared_prepare, shared_visit, shared_describe,
	 NULL},
	{.name = NULL},
};

/*
 * Counted references: Rc, Arc and their Weak.
 *
 * The pointer is to the block's start: strong, weak, then the value.  All
 * strong references hold one weak one together.  When strong is 0 the value is
 * gone, and weak references keep the block.  A Weak that never was for
 * anything points to the last address.
 */
#include <inttypes.h>

#include "base/memory.h"
#include "object/rust.h"

struct reference_row {
	const char *noun;
	enum cw_ownership ownership;
};

static const struct reference_row reference_rows[] = {
	{"rc::Rc", CW_SHARES},
	{"sync::Arc", CW_SHARES},
	{"rc::Weak", CW_WEAKLY},
	{"sync::Weak", CW_WEAKLY},
};

struct reference_plan {
	struct cw_rust_place pointer;
	enum cw_ownership ownership;
	bool is_wide;
	struct cw_rust_wide wide;
};

static bool reference_prepare(const struct cw_rule_context *context,
			      const struct cw_type *type, const void **ret)
{
	struct reference_plan plan = {0};
	const struct reference_row *row = NULL;

	for (size_t i = 0; i < cw_num_elements(reference_rows) && !row; i++)
		if (cw_rust_is(type, "alloc", reference_rows[i].noun))
			row = &reference_rows[i];
	if (!row || !cw_rust_scalar(type, "ptr", &plan.pointer))
		return false;
	plan.ownership = row->ownership;
	plan.is_wide = cw_rust_wide_prepare(plan.pointer.type, &plan.wide);
	plan.wide.ownership = row->ownership;
	plan.wide.pointer.offset += plan.pointer.offset;
	plan.wide.second.offset += plan.pointer.offset;
	if (!plan.is_wide && plan.pointer.type->kind != CW_TYPE_POINTER)
		return false;
	*ret = cw_rust_keep(context, &plan);
	return true;
}

static void reference_visit(const struct cw_rule_context *context,
			    const void *data, const struct cw_object *object,
			    struct cw_part_visitor *visitor)
{
	const struct reference_plan *plan = data;

	if (plan->is_wide) {
		cw_rust_wide_visit(context, &plan->wide, object, visitor);
		return;
	}
	struct cw_part part = {
		.type = cw_type_strip(plan->pointer.type->target),
		.address = cw_rust_number(&plan->pointer, object),
		.count = 1,
		.slot = object->address + plan->pointer.offset,
		.ownership = plan->ownership,
	};
	if (part.address && part.address != UINT64_MAX)
		visitor->part(visitor, &part);
}

/* ---- RcInner (RcBox until rustc 1.81) and ArcInner */

struct inner_plan {
	struct cw_rust_place strong, weak, value;
};

static bool inner_prepare(const struct cw_rule_context *context,
			  const struct cw_type *type, const void **ret)
{
	struct inner_plan plan;

	if (!cw_rust_is(type, "alloc", "rc::RcInner") &&
	    !cw_rust_is(type, "alloc", "rc::RcBox") &&
	    !cw_rust_is(type, "alloc", "sync::ArcInner"))
		return false;
	if (!cw_rust_scalar(type, "strong", &plan.strong) ||
	    !cw_rust_scalar(type, "weak", &plan.weak) ||
	    (!cw_rust_member(type, "value", &plan.value) &&
	     !cw_rust_member(type, "data", &plan.value)))
		return false;
	*ret = cw_rust_keep(context, &plan);
	return true;
}

static void inner_visit(const struct cw_rule_context *context, const void *data,
			const struct cw_object *object,
			struct cw_part_visitor *visitor)
{
	const struct inner_plan *plan = data;

	(void)context;
	if (cw_rust_number(&plan->strong, object) > 0)
		cw_rust_visit_inner(object, &plan->value, "value", visitor);
}

static bool inner_counts(const struct cw_rule_context *context,
			 const void *data, const struct cw_object *object,
			 struct cw_reference_counts *ret)
{
	const struct inner_plan *plan = data;
	struct cw_reference_counts counts = {
		.strong = cw_rust_number(&plan->strong, object),
		.weak = cw_rust_number(&plan->weak, object),
	};

	(void)context;
	/* Arc::get_mut locks the weak count with the greatest number. */
	if (counts.weak == UINT64_MAX)
		return false;
	if (counts.strong > 0 && counts.weak > 0)
		counts.weak--;
	*ret = counts;
	return true;
}

static bool inner_describe(const struct cw_rule_context *context,
			   const void *data, const struct cw_object *object,
			   struct cw_text *text)
{
	struct cw_reference_counts counts;

	if (!inner_counts(context, data, object, &counts))
		return false;
	cw_text_addf(text, "strong %" PRIu64 ", weak %" PRIu64, counts.strong,
		     counts.weak);
	return true;
}

const struct cw_rule cw_rust_rc_rules[] = {
	{"Rc", reference_prepare, reference_visit, NULL, NULL},
	{"RcInner", inner_prepare, inner_visit, inner_describe, inner_counts},
	{.name = NULL},
};

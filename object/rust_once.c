/*
 * Values that are there only once something was done: OnceLock, LazyLock, and
 * lazy thread locals.
 *
 * Once keeps its state in a word, whose meaning changed:
 *
 *				incomplete	complete
 * inner.state_and_queued	3		0	rustc 1.84 (futex)
 * inner.state			0		4	rustc 1.70 (futex)
 * state_and_queue		0		3	before (queue)
 *
 * A lazy thread local is initial (0), alive (1) or destroyed.
 */
#include "base/memory.h"
#include "object/rust.h"

struct once_row {
	const char *state;
	uint64_t incomplete, complete, mask;
};

static const struct once_row once_rows[] = {
	{"once.inner.state_and_queued", 3, 0, 3},
	{"once.inner.state", 0, 4, ~UINT64_C(0)},
	{"once.state_and_queue", 0, 3, 3},
	{"once.inner.state_and_queue", 0, 3, 3},
};

struct once_plan {
	const struct once_row *row;
	struct cw_rust_place state, value, function;
	bool has_function;
};

static bool once_prepare(const struct cw_rule_context *context,
			 const struct cw_type *type, const void **ret)
{
	struct once_plan plan = {0};
	bool is_lazy = cw_rust_is(type, "std", "LazyLock");

	if (!is_lazy && !cw_rust_is(type, "std", "OnceLock"))
		return false;
	for (size_t i = 0; i < cw_num_elements(once_rows) && !plan.row; i++)
		if (cw_rust_scalar(type, once_rows[i].state, &plan.state))
			plan.row = &once_rows[i];
	if (!plan.row)
		return false;
	if (is_lazy) {
		plan.has_function =
			cw_rust_value(type, "data.value.f", &plan.function);
		if (!cw_rust_value(type, "data.value.value", &plan.value))
			return false;
	} else if (!cw_rust_value(type, "value", &plan.value)) {
		return false;
	}
	*ret = cw_rust_keep(context, &plan);
	return true;
}

static void once_visit(const struct cw_rule_context *context, const void *data,
		       const struct cw_object *object,
		       struct cw_part_visitor *visitor)
{
	const struct once_plan *plan = data;
	uint64_t state = cw_rust_number(&plan->state, object) & plan->row->mask;

	(void)context;
	if (state == plan->row->complete)
		cw_rust_visit_inner(object, &plan->value, "value", visitor);
	else if (state == plan->row->incomplete && plan->has_function)
		cw_rust_visit_inner(object, &plan->function, "f", visitor);
}

struct storage_plan {
	struct cw_rust_place state, value;
};

static bool storage_prepare(const struct cw_rule_context *context,
			    const struct cw_type *type, const void **ret)
{
	struct storage_plan plan;

	/* An older one has an enum for both, and needs no rule. */
	if (!cw_rust_is(type, "std", "lazy::Storage") ||
	    !cw_rust_member(type, "state", &plan.state) ||
	    !cw_rust_value(type, "value", &plan.value) ||
	    plan.state.type->size != 1)
		return false;
	*ret = cw_rust_keep(context, &plan);
	return true;
}

static void storage_visit(const struct cw_rule_context *context,
			  const void *data, const struct cw_object *object,
			  struct cw_part_visitor *visitor)
{
	const struct storage_plan *plan = data;

	(void)context;
	if (cw_rust_number(&plan->state, object) == 1)
		cw_rust_visit_inner(object, &plan->value, "value", visitor);
}

const struct cw_rule cw_rust_once_rules[] = {
	{"OnceLock", once_prepare, once_visit, NULL, NULL},
	{"thread local", storage_prepare, storage_visit, NULL, NULL},
	{.name = NULL},
};

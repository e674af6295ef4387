/*
 * Go pool: what a sync.Pool keeps for each processor.
 *
 *	local, localSize	an array of sync.poolLocal
 *	victim, victimSize	the one from before the last collection; 0 when
 *				nothing was found there, though there may be
 *
 * Both pointers are declared as such to anything.  The rest has types: an
 * interface for the latest one, and a chain of rings of sync.eface.
 */
#include "object/go_rule.h"

struct pool_plan {
	struct cw_go_run runs[2];
};

static bool run_prepare(const struct cw_type *type, const char *pointer,
			const char *length, const struct cw_type *element,
			struct cw_go_run *ret)
{
	const struct cw_type *target =
		cw_go_pointer(type, pointer, &ret->pointer);

	ret->element = element;
	return target && target->kind == CW_TYPE_VOID &&
	       cw_go_number(type, length, 8, &ret->length);
}

static bool pool_prepare(const struct cw_rule_context *context,
			 const struct cw_type *type, const void **ret)
{
	struct pool_plan plan;

	if (!context->go || type->kind != CW_TYPE_STRUCT || !type->name ||
	    strcmp(type->name, "sync.Pool") != 0)
		return false;
	const struct cw_type *element =
		cw_go_type_for(context, "sync.poolLocal");
	if (!element ||
	    !run_prepare(type, "local", "localSize", element, &plan.runs[0]) ||
	    !run_prepare(type, "victim", "victimSize", element, &plan.runs[1]))
		return false;
	*ret = cw_go_keep(context, &plan);
	return true;
}

static void pool_visit(const struct cw_rule_context *context, const void *data,
		       const struct cw_object *object,
		       struct cw_part_visitor *visitor)
{
	const struct pool_plan *plan = data;

	(void)context;
	for (size_t i = 0; i < 2; i++) {
		const struct cw_go_run *run = &plan->runs[i];
		uint64_t length = cw_go_word(object, run->length);

		if (length == 0)
			length = cw_go_word(object, plan->runs[0].length);
		cw_go_visit_run(object, run->pointer, run->element,
				length ? length : 1, visitor);
	}
}

const struct cw_rule cw_go_pool_rules[] = {
	{"Go sync.Pool", pool_prepare, pool_visit, NULL, NULL},
	{0},
};

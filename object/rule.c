#include "object/rule.h"

static const struct cw_rule *const tables[] = {
	cw_libstdcxx_rules,
	cw_libcxx_rules,
	cw_rust_rules,
};

const struct cw_rule *cw_rule_for(const struct cw_rule_context *context,
				  const struct cw_type *type,
				  const void **ret_plan)
{
	for (size_t i = 0; i < sizeof(tables) / sizeof(*tables); i++)
		for (const struct cw_rule *rule = tables[i]; rule->name; rule++)
			if (rule->prepare(context, type, ret_plan))
				return rule;
	return NULL;
}

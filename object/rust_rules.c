#include "object/rule.h"

const struct cw_rule cw_rust_rules[] = {
	{.name = NULL},
};

#include "object/rule.h"

const struct cw_rule cw_libcxx_rules[] = {
	{.name = NULL},
};

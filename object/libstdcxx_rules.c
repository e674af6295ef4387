#include "object/rule.h"

const struct cw_rule cw_libstdcxx_rules[] = {
	{.name = NULL},
};

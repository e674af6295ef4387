#include "target/module.h"

#include "target/target.h"

const struct cw_module *cw_module_at(const struct cw_target *target,
				     cw_addr address)
{
	cw_array_foreach(module, &target->modules)
	{
		if (address >= module->start && address < module->end)
			return module;
	}
	return NULL;
}

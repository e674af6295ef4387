#include "dwarf/cfi.h"

#include "dwarf/cfi_file.h"

bool cw_cfi_row(struct cw_debug *debug, cw_addr pc, struct cw_cfi_row *ret)
{
	const struct cw_module *module =
		cw_module_at(cw_debug_target(debug), pc);
	struct cw_cfi_file *cfi;

	if (!module)
		return false;
	cfi = cw_debug_cfi(debug, module);
	if (!cfi || !cw_cfi_file_row(cfi, pc - module->bias, ret))
		return false;
	ret->function_start += module->bias;
	ret->function_end += module->bias;
	ret->lsda += module->bias;
	return true;
}

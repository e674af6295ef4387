#include "code/barrier.h"

#include <string.h>

#include "base/memory.h"
#include "target/elf_file.h"
#include "target/symbol.h"

static bool has_prefix(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) == 0;
}

static bool is_barrier_name(const char *name)
{
	static const char *const names[] = {
		"abort",
		"exit",
		"_exit",
		"_Exit",
		"quick_exit",
		"thrd_exit",
		"pthread_exit",
		"__pthread_exit",
		"__assert_fail",
		"__assert_perror_fail",
		"__assert",
		"__stack_chk_fail",
		"__chk_fail",
		"__fortify_fail",
		"__libc_fatal",
		"longjmp",
		"_longjmp",
		"siglongjmp",
		"__longjmp_chk",
		"__libc_longjmp",
		"__libc_siglongjmp",
		"vfork",
		"__vfork",
		"getcontext",
		"setcontext",
		"swapcontext",
		"__start_context",
		"__cxa_throw",
		"__cxa_rethrow",
		"__cxa_call_unexpected",
		"__cxa_call_terminate",
		"_ZSt9terminatev",
		"_ZSt10unexpectedv",
		"_ZSt17rethrow_exceptionNSt15__exception_ptr13exception_ptrE",
		"rust_panic",
		"rust_begin_unwind",
	};

	if (has_prefix(name, "_Unwind_") || has_prefix(name, "__unw_"))
		return true;
	for (size_t i = 0; i < cw_num_elements(names); i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	return false;
}

static bool is_go(const struct cw_module *module)
{
	struct cw_elf_section section;

	return module->file &&
	       (cw_elf_file_section(module->file, ".gopclntab", &section) ||
		cw_elf_file_section(module->file, ".note.go.buildid",
				    &section));
}

bool cw_barrier_is_at(struct cw_target *target, cw_addr pc)
{
	const struct cw_module *module = cw_module_at(target, pc);

	if (!module)
		return false;
	if (has_prefix(module->name, "libgcc_s") ||
	    has_prefix(module->name, "libunwind") || is_go(module))
		return true;
	const struct cw_symbol *symbol = cw_symbol_at(target, pc);
	return symbol && is_barrier_name(symbol->name);
}

#include "code/callee.h"

#include <string.h>

#include "base/memory.h"
#include "target/elf_file.h"
#include "target/symbol.h"

enum {
	MAX_STUB_SIZE = 16,
	MAX_STUB_INSTRUCTIONS = 3,
};

/* By whatever name a program has its own. */
static const char *const givers[] = {
	"malloc",    "calloc",	  "realloc",	"reallocarray", "aligned_alloc",
	"memalign",  "valloc",	  "pvalloc",	"_Znwm",	"_Znam",
	"je_malloc", "je_calloc", "je_realloc", "je_mallocx",	"je_rallocx",
};
static const char *const takers[] = {
	"free",	   "cfree",	 "posix_memalign", "malloc_usable_size",
	"_ZdlPv",  "_ZdaPv",	 "_ZdlPvm",	   "_ZdaPvm",
	"je_free", "je_dallocx", "je_sdallocx",	   "je_malloc_usable_size",
};

void cw_callees_init(struct cw_callees *callees, struct cw_debug *debug,
		     const struct cw_routines *routines,
		     struct cw_decoder *decoder)
{
	*callees = (struct cw_callees){
		.debug = debug,
		.routines = routines,
		.decoder = decoder,
	};
	cw_map_init(&callees->by_address);
	cw_map_init(&callees->names_by_slot);
}

void cw_callees_deinit(struct cw_callees *callees)
{
	cw_map_deinit(&callees->by_address);
	cw_array_deinit(&callees->all);
	cw_map_deinit(&callees->names_by_slot);
	cw_array_deinit(&callees->names);
}

static bool section_bytes(struct cw_elf_file *file, const char *name,
			  const unsigned char **ret, uint64_t *ret_size)
{
	struct cw_elf_section section;

	return cw_elf_file_section(file, name, &section) &&
	       cw_elf_file_section_bytes(file, &section, ret, ret_size);
}

static void slots_read(struct cw_callees *callees,
		       const struct cw_module *module, const char *section)
{
	const unsigned char *bytes, *symbols, *names;
	uint64_t size, symbols_size, names_size;

	if (!section_bytes(module->file, section, &bytes, &size) ||
	    !section_bytes(module->file, ".dynsym", &symbols, &symbols_size) ||
	    !section_bytes(module->file, ".dynstr", &names, &names_size))
		return;
	for (uint64_t at = 0; at + sizeof(Elf64_Rela) <= size;
	     at += sizeof(Elf64_Rela)) {
		Elf64_Rela rela;
		Elf64_Sym symbol;
		memcpy(&rela, bytes + at, sizeof(rela));
		uint64_t number = ELF64_R_SYM(rela.r_info);
		uint32_t type = ELF64_R_TYPE(rela.r_info);
		if ((type != R_X86_64_GLOB_DAT && type != R_X86_64_JUMP_SLOT) ||
		    number >= symbols_size / sizeof(symbol))
			continue;
		memcpy(&symbol, symbols + number * sizeof(symbol),
		       sizeof(symbol));
		if (symbol.st_name >= names_size ||
		    !memchr(names + symbol.st_name, '\0',
			    names_size - symbol.st_name))
			continue;
		cw_map_set(&callees->names_by_slot,
			   module->bias + rela.r_offset, callees->names.num);
		*cw_array_push(&callees->names) =
			(const char *)names + symbol.st_name;
	}
}

void cw_callees_add_module(struct cw_callees *callees,
			   const struct cw_module *module)
{
	if (!module->file)
		return;
	slots_read(callees, module, ".rela.plt");
	slots_read(callees, module, ".rela.dyn");
}

static bool is_among(const char *const *names, size_t num, const char *name)
{
	for (size_t i = 0; name && i < num; i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return false;
}

static void prototype_read(const struct cw_prototype *prototype,
			   struct cw_signature *ret)
{
	if (!prototype)
		return;
	cw_signature_read(prototype->parameters, prototype->num_parameters,
			  prototype->return_type, ret);
	ret->is_noreturn |= prototype->is_noreturn;
}

/* The C library's do not all say so in their declarations. */
static bool never_returns(const char *name)
{
	static const char *const names[] = {
		"abort",	  "exit",	   "_exit",
		"__assert_fail",  "longjmp",	   "__stack_chk_fail",
		"_Unwind_Resume", "__cxa_throw",   "__longjmp_chk",
		"__cxa_bad_cast", "__cxa_rethrow",
	};

	for (size_t i = 0; name && i < cw_num_elements(names); i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return false;
}

/* Completes a callee whose entry or name is known. */
static void callee_read(struct cw_callees *callees,
			const struct cw_module *module,
			struct cw_callee *callee)
{
	struct cw_target *target =
		(struct cw_target *)cw_debug_target(callees->debug);
	const struct cw_prototype *prototype = NULL;
	cw_cleanup_error struct cw_error *err = NULL;

	if (!callee->name) {
		const struct cw_symbol *symbol =
			cw_symbol_at(target, callee->entry);
		if (symbol && symbol->address == callee->entry)
			callee->name = symbol->name;
	}
	callee->gives_memory =
		is_among(givers, cw_num_elements(givers), callee->name);
	callee->is_allocator =
		callee->gives_memory ||
		is_among(takers, cw_num_elements(takers), callee->name);
	callee->routine = cw_routine_at(callees->routines, callee->entry);
	callee->library = cw_library_call_of(callee->name);
	if (callee->routine)
		callee->signature = callee->routine->signature;
	else if (callee->name)
		err = cw_debug_prototype_in(callees->debug, module,
					    callee->name, &prototype);
	if (!err)
		prototype_read(prototype, &callee->signature);
	callee->signature.is_noreturn |= never_returns(callee->name);
}

/* The word of the GOT that the stub at @address jumps to; false: no stub. */
static bool stub_slot(struct cw_callees *callees, cw_addr address, cw_addr *ret)
{
	const struct cw_target *target = cw_debug_target(callees->debug);
	const unsigned char *bytes =
		cw_target_bytes(target, address, MAX_STUB_SIZE);
	size_t at = 0;

	for (int i = 0; bytes && i < MAX_STUB_INSTRUCTIONS; i++) {
		struct cw_instruction found;
		if (!cw_decoder_read(callees->decoder, bytes + at,
				     MAX_STUB_SIZE - at, address + at, &found))
			return false;
		const struct cw_operand *operand = &found.operands[0];
		if (found.kind == CW_INSTRUCTION_JUMP) {
			*ret = operand->number;
			return operand->kind == CW_OPERAND_MEMORY &&
			       operand->base == CW_NO_REGISTER &&
			       operand->index == CW_NO_REGISTER;
		}
		/* endbr64 */
		if (found.kind != CW_INSTRUCTION_OTHER || found.written)
			return false;
		at += found.size;
	}
	return false;
}

static const char *slot_name(const struct cw_callees *callees, cw_addr slot)
{
	uint32_t number;

	return cw_map_get(&callees->names_by_slot, slot, &number)
		       ? callees->names.items[number]
		       : NULL;
}

bool cw_callee_slot_address(struct cw_callees *callees, cw_addr slot,
			    cw_addr *ret)
{
	struct cw_target *target =
		(struct cw_target *)cw_debug_target(callees->debug);
	const char *name = slot_name(callees, slot);

	if (!name)
		return false;
	const struct cw_symbol *symbol = cw_symbol_find(target, name);
	*ret = symbol ? symbol->address : 0;
	return true;
}

static const struct cw_callee *callee_keep(struct cw_callees *callees,
					   cw_addr address,
					   const struct cw_callee *callee)
{
	cw_map_set(&callees->by_address, address, callees->all.num);
	*cw_array_push(&callees->all) = *callee;
	return &callees->all.items[callees->all.num - 1];
}

const struct cw_callee *cw_callee_of_slot(struct cw_callees *callees,
					  const struct cw_module *module,
					  cw_addr slot)
{
	uint32_t number;
	struct cw_callee callee = {.name = slot_name(callees, slot)};

	if (!callee.name)
		return NULL;
	if (cw_map_get(&callees->by_address, slot, &number))
		return &callees->all.items[number];
	cw_callee_slot_address(callees, slot, &callee.entry);
	callee_read(callees, module, &callee);
	return callee_keep(callees, slot, &callee);
}

const struct cw_callee *cw_callee_at(struct cw_callees *callees,
				     const struct cw_module *module,
				     cw_addr address)
{
	uint32_t number;
	cw_addr slot;

	if (cw_map_get(&callees->by_address, address, &number))
		return &callees->all.items[number];
	if (!cw_routine_at(callees->routines, address) &&
	    stub_slot(callees, address, &slot)) {
		const struct cw_callee *behind =
			cw_callee_of_slot(callees, module, slot);
		if (behind) {
			struct cw_callee copy = *behind;
			return callee_keep(callees, address, &copy);
		}
	}
	struct cw_callee callee = {.entry = address};
	callee_read(callees, module, &callee);
	return callee_keep(callees, address, &callee);
}

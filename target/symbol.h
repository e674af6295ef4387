/*
 * Symbols: names of addresses, from .symtab, .dynsym, .gnu_debugdata and
 * separate debug files.
 *
 * Read when first asked for, module by module, and kept with the module.
 * Names are as the file has them, not demangled.
 *
 * Not here: types and source lines (dwarf/).
 */
#ifndef TARGET_SYMBOL_H
#define TARGET_SYMBOL_H

#include "base/error.h"
#include "target/segment.h"

struct cw_target;
struct cw_module;

enum cw_symbol_kind {
	CW_SYMBOL_FUNCTION,
	CW_SYMBOL_OBJECT,
	CW_SYMBOL_TLS, /* address is the offset in the module's TLS */
};

struct cw_symbol {
	cw_addr address; /* in the target, bias added */
	uint64_t size;	 /* 0: not said */
	const char *name;
	enum cw_symbol_kind kind;
};

/*
 * The symbol of @module that covers @address, or for symbols without a size
 * the next one below in the same section.  Absent: NULL.
 */
const struct cw_symbol *cw_symbol_at(struct cw_target *target, cw_addr address);

/* A symbol by name, in the first module that has one; or NULL. */
const struct cw_symbol *cw_symbol_find(struct cw_target *target,
				       const char *name);

/* All symbols of a module, sorted by address.  Empty when it has none. */
void cw_symbols_of(struct cw_target *target, struct cw_module *module,
		   const struct cw_symbol **ret, size_t *ret_num);

#endif

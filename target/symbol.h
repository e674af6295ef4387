/*
 * Symbols: names of addresses, from .symtab, .dynsym, .gnu_debugdata and
 * separate debug files.
 *
 * Read when first asked for, module by module, and kept with the module; one
 * thread at a time may ask.  Names are as the file has them, not demangled,
 * but without a version ("memcpy", not "memcpy@@GLIBC_2.14").  Symbols that
 * stand for no memory (undefined, absolute, files) are left out, and so are
 * untyped ones but for labels in code.
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
	CW_SYMBOL_FUNCTION, /* of an IFUNC: its resolver */
	CW_SYMBOL_OBJECT,
	CW_SYMBOL_TLS, /* address is the offset in the module's TLS */
};

struct cw_symbol {
	cw_addr address; /* in the target, bias added */
	uint64_t size;	 /* 0: not said */
	const char *name;
	enum cw_symbol_kind kind;
	bool is_exported; /* global or weak, not local */
	/* An old version of a name that has a newer one. */
	bool is_old_version;
};

/*
 * The symbol that covers @address, or when none does, the last one without a
 * size before it in the same section.  Of several at one place: the innermost,
 * then exported ones, then the plainest name.  Absent: NULL.
 */
const struct cw_symbol *cw_symbol_at(struct cw_target *target, cw_addr address);

/*
 * A symbol by name: an exported one of the first module that has one, else a
 * local one; or NULL.  The executable comes first.
 */
const struct cw_symbol *cw_symbol_find(struct cw_target *target,
				       const char *name);

/* The same in one module.  Which of several local ones is not said. */
const struct cw_symbol *cw_symbol_find_in(struct cw_target *target,
					  const struct cw_module *module,
					  const char *name);

/* All symbols of a module, sorted by address, TLS last.  May be none. */
void cw_symbols_of(struct cw_target *target, struct cw_module *module,
		   const struct cw_symbol **ret, size_t *ret_num);

#endif

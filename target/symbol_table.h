/*
 * Symbol table: decodes the symbol sections of ELF files.
 *
 * For target/ only; use target/symbol.h.
 */
#ifndef TARGET_SYMBOL_TABLE_H
#define TARGET_SYMBOL_TABLE_H

#include "base/arena.h"
#include "base/array.h"
#include "target/elf_file.h"
#include "target/symbol.h"

struct cw_symbol_entry {
	struct cw_symbol symbol;
	cw_addr section_end; /* in the target */
};

struct cw_symbol_table {
	CW_ARRAY(struct cw_symbol_entry) entries;
};

/*
 * Appends the symbols of the section of that type (SHT_SYMTAB, SHT_DYNSYM).
 * Names are borrowed from @file, or in @arena where a version was cut off.
 * False: there is no such section.
 */
bool cw_symbol_table_read(struct cw_symbol_table *table,
			  struct cw_elf_file *file, uint32_t section_type,
			  uint64_t bias, struct cw_arena *arena);

/*
 * The small ELF file that distributions put into .gnu_debugdata, compressed
 * with xz: it has the .symtab of functions that are not in .dynsym.  The
 * caller closes it.  NULL: none, or it is damaged.
 */
struct cw_elf_file *cw_mini_debug_open(struct cw_elf_file *file);

#endif

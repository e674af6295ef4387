/*
 * CFI file: the unwind rules of one ELF file, in .eh_frame and .debug_frame.
 *
 * Not here: rules by address of the target (dwarf/cfi.h).
 */
#ifndef DWARF_CFI_FILE_H
#define DWARF_CFI_FILE_H

#include "dwarf/cfi.h"
#include "dwarf/library.h"

/* The entries of one of the two sections. */
struct cw_cfi_table {
	Dwarf_Cie *cies;
	Dwarf_Fde *fdes;
	Dwarf_Signed num_cies, num_fdes;
};

struct cw_cfi_file {
	struct cw_sections sections;
	struct cw_library library;
	struct cw_cfi_table tables[2];
};

/* Absent: NULL, when the file has no unwind rules or they are damaged. */
struct cw_cfi_file *cw_cfi_file_open(struct cw_elf_file *file);
void cw_cfi_file_close(struct cw_cfi_file *cfi);

/* The rules at @pc, an address in the file, as are those in *ret. */
bool cw_cfi_file_row(struct cw_cfi_file *cfi, uint64_t pc,
		     struct cw_cfi_row *ret);

/* The rules of a module of @debug, opened when first asked for; or NULL. */
struct cw_cfi_file *cw_debug_cfi(struct cw_debug *debug,
				 const struct cw_module *module);

#endif

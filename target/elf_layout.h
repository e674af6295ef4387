/*
 * ELF layout: the program headers of a module, from the target's memory or
 * from its file, and what follows from them.
 */
#ifndef TARGET_ELF_LAYOUT_H
#define TARGET_ELF_LAYOUT_H

#include "target/elf_file.h"
#include "target/segment.h"

struct cw_target;

struct cw_elf_layout {
	uint16_t type; /* ET_EXEC, ET_DYN */
	Elf64_Phdr *phdrs;
	size_t num_phdrs;
};

/* False: no ELF header is at @address, or it cannot be read whole. */
bool cw_elf_layout_read(const struct cw_target *target, cw_addr address,
			struct cw_elf_layout *ret);
bool cw_elf_layout_of_file(const struct cw_elf_file *file,
			   struct cw_elf_layout *ret);
void cw_elf_layout_deinit(struct cw_elf_layout *layout);

/* The first program header of that type, or NULL. */
const Elf64_Phdr *cw_elf_layout_phdr(const struct cw_elf_layout *layout,
				     uint32_t type);

/*
 * The bias with which the page at @file_offset is mapped at @address; false:
 * no PT_LOAD begins with that page, or ET_EXEC would be moved.
 */
bool cw_elf_layout_bias(const struct cw_elf_layout *layout, cw_addr address,
			uint64_t file_offset, uint64_t *ret);

/* The pages from the first PT_LOAD to the last; false: there are none. */
bool cw_elf_layout_range(const struct cw_elf_layout *layout, uint64_t bias,
			 cw_addr *ret_start, cw_addr *ret_end);

/* Whether both are of the same link, as far as program headers tell. */
bool cw_elf_layout_equal(const struct cw_elf_layout *a,
			 const struct cw_elf_layout *b);

#endif

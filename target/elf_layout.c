#include "target/elf_layout.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "target/target.h"

enum {
	PAGE_SIZE = 4096,
	/* Far more than any linker makes. */
	MAX_PHDRS = 1024,
};

static uint64_t page_down(uint64_t address)
{
	return address & ~(uint64_t)(PAGE_SIZE - 1);
}

bool cw_elf_layout_read(const struct cw_target *target, cw_addr address,
			struct cw_elf_layout *ret)
{
	Elf64_Ehdr header;

	if (!cw_target_read(target, address, &header, sizeof(header)) ||
	    memcmp(header.e_ident, ELFMAG, SELFMAG) != 0 ||
	    header.e_ident[EI_CLASS] != ELFCLASS64 ||
	    header.e_machine != EM_X86_64 ||
	    header.e_phentsize != sizeof(Elf64_Phdr) || header.e_phnum == 0 ||
	    header.e_phnum > MAX_PHDRS ||
	    (header.e_type != ET_EXEC && header.e_type != ET_DYN))
		return false;

	size_t size = header.e_phnum * sizeof(Elf64_Phdr);
	cw_cleanup_free Elf64_Phdr *phdrs = cw_alloc(size);
	if (!cw_target_read(target, address + header.e_phoff, phdrs, size))
		return false;
	ret->type = header.e_type;
	ret->num_phdrs = header.e_phnum;
	ret->phdrs = cw_take(phdrs);
	return true;
}

bool cw_elf_layout_of_file(const struct cw_elf_file *file,
			   struct cw_elf_layout *ret)
{
	size_t num = file->num_phdrs;

	if (num == 0 || num > MAX_PHDRS ||
	    (file->type != ET_EXEC && file->type != ET_DYN))
		return false;
	ret->type = file->type;
	ret->num_phdrs = num;
	ret->phdrs = cw_alloc(num * sizeof(Elf64_Phdr));
	memcpy(ret->phdrs, file->phdrs, num * sizeof(Elf64_Phdr));
	return true;
}

void cw_elf_layout_deinit(struct cw_elf_layout *layout)
{
	free(layout->phdrs);
	*layout = (struct cw_elf_layout){0};
}

const Elf64_Phdr *cw_elf_layout_phdr(const struct cw_elf_layout *layout,
				     uint32_t type)
{
	for (size_t i = 0; i < layout->num_phdrs; i++)
		if (layout->phdrs[i].p_type == type)
			return &layout->phdrs[i];
	return NULL;
}

bool cw_elf_layout_bias(const struct cw_elf_layout *layout, cw_addr address,
			uint64_t file_offset, uint64_t *ret)
{
	for (size_t i = 0; i < layout->num_phdrs; i++) {
		const Elf64_Phdr *phdr = &layout->phdrs[i];
		if (phdr->p_type != PT_LOAD ||
		    page_down(phdr->p_offset) != file_offset)
			continue;
		uint64_t bias = address - page_down(phdr->p_vaddr);
		if (layout->type == ET_EXEC && bias != 0)
			continue;
		*ret = bias;
		return true;
	}
	return false;
}

bool cw_elf_layout_range(const struct cw_elf_layout *layout, uint64_t bias,
			 cw_addr *ret_start, cw_addr *ret_end)
{
	uint64_t start = UINT64_MAX, end = 0;

	for (size_t i = 0; i < layout->num_phdrs; i++) {
		const Elf64_Phdr *phdr = &layout->phdrs[i];
		if (phdr->p_type != PT_LOAD || phdr->p_memsz > UINT64_MAX / 2 ||
		    phdr->p_vaddr > UINT64_MAX / 2)
			continue;
		if (page_down(phdr->p_vaddr) < start)
			start = page_down(phdr->p_vaddr);
		if (phdr->p_vaddr + phdr->p_memsz > end)
			end = phdr->p_vaddr + phdr->p_memsz;
	}
	end = page_down(end + PAGE_SIZE - 1);
	if (start >= end || bias + start >= bias + end)
		return false;
	*ret_start = bias + start;
	*ret_end = bias + end;
	return true;
}

bool cw_elf_layout_equal(const struct cw_elf_layout *a,
			 const struct cw_elf_layout *b)
{
	return a->type == b->type && a->num_phdrs == b->num_phdrs &&
	       memcmp(a->phdrs, b->phdrs, a->num_phdrs * sizeof(*a->phdrs)) ==
		       0;
}

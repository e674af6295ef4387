/*
 * ELF file: an executable, shared object or separate debug file of this
 * machine (or an image of one in memory), its headers checked.
 *
 * Mapped read-only.  Every offset that is handed out was held against the
 * size of the file; what a header promises beyond it is absent.
 *
 * Not here: which file belongs to a module of a target (target/module.h),
 * which holds its debug info (target/debug_file.h), symbols
 * (target/symbol.h), cores (target/core_header.h).
 */
#ifndef TARGET_ELF_FILE_H
#define TARGET_ELF_FILE_H

#include <elf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "target/mapped_file.h"

/* Headers in place; packed since a hostile file need not align them. */
struct cw_elf_phdr {
	Elf64_Phdr header;
} __attribute__((packed));

struct cw_elf_shdr {
	Elf64_Shdr header;
} __attribute__((packed));

struct cw_elf_file {
	char *path; /* on this machine; of an image what it was called */
	const unsigned char *bytes;
	uint64_t size;
	uint16_t type;	/* ET_EXEC, ET_DYN … */
	uint64_t entry; /* address in the file */
	const struct cw_elf_phdr *phdrs;
	size_t num_phdrs;
	const struct cw_elf_shdr *sections;
	size_t num_sections; /* 0: it has none, or they are damaged */
	const unsigned char *build_id;
	size_t build_id_size; /* 0: it has none */

	/* Private. */
	struct cw_mapped_file mapped;
	char *link;	      /* what opens it; NULL: an image */
	unsigned char *image; /* malloc'ed, or NULL */
	const char *section_names;
	uint64_t section_names_size;
	struct cw_elf_unpacked *unpacked;
};

struct cw_elf_section {
	uint32_t number;
	Elf64_Shdr header;
};

/*
 * Opens an x86-64 ELF file.  Fails with CW_ERROR_TARGET: "cannot open 'a.so':
 * not an ELF file".
 */
struct cw_error *cw_elf_file_open(const char *path,
				  struct cw_elf_file **ret) cw_must_check;

/* The same by way of a link, such as those of the kernel to what is mapped. */
struct cw_error *cw_elf_file_open_link(const char *link, const char *path,
				       struct cw_elf_file **ret) cw_must_check;

/* The same from malloc'ed @image, which it takes, also when it fails. */
struct cw_error *cw_elf_file_open_image(const char *name, unsigned char *image,
					uint64_t size,
					struct cw_elf_file **ret) cw_must_check;

void cw_elf_file_close(struct cw_elf_file *file);

/* The first section of that name; false: none. */
bool cw_elf_file_section(const struct cw_elf_file *file, const char *name,
			 struct cw_elf_section *ret);

/* The name of a section, or "" when it is damaged. */
const char *cw_elf_file_section_name(const struct cw_elf_file *file,
				     const Elf64_Shdr *header);

/*
 * The bytes of a section, decompressed when SHF_COMPRESSED says so; those are
 * kept until the file is closed, and one thread at a time may ask for them.
 * False: it has none in the file (SHT_NOBITS), lies outside, or cannot be
 * decompressed.
 */
bool cw_elf_file_section_bytes(struct cw_elf_file *file,
			       const struct cw_elf_section *section,
			       const unsigned char **ret, uint64_t *ret_size);

/*
 * The bytes [offset, offset + size) of the file, or NULL when they are not all
 * there.
 */
const unsigned char *cw_elf_file_range(const struct cw_elf_file *file,
				       uint64_t offset, uint64_t size);

/* The first program header of that type; false: none. */
bool cw_elf_file_phdr(const struct cw_elf_file *file, uint32_t type,
		      Elf64_Phdr *ret);

/*
 * Finds the build-id among the notes [bytes, bytes + size).  NULL: none.
 * @alignment is that of the notes: 4, or 8 where the header says so.
 */
const unsigned char *cw_elf_build_id(const unsigned char *bytes, uint64_t size,
				     uint64_t alignment, size_t *ret_size);

#endif

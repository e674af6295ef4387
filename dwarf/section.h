/*
 * Sections: the debug sections of one ELF file, decompressed.
 *
 * Only sections whose names begin with ".debug_" or ".zdebug_" are kept, and
 * ".eh_frame".
 * Relocations are never applied: executables, shared objects and their debug
 * files need none.
 */
#ifndef DWARF_SECTION_H
#define DWARF_SECTION_H

#include "base/array.h"
#include "target/elf_file.h"

struct cw_section {
	const char *name;	    /* ".debug_info" */
	const unsigned char *bytes; /* the file's */
	uint64_t size;
	uint64_t address;
};

struct cw_sections {
	CW_ARRAY(struct cw_section) items;
	/* Sections that are damaged or cannot be decompressed here. */
	unsigned num_unreadable;
	CW_ARRAY(unsigned char *) united; /* bytes that are not the file's */
	bool has_alternate; /* a second file holds a part: .gnu_debugaltlink,
			       .debug_sup */
};

/* The sections of @file, which must stay as long. */
void cw_sections_init(struct cw_sections *sections, struct cw_elf_file *file);
/* Makes one of sections with the same name, as .dwo files have them. */
void cw_sections_unite(struct cw_sections *sections);
void cw_sections_deinit(struct cw_sections *sections);

/* By name, or NULL. */
const struct cw_section *cw_sections_find(const struct cw_sections *sections,
					  const char *name);

#endif

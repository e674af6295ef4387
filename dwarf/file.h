/*
 * Debug file: the debug info of one ELF file, open and indexed.
 *
 * Not here: the types made of it (dwarf/reader.h), which file it is
 * (target/debug_file.h).
 */
#ifndef DWARF_FILE_H
#define DWARF_FILE_H

#include "dwarf/index.h"

struct cw_debug_file {
	struct cw_sections sections;
	struct cw_library library;
	struct cw_index index;
	struct cw_map types; /* keys of DIEs to ids of types */
	struct cw_map lines; /* keys of units to numbers of tables */
	CW_ARRAY(struct cw_line_table *) line_tables;
};

/*
 * Opens and indexes @elf, which must stay.  Absent (it has no debug info):
 * NULL.
 */
struct cw_error *cw_debug_file_open(struct cw_elf_file *elf,
				    struct cw_arena *arena,
				    struct cw_progress *progress,
				    struct cw_debug_file **ret) cw_must_check;
void cw_debug_file_close(struct cw_debug_file *file);

/* Adds clauses for the user: what of the file could not be used. */
void cw_debug_file_problems(const struct cw_debug_file *file,
			    struct cw_text *text);

#endif

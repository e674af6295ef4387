/*
 * Debug file: the debug info of one ELF file, open and indexed.
 *
 * A file that dwz made of what several files share is a debug file of its own.
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
 * NULL.  @alternate is the dwz file that it refers to, or NULL.
 */
struct cw_error *cw_debug_file_open(struct cw_elf_file *elf,
				    struct cw_library_set *set,
				    struct cw_debug_file *alternate,
				    struct cw_arena *arena,
				    struct cw_progress *progress,
				    struct cw_debug_file **ret) cw_must_check;
void cw_debug_file_close(struct cw_debug_file *file);

/* The file that *key is of, and the key in there. */
struct cw_debug_file *cw_debug_file_at(struct cw_debug_file *file,
				       uint64_t *key);

/* Adds clauses for the user: what of the file could not be used. */
void cw_debug_file_problems(const struct cw_debug_file *file,
			    struct cw_text *text);

#endif

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
	struct cw_map types;	 /* keys of DIEs to ids of types */
	struct cw_map spellings; /* keys of DIEs to hashes */
	struct cw_map lines;	 /* keys of units to numbers of tables */
	CW_ARRAY(struct cw_line_table *) line_tables;

	/* What its skeletons name, and the files that these are in. */
	CW_ARRAY(struct cw_debug_file *) parts;
	CW_ARRAY(struct cw_elf_file *) elves;
	uint64_t num_missing_parts, num_stale_parts, num_damaged_parts;
	/* Of a part: the file with its skeleton, and this one's unit. */
	struct cw_debug_file *whole; /* or NULL: it is no part */
	uint64_t skeleton;
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

/*
 * Opens and indexes a .dwo file as a part of @whole; takes @sections.  NULL: it
 * is not the one that @skeleton is of.
 */
struct cw_error *cw_debug_file_open_part(
	struct cw_debug_file *whole, const struct cw_index_skeleton *skeleton,
	struct cw_sections *sections, struct cw_arena *arena,
	struct cw_progress *progress, struct cw_debug_file **ret) cw_must_check;
void cw_debug_file_close(struct cw_debug_file *file);

/* The file that *key is of, and the key in there. */
struct cw_debug_file *cw_debug_file_at(struct cw_debug_file *file,
				       uint64_t *key);

/* The function at @address of the file and the part that it is in, or NULL. */
const struct cw_index_function *
cw_debug_file_function(struct cw_debug_file *file, uint64_t address,
		       struct cw_debug_file **ret_part);

/* Adds clauses for the user: what of the file could not be used. */
void cw_debug_file_problems(const struct cw_debug_file *file,
			    struct cw_text *text);

#endif

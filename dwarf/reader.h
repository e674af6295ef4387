/*
 * Reader: types made of DIEs, each once.
 *
 * A DIE gives a type; equal types of several DIEs, also of several files, are
 * one.  Two are equal when kind, name, size and members (their names, places
 * and how their types are spelled) agree.  A declaration stands for the one
 * definition of that name in its file, when there is just one.
 *
 * Members are read with their type but resolved on first use, so that one
 * type does not pull in all that it leads to.
 */
#ifndef DWARF_READER_H
#define DWARF_READER_H

#include "base/arena.h"
#include "dwarf/file.h"
#include "dwarf/type.h"

/* All types of one cw_debug. */
struct cw_type_store {
	struct cw_arena *arena;			   /* borrowed */
	CW_ARRAY(struct cw_type_record *) records; /* by id; 0 is none */
	struct cw_map by_hash;
	const struct cw_type *void_type, *unknown_type;
	/* Files in which declared types may have their definitions. */
	CW_ARRAY(struct cw_debug_file *) files;
	struct cw_library_set libraries;
	uint64_t num_unknown; /* types that could not be read */
};

void cw_type_store_init(struct cw_type_store *store, struct cw_arena *arena);
void cw_type_store_deinit(struct cw_type_store *store);

/* The type of that DIE; never NULL: unknown_type where it cannot be read. */
const struct cw_type *cw_reader_type(struct cw_type_store *store,
				     struct cw_debug_file *file, uint64_t key);

/* What DW_AT_type of the DIE refers to; without one, void. */
const struct cw_type *cw_reader_type_of(struct cw_type_store *store,
					struct cw_debug_file *file,
					const struct cw_die *die);

/* Of a struct, class or union. */
bool cw_tag_is_aggregate(unsigned tag);

/*
 * The definition of a declared type, looked for in all files that are open by
 * now; the type itself when there is none, or several that differ.
 */
const struct cw_type *cw_reader_complete(const struct cw_type *type);

#endif

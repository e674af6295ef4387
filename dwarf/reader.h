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

#include "dwarf/type_store.h"

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

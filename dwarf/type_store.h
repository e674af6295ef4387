/*
 * Type store: all types of one debug, each once.
 *
 * A type is entered as a draft; one that is equal to a type that is there, of
 * whichever DIE or file, becomes that (see dwarf/reader.h for what is equal).
 *
 * Not here: how DIEs become drafts (dwarf/reader.h).
 */
#ifndef DWARF_TYPE_STORE_H
#define DWARF_TYPE_STORE_H

#include "base/arena.h"
#include "dwarf/file.h"
#include "dwarf/type.h"

struct cw_type_record;
struct cw_record_children;

struct cw_type_store {
	struct cw_arena *arena;			   /* borrowed */
	CW_ARRAY(struct cw_type_record *) records; /* by id; 0 is none */
	struct cw_map by_hash;
	const struct cw_type *void_type, *unknown_type;
	/* Files in which declared types may have their definitions. */
	CW_ARRAY(struct cw_debug_file *) files;
	struct cw_library_set libraries;
	/* What the draft has that is being made. */
	struct cw_record_children *children;
	uint64_t num_unknown; /* types that could not be read */
};

void cw_type_store_init(struct cw_type_store *store, struct cw_arena *arena);
void cw_type_store_deinit(struct cw_type_store *store);

/*
 * The type equal to @draft that is there, or a copy of the draft, now there.
 * The name is that of @entry, or the draft's own where it is NULL; what the
 * draft has in the store's @children is copied, too.
 */
const struct cw_type *cw_type_store_enter(struct cw_type_store *store,
					  struct cw_type_record *draft,
					  const struct cw_index_entry *entry);

/* The type of that DIE when it was read before; else NULL. */
const struct cw_type *cw_type_store_known(const struct cw_type_store *store,
					  struct cw_debug_file *file,
					  uint64_t key);

/* The DIE with that key of @file is read, as @type. */
void cw_type_store_note(struct cw_debug_file *file, uint64_t key,
			const struct cw_type *type);

#endif

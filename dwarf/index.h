/*
 * Index: what one pass over a file's debug info finds: every type by name,
 * every variable with static storage, every function by address.
 *
 * Names are kept as the file has them; what encloses them is a scope.  Types
 * within functions and static locals are in the index too.
 *
 * Not here: what a type looks like (dwarf/reader.h).
 */
#ifndef DWARF_INDEX_H
#define DWARF_INDEX_H

#include "base/array.h"
#include "base/map.h"
#include "base/progress.h"
#include "base/text.h"
#include "dwarf/die.h"

/* A namespace, class or function that encloses names. */
struct cw_scope {
	const char *name; /* with its own scopes; NULL: of functions, not
			   * yet made */
	uint32_t parent;
	uint64_t function; /* key of the DIE, or 0 */
	/* Of a class that a type unit defines: key of the DIE there, or 0. */
	uint64_t signed_type;
};

/* Scope 0 is the global one. */
#define CW_NO_ENTRY UINT32_MAX

struct cw_index_entry {
	uint64_t key;
	const char *name; /* NULL: anonymous; see typedefs */
	uint32_t scope;
	uint32_t hash; /* of the name with its scopes */
	uint32_t next; /* with the same hash slot, or CW_NO_ENTRY */
	uint32_t type; /* its id, or 0: not read yet; the reader's */
	uint16_t tag;
	bool is_declaration;
};

struct cw_index_variable {
	uint64_t key;
	uint64_t address; /* in the file; of TLS: offset in the module's */
	uint32_t scope;
	bool is_tls;
	bool is_split; /* the address is the first piece's */
};

struct cw_index_function {
	uint64_t low, high; /* in the file */
	uint64_t key;
	uint64_t unit; /* key of the unit's DIE */
	uint32_t scope;
};

/* A unit whose debug info is in a .dwo file. */
struct cw_index_skeleton {
	uint64_t unit; /* key of its DIE */
	uint64_t id;
	const char *name, *directory; /* of the file; may be NULL */
	uint64_t address_base;	      /* in .debug_addr */
};

/* A key and what belongs to it; arrays of them are sorted by key. */
struct cw_index_pair {
	uint64_t key;
	uint32_t value;
};

/* A type of Go whose descriptor is at that offset from the first one. */
struct cw_index_go_type {
	uint64_t offset;
	uint64_t key;
};

/* A typedef and the type that it is for. */
struct cw_index_typedef {
	uint64_t key; /* of the type */
	const char *name;
	uint32_t scope;
	uint32_t order; /* in the file */
};

struct cw_index {
	struct cw_library *library;
	CW_ARRAY(struct cw_index_entry) entries; /* sorted by key */
	CW_ARRAY(struct cw_index_variable) variables;
	CW_ARRAY(struct cw_index_function) functions; /* sorted by low */
	CW_ARRAY(struct cw_scope) scopes;
	/* Of anonymous types; sorted by key, then by order. */
	CW_ARRAY(struct cw_index_typedef) typedefs;
	/* Declarations of variables in scopes and these scopes. */
	CW_ARRAY(struct cw_index_pair) declared;
	CW_ARRAY(struct cw_index_go_type) go_types; /* sorted by offset */
	uint32_t *slots; /* by hash: the first entry, or CW_NO_ENTRY */
	uint32_t num_slots;
	/* By page of the sections of units: its first entry.  One more than
	 * there are pages; NULL: not all entries are there yet. */
	uint32_t *pages;
	uint64_t num_pages, first_types_page; /* of .debug_types */
	uint64_t num_units;
	CW_ARRAY(struct cw_index_skeleton) skeletons;
	uint64_t split_id;	/* of a .dwo file, or 0 */
	uint64_t num_too_deep;	/* DIEs that were not looked into */
	struct cw_arena *arena; /* of scopes' names, borrowed */
};

struct cw_error *cw_index_init(struct cw_index *index,
			       struct cw_library *library,
			       struct cw_arena *arena,
			       struct cw_progress *progress) cw_must_check;
void cw_index_deinit(struct cw_index *index);

/* The entry of a type's DIE, or NULL. */
const struct cw_index_entry *cw_index_at(const struct cw_index *index,
					 uint64_t key);

/* The type of the entry with that key is known.  False: there is no entry. */
bool cw_index_note_type(struct cw_index *index, uint64_t key, uint32_t type);

/* Whether that is the entry's name with all that encloses it. */
bool cw_index_entry_is(struct cw_index *index,
		       const struct cw_index_entry *entry, const char *name);

/* The DIE of Go's type with its descriptor at @offset; 0: none. */
uint64_t cw_index_go_type(const struct cw_index *index, uint64_t offset);

/*
 * Entries of that full name, one after the other; begin with @entry NULL.
 * NULL: no more.
 */
const struct cw_index_entry *cw_index_named(struct cw_index *index,
					    const char *name,
					    const struct cw_index_entry *entry);

/*
 * "app::Node", or the typedef's name of an anonymous type, in @arena; NULL:
 * it has no name at all.
 */
const char *cw_index_name(struct cw_index *index,
			  const struct cw_index_entry *entry);

/* "app" for 3; "" for 0. */
const char *cw_index_scope(struct cw_index *index, uint32_t scope);

/* The scope in which a variable's DIE was declared, or 0. */
uint32_t cw_index_declared_in(const struct cw_index *index, uint64_t key);

/* The function that holds @address of the file, or NULL. */
const struct cw_index_function *
cw_index_function_at(const struct cw_index *index, uint64_t address);

/* A function's name as a person writes it, in @arena; NULL: none. */
const char *cw_index_function_name(struct cw_index *index, uint64_t key,
				   uint32_t scope);

#endif

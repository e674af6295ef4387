/*
 * Scope store: the functions that were read of the files of one debug.
 */
#ifndef DWARF_SCOPE_STORE_H
#define DWARF_SCOPE_STORE_H

#include "dwarf/scope.h"
#include "dwarf/unit.h"

/* Of one file. */
struct cw_file_scopes {
	struct cw_units *units;
	struct cw_map functions;  /* keys to numbers */
	struct cw_map names;	  /* keys of functions to numbers */
	struct cw_map prototypes; /* keys to numbers */
	bool has_declarations;
	struct cw_map declarations; /* hashes of names to numbers */
};

/* A declaration of a function, to be read when asked for. */
struct cw_declaration {
	const char *name; /* that the linker knows */
	uint64_t key;
	uint32_t next; /* with the same hash, or 0 */
};

struct cw_scope_store {
	struct cw_arena arena; /* of all below */
	/* By number of the file's library; NULL: not asked for yet. */
	CW_ARRAY(struct cw_file_scopes *) files;
	/* By numbers; 0 is none. */
	CW_ARRAY(const struct cw_function *) functions;
	CW_ARRAY(const char *) names;
	CW_ARRAY(const struct cw_prototype *) prototypes;
	CW_ARRAY(struct cw_declaration) declarations;
};

struct cw_scope_store *cw_scope_store_create(void);
void cw_scope_store_destroy(struct cw_scope_store *store);

/* Of @file, which must stay. */
struct cw_file_scopes *cw_scope_store_file(struct cw_scope_store *store,
					   struct cw_debug_file *file);

#endif

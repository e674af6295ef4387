/*
 * Entry story: what an entry of a unit says together with those that it
 * completes or is a copy of: a parameter of an inlined call, say, has its
 * place, and the parameter of the function that was inlined name and type.
 */
#ifndef DWARF_ENTRY_STORY_H
#define DWARF_ENTRY_STORY_H

#include "dwarf/function_read.h"

enum { CW_MAX_HOPS = 4 }; /* from an entry to its origin */

struct cw_entry_story {
	const char *name, *linkage_name;
	const struct cw_unit_entry *typed; /* the one with a type, or NULL */
	/* The last one that is in the unit. */
	const struct cw_unit_entry *origin;
	unsigned flags; /* of all */
};

void cw_entry_story_read(const struct cw_function_reader *reader,
			 const struct cw_unit_entry *entry,
			 struct cw_entry_story *ret);

/* The type that a story says; NULL: none. */
const struct cw_type *
cw_entry_story_type(const struct cw_function_reader *reader,
		    const struct cw_entry_story *story);

/* A function's name as a person writes it; NULL: it has none.  Stays. */
const char *cw_entry_function_name(const struct cw_function_reader *reader,
				   const struct cw_unit_entry *entry);

#endif

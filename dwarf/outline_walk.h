/*
 * Outline walk: through the DIEs of units, for outlines and for declarations.
 */
#ifndef DWARF_OUTLINE_WALK_H
#define DWARF_OUTLINE_WALK_H

#include "dwarf/extract.h"
#include "dwarf/function_read.h"
#include "dwarf/outline.h"

/* Where a DIE is. */
enum cw_outline_place {
	CW_OUTLINE_OUTSIDE, /* of functions */
	CW_OUTLINE_INSIDE,  /* of one that is read */
	CW_OUTLINE_BESIDE,  /* in one that is not: it has no code */
	CW_OUTLINE_DROPPED, /* in one whose code the linker dropped */
};

/* What encloses the DIEs that are read. */
struct cw_outline_level {
	uint8_t place, role;
	bool has_ranges; /* they were read; in the walk's */
	uint32_t depth, first_range, num_ranges;
	const struct cw_extract_plan *plan;
	const unsigned char *values;
};

/* What locals are by themselves, or by what they are copies of. */
struct cw_outline_story {
	const struct cw_type *type; /* NULL: it says none */
	bool is_wanted;
	bool is_declaration;
	bool is_constant;
	struct cw_value value; /* its place, if it is in the unit */
};

struct cw_outline_walk {
	struct cw_function_reader *reader;	  /* in a file */
	const struct cw_outline_visitor *visitor; /* or NULL: none is read */
	struct cw_unit *unit;
	struct cw_scan scan;
	struct cw_extract_plans plans;
	struct cw_map seen; /* entries of functions, in the file */
	CW_ARRAY(struct cw_outline_level) levels;
	/* DIEs with functions of their own in functions that are read. */
	CW_ARRAY(const unsigned char *) later;
	/* By key of types, and of what locals are copies of. */
	struct cw_map story_numbers;
	CW_ARRAY(struct cw_outline_story) stories;
	/* Of the function that is read. */
	struct cw_outline outline;
	size_t function_level;
	struct cw_address_list addresses;
	CW_ARRAY(struct cw_code_range) ranges;
	CW_ARRAY(struct cw_outline_local) locals, sorted;
	struct cw_local_places places;
	uint32_t max_depth;
};

void cw_outline_walk_init(struct cw_outline_walk *walk,
			  struct cw_function_reader *reader,
			  const struct cw_outline_visitor *visitor);
void cw_outline_walk_deinit(struct cw_outline_walk *walk);

/*
 * Visits the functions of the unit, which need not be loaded; takes note of
 * what it declares, the first time.
 */
struct cw_error *cw_outline_walk_unit(struct cw_outline_walk *walk,
				      struct cw_unit *unit) cw_must_check;

/* --- outline_local.c */

/* Notes the local that was read, in the scope of the last level. */
void cw_outline_local_add(struct cw_outline_walk *walk,
			  const struct cw_extract *local, bool is_parameter);

/* What the function, or what it is a copy of, gives back. */
void cw_outline_result_read(struct cw_outline_walk *walk,
			    const struct cw_extract *function);

#endif

/*
 * Outline: a function as those need it who read its code: where that is, what
 * it takes and gives, and where in it are which locals.
 *
 * The debug info of a large program is mostly about blocks, inlined calls and
 * what is in them.  It is read here in one go, without keeping any of it, and
 * what is not asked for is passed over.
 *
 * Not here: functions with all that is known of them (dwarf/scope.h).
 */
#ifndef DWARF_OUTLINE_H
#define DWARF_OUTLINE_H

#include "dwarf/scope.h"

/* A local of the function, or of what was inlined in it. */
struct cw_outline_local {
	const struct cw_type *type;
	uint32_t first_place, num_places;
	uint32_t depth;	   /* of its scope; the function's own have 0 */
	bool is_parameter; /* of the function itself */
};

struct cw_outline {
	const struct cw_module *module;
	cw_addr entry; /* the first address of the first range */
	/* NULL: it gives nothing back. */
	const struct cw_type *return_type;
	bool is_noreturn;
	const unsigned char *frame_base; /* expression, or NULL */
	uint32_t frame_base_size;
	uint32_t num_ranges, num_locals;
	const struct cw_code_range *ranges;
	/* Parameters of the function itself, and those that are wanted; outer
	 * ones first, then as declared. */
	const struct cw_outline_local *locals;
	const struct cw_local_place *places; /* of all */
};

struct cw_outline_visitor {
	/* Whether locals of that type are wanted. */
	bool (*wants)(const struct cw_type *type);
	struct cw_error *(*visit)(void *context,
				  const struct cw_outline *outline);
	void *context;
};

/*
 * Visits each function of @module that has code, unit by unit; of those that
 * begin at one address, as inline ones of C++ do that every unit has, the first
 * only.  Types and expressions stay, the outline and its arrays do not.  What
 * a visit returns ends the walk and is returned.
 */
struct cw_error *
cw_debug_outlines(struct cw_debug *debug, struct cw_module *module,
		  const struct cw_outline_visitor *visitor) cw_must_check;

#endif

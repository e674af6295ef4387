/*
 * Fields: the members of an object in memory, down to scalars, in order.
 *
 * Members of members and of base classes are told by their path, ".a.b".
 * Arrays are told element by element up to a bound.
 */
#ifndef COMMAND_FIELDS_H
#define COMMAND_FIELDS_H

#include "base/text.h"
#include "command/session.h"

struct cw_field {
	uint64_t offset;  /* in the block */
	const char *name; /* "next", "u.key[2]" */
	const struct cw_type *type;
	const struct cw_member *member; /* for bit-fields, or NULL */
};

/*
 * Calls @each for the fields of an object of @type at @offset of a block,
 * @max at most; returns how many there were.
 */
uint64_t
cw_fields_walk(const struct cw_type *type, uint64_t offset, uint64_t max,
	       void (*each)(void *context, const struct cw_field *field),
	       void *context);

#endif

/*
 * Fields: the members of an object in memory, down to scalars, in order.
 *
 * Members of members and of base classes are told by their path, ".a.b".
 * Arrays are told element by element up to a bound.  An object of a library's
 * type that can be said in a few words is one field; of others what their rule
 * finds in them (the value of a node, the active variant of an enum) follows
 * the members.
 */
#ifndef COMMAND_FIELDS_H
#define COMMAND_FIELDS_H

#include "base/text.h"
#include "object/name.h"

struct cw_field {
	uint64_t offset;  /* in the block */
	const char *name; /* "next", "u.key[2]" */
	const struct cw_type *type;
	const struct cw_member *member; /* for bit-fields, or NULL */
};

/*
 * Calls @each for the fields of an object of @type at @offset of the block at
 * @address, @max at most; returns how many there were.
 */
uint64_t cw_fields_walk(const struct cw_name_context *context,
			const struct cw_type *type, cw_addr address,
			uint64_t offset, uint64_t max,
			void (*each)(void *context,
				     const struct cw_field *field),
			void *each_context);

#endif

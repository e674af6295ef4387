/*
 * Uthash: tables of C whose links are a member of what they hold.
 *
 * An object has a UT_hash_handle at some offset, which the table knows.  The
 * handle's links to the objects before and behind say no type, but all objects
 * of one table are of one: what an object that is known links to, and links
 * back, with the same table in its handle, is another.
 */
#ifndef OBJECT_UTHASH_H
#define OBJECT_UTHASH_H

#include "object/layout.h"

struct cw_spread;

/* Where what is asked for is in a table and in a handle. */
struct cw_uthash {
	const struct cw_type *table;   /* for which the rest is; or NULL */
	const struct cw_type *handle;  /* NULL: it is no table of uthash */
	uint64_t handle_offset, owner; /* of "hho", and of "tbl" */
	uint64_t links[2];	       /* of "prev" and "next" */
};

/* Whether a pointer to @type may be a handle's to its table. */
bool cw_uthash_is_table(const struct cw_type *type);

/*
 * Claims the neighbours of the object of @layout whose @slot, such a pointer,
 * is at @slot_address and leads to @table.
 */
void cw_uthash_follow(struct cw_spread *spread, const struct cw_layout *layout,
		      const struct cw_slot *slot, cw_addr slot_address,
		      cw_addr table);

#endif

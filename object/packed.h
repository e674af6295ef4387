/*
 * Packed: pointers among the bytes that an object ends in.
 *
 * A structure whose last member is an array of bytes may be followed by bytes
 * and, behind these, by pointers at places that only code knows: nodes of radix
 * trees are.  A word there that leads to the start of a used block is taken for
 * such a pointer.
 *
 * Not here: what such a pointer leads to (object/vague.h).
 */
#ifndef OBJECT_PACKED_H
#define OBJECT_PACKED_H

#include "object/rank.h"

/*
 * How well an object of the layout's type, with as many bytes as a member says
 * and pointers from there to the end of the block, goes with @bytes, which are
 * those of @room; 0: it does not.
 */
uint32_t cw_packed_rank(const struct cw_typing *typing,
			const struct cw_layout *layout,
			const unsigned char *bytes, const struct cw_room *room);

/* Whether @slot is what cw_packed_walk() tells of, and no declared one. */
bool cw_packed_is_slot(const struct cw_layout *layout,
		       const struct cw_slot *slot);

/* Tells all pointers among the bytes of an object of @size bytes at @address.
 * Their slot is that of the first byte, as a member of a union would be. */
void cw_packed_walk(const struct cw_typing *typing,
		    const struct cw_layout *layout, cw_addr address,
		    uint64_t size, struct cw_walk *walk);

#endif

/*
 * Slab: a block that a program cuts into equal elements, to hand them out one
 * by one.
 *
 * Pointers lead to any of them.  The block's size class is that of so many
 * elements, and nearly all look like one: what was handed back keeps most of
 * what it had.
 *
 * Not here: several objects of unlike types in a block (object/interior.h).
 */
#ifndef OBJECT_SLAB_H
#define OBJECT_SLAB_H

#include "object/typing_private.h"

/*
 * Whether the @block looks like one of @type that has an element at @address.
 */
bool cw_slab_is(struct cw_typing *typing, const struct cw_type *type,
		const struct cw_block *block, cw_addr address);

/* Whether nothing else is known of the block: that, or its first element. */
bool cw_slab_may_be(const struct cw_typing *typing, const struct cw_type *type,
		    const struct cw_block *block);

#endif

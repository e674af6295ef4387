/*
 * Interior: pointers into blocks, and what they say of the block around.
 *
 * Nothing, where the block is known to hold an object of that type there.
 * Else, in this order:
 *
 *  1. container_of: there is one type that has a member of that type at that
 *     offset and whose size class is the block's; of several, the one that the
 *     others are part of, or whose content agrees alone;
 *  2. a header: behind 8 to 64 bytes, the object's size class is the block's;
 *     of new[], the header is the number of elements;
 *  3. a front, which only such objects showed to be there (object/front.h);
 *  4. an object of its own in a larger block, a pool;
 *  5. of a pointer to pointers: those that are there (object/pointer_run.h).
 *
 * Such claims wait until all pointers to starts of blocks have been followed.
 */
#ifndef OBJECT_INTERIOR_H
#define OBJECT_INTERIOR_H

#include "object/spread.h"

/* The claim pointed into @block. */
void cw_interior_note(struct cw_spread *spread, const struct cw_claim *claim,
		      const struct cw_block *block);

/* Settles what waits, and what follows from it, to the fixpoint. */
struct cw_error *cw_interior_settle(struct cw_spread *spread) cw_must_check;

/* Blocks that only objects within are known of become pools. */
void cw_interior_name_pools(struct cw_typing *typing);

#endif

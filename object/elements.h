/*
 * Elements: whether a block that a plain pointer leads to is an array.
 *
 * The pointer does not say whether it is to one object or to several, and a
 * size that is a multiple of the type's may be so by accident: of a header with
 * something behind, or of what others extend.
 *
 * Not here: arrays whose length a rule knows (object/rule.h); equal objects
 * that are handed out one by one (object/slab.h).
 */
#ifndef OBJECT_ELEMENTS_H
#define OBJECT_ELEMENTS_H

#include "object/claim.h"

/*
 * Whether the @count objects of the claim's type that fill the @room may be
 * that many.  What others extend fits everything, as do nodes, which seldom
 * come in arrays.
 */
bool cw_elements_may_be(struct cw_typing *typing, const struct cw_claim *claim,
			const struct cw_block *block,
			const struct cw_room *room, uint64_t count);

#endif

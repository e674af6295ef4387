/*
 * Lesser: what a block is that is too small for the type which a pointer to it
 * is declared to lead to.
 *
 * C keeps objects of several types in one list, and declares its pointers to
 * the largest of them: the others have the same first members and end before
 * it does.  A block is one of these when there is just one of that size; of
 * several what they begin with, or the smallest, where the others would have
 * nothing set.  Its content must agree.
 *
 * Kept by the typing, and found out when first asked for.
 *
 * Not here: types that end in an array that the block ends in
 * (object/ending.h), larger types that begin with the declared one
 * (object/family.h).
 */
#ifndef OBJECT_LESSER_H
#define OBJECT_LESSER_H

#include "base/array.h"
#include "base/map.h"
#include "dwarf/type.h"
#include "object/fit.h"

struct cw_block;
struct cw_typing;

/* Of those that a type has lesser ones, by its id. */
struct cw_lesser {
	struct cw_map by_type; /* to number in lists */
	CW_ARRAY(struct cw_lesser_list) lists;
};

struct cw_lesser_list {
	const struct cw_type **types; /* smaller, with its first members */
	size_t num;
};

void cw_lesser_init(struct cw_lesser *lesser);
void cw_lesser_deinit(struct cw_lesser *lesser);

/* Whether @lesser is one of a @type. */
bool cw_lesser_is(const struct cw_type *lesser, const struct cw_type *type);

/* Whether there is one that a block of that room is given for. */
bool cw_lesser_has(struct cw_typing *typing, const struct cw_type *type,
		   const struct cw_room *room);

/*
 * What the @block, which is too small for a @type, is instead; NULL: nothing
 * that is known.
 */
const struct cw_type *cw_lesser_find(struct cw_typing *typing,
				     const struct cw_type *type,
				     const struct cw_block *block);

#endif

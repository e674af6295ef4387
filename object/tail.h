/*
 * Tail: what was allocated behind an object, in one piece with it.
 *
 * The object's own pointers lead there: to the next object, to a table, to a
 * buffer, one behind the other.  Or all the rest of the block is for others, to
 * be handed out piece by piece: one of the pointers says where the next one
 * begins, and a number how much there is.
 *
 * Not here: text behind an object, and its flexible end (object/behind.h,
 * object/fit.h).
 */
#ifndef OBJECT_TAIL_H
#define OBJECT_TAIL_H

#include "object/fit.h"

enum cw_tail {
	CW_TAIL_NONE,  /* no pointer leads to just behind the object */
	CW_TAIL_SOME,  /* one does; nobody says how far that goes */
	CW_TAIL_WHOLE, /* and what is there fills the block */
};

/* Of the object at @bytes, which are all of the block at @address. */
enum cw_tail cw_tail_of(const struct cw_layout *layout,
			const struct cw_room *room, const unsigned char *bytes,
			uint64_t address);

#endif

/*
 * Ending: an array at the end of a type, of which a block has less than is
 * declared.
 *
 * C declares room for the longest name, or the most elements, and allocates
 * what there is.  The type ends in an array, or in a union that has one, maybe
 * some members deep; the block ends in there, where the text does, where a
 * member says that the elements do, or where another member of the union does.
 *
 * Not here: elements behind what is declared (object/behind.h, object/fit.h).
 */
#ifndef OBJECT_ENDING_H
#define OBJECT_ENDING_H

#include "object/typing_private.h"

/*
 * How well the object at @bytes, for which there is only @room, goes with a
 * type that is larger: an enum cw_rank, 0: it does not.  Up to *ret_size it is
 * there in any case.
 */
uint32_t cw_ending_rank(const struct cw_typing *typing,
			const struct cw_layout *layout,
			const unsigned char *bytes, const struct cw_room *room,
			uint64_t *ret_size);

/* Whether it goes with it at all, and so do the members before the end. */
bool cw_ending_fits(struct cw_typing *typing, const struct cw_layout *layout,
		    cw_addr address, const struct cw_room *room);

#endif

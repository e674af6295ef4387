/*
 * Behind: what an object has behind it in its block, up to the end: text, or
 * bytes of which a member says how many.
 *
 * The ranks are those of object/rank.h; 0 is none.
 */
#ifndef OBJECT_BEHIND_H
#define OBJECT_BEHIND_H

#include "object/fit.h"

/* As many bytes behind the object as a member says that is named so. */
bool cw_behind_are_bytes(const struct cw_layout *layout,
			 const unsigned char *bytes,
			 const struct cw_room *room);

/* A short one may be a number; an empty one is found in anything. */
uint32_t cw_behind_text_rank(const struct cw_layout *layout,
			     const unsigned char *bytes,
			     const struct cw_room *room, uint64_t offset);

/*
 * A pointer of the object leads to text behind it in the same block: both were
 * allocated in one piece.
 */
uint32_t cw_behind_own_text_rank(const struct cw_layout *layout,
				 cw_addr address, const struct cw_room *room,
				 const unsigned char *bytes);

/*
 * A declared structure whose text begins at @offset: one of its lengths leads
 * to the NUL, and one to the end of the block.
 */
bool cw_behind_fits_header(const struct cw_layout *layout, uint64_t offset,
			   const unsigned char *bytes,
			   const struct cw_room *room);

/* As above, and all up to the NUL is text, of one character at least. */
bool cw_behind_is_text(const struct cw_layout *layout, uint64_t offset,
		       const unsigned char *bytes, const struct cw_room *room);

#endif

/*
 * Rank: how much of a block's size a type explains, with what is behind it.
 *
 * Not here: whether the object's members agree (object/content.h), and which of
 * several types is better (object/rating.h).
 */
#ifndef OBJECT_RANK_H
#define OBJECT_RANK_H

#include "object/typing_private.h"

/* From worst to best. */
enum cw_rank {
	CW_RANK_BYTES = 1, /* fits everything */
	CW_RANK_INSIDE,
	CW_RANK_ARRAY,
	CW_RANK_SLACK,
	CW_RANK_EXACT,
	CW_RANK_TEXT, /* text up to the end of the block */
};

/* Where there may be an object, and how much room for it. */
struct cw_site {
	cw_addr address;
	struct cw_room room;
	const unsigned char *bytes; /* of the room */
	bool is_among; /* rated together with many more: it is no array */
};

struct cw_ranking {
	uint32_t rank;	    /* 0: it cannot be there */
	bool is_whole;	    /* with what is behind it, it fills the block */
	uint32_t num_right; /* pointers of an array that lead to such objects */
};

struct cw_ranking cw_rank_of(struct cw_typing *typing,
			     const struct cw_layout *layout,
			     const struct cw_site *site);

/*
 * Whether a block for the object without its flexible end, which is declared as
 * an array of one, would be of that size, and a member says that there is none.
 */
bool cw_rank_is_without_end(const struct cw_layout *layout,
			    const struct cw_site *site);

#endif

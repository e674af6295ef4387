/*
 * Fit: how a type fills a block.
 *
 * glibc's blocks come in classes: what was asked for plus 8, rounded up to 16,
 * at least 32, less 8; 16 more where the rest of a split chunk was too small
 * to be one.  Blocks with a mapping of their own are rounded up to pages.  So
 * a block's size tells nearly what was asked for, and a type that leaves more
 * unused is not all of what is there.
 */
#ifndef OBJECT_FIT_H
#define OBJECT_FIT_H

#include "heap/heap.h"
#include "object/layout.h"

/* From the best to the worst. */
enum cw_shape {
	CW_SHAPE_NONE,	   /* does not fit */
	CW_SHAPE_EXACT,	   /* one object, its size class is the block's */
	CW_SHAPE_TEXT,	   /* text, or a header and text up to the end */
	CW_SHAPE_ARRAY,	   /* as many objects as fill it */
	CW_SHAPE_FLEXIBLE, /* one object with its flexible array */
	CW_SHAPE_SLACK,	   /* one object, the class is the next smaller */
	CW_SHAPE_POOL,	   /* a header, and other objects behind */
	CW_SHAPE_PREFIX,   /* an object at the start of something larger */
	CW_SHAPE_POINTERS, /* pointers, of what type ever */
	CW_NUM_SHAPES,
};

/* "exact", "text", "array", …; "none". */
const char *cw_shape_name(enum cw_shape shape);

/* The part of a block that a type is to fill. */
struct cw_room {
	uint64_t size;	 /* usable bytes from the type's start on */
	uint64_t header; /* of the block's bytes before */
	uint64_t asked;	 /* of the size, where that is known; or 0 */
	enum cw_region_kind kind;
};

struct cw_fit {
	enum cw_shape shape;
	uint64_t count; /* elements */
};

/* Whether a request of @size bytes is given a block of that room. */
bool cw_room_is_class(const struct cw_room *room, uint64_t size);
/* The same, or with 16 bytes that could not be split off. */
bool cw_room_is_near(const struct cw_room *room, uint64_t size);

struct cw_fit cw_fit_of(const struct cw_layout *layout,
			const struct cw_room *room);

/* Of bytes: a smaller number fits by accident. */
#define CW_SURE_LENGTH 48

/*
 * Whether a member says how long the flexible end is, so that the object at
 * @bytes fits.  That there is one element, or none, may be something else that
 * is counted: when another length says more than can be there, it is.
 */
bool cw_fit_has_length(const struct cw_layout *layout,
		       const unsigned char *bytes, const struct cw_room *room);

#endif

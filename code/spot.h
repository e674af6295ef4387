/*
 * Spot: what lies at an offset of a type's objects.
 *
 * A spot is looked into down to the innermost member: all types of which an
 * object begins there, and whether it is a pointer and what to.  An element of
 * an array is as the first; an offset behind the end of the type is one in the
 * next object of an array of them.
 *
 * Spots are made once and kept.
 */
#ifndef CODE_SPOT_H
#define CODE_SPOT_H

#include "base/arena.h"
#include "base/array.h"
#include "base/map.h"
#include "dwarf/debug.h"

enum {
	CW_MAX_SPOT_TYPES = 8,
};

/* An object within another, and where in it the spot is. */
struct cw_spot_level {
	const struct cw_type *type; /* stripped aggregate */
	uint64_t offset;	    /* of the first element, where in arrays */
};

struct cw_spot {
	bool is_pointer;
	bool is_several; /* a union has pointers to several types here */
	bool is_beyond;	 /* behind the end of the type */
	/* Stripped; NULL when there are several. */
	const struct cw_type *pointee;
	/* From the type itself inwards; none for what is no aggregate. */
	uint32_t num_levels, num_types;
	struct cw_spot_level levels[CW_MAX_SPOT_TYPES];
	const struct cw_type *types[CW_MAX_SPOT_TYPES];
};

struct cw_spots {
	struct cw_map by_place;
	struct cw_map prefixes; /* by ids of two types: is it one? */
	CW_ARRAY(struct cw_spot *) all;
	struct cw_arena arena;
};

void cw_spots_init(struct cw_spots *spots);
void cw_spots_deinit(struct cw_spots *spots);

/* @type is stripped.  NULL: nothing can be there. */
const struct cw_spot *cw_spot_at(struct cw_spots *spots,
				 const struct cw_type *type, int64_t offset);

/* Whether an object of @type begins there. */
bool cw_spot_has(const struct cw_spot *spot, const struct cw_type *type);

/*
 * Whether @type is how objects of @whole begin, by convention: all of its
 * members are there, with the same names, types and offsets.
 */
bool cw_spots_is_prefix(struct cw_spots *spots, const struct cw_type *type,
			const struct cw_type *whole);

/* The pointed-to type of a pointer or reference, stripped; NULL: it is none. */
const struct cw_type *cw_pointee_of(const struct cw_type *type);

/* void, a character or an incomplete type: may be anything. */
bool cw_pointee_is_generic(const struct cw_type *pointee);

#endif

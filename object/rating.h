/*
 * Rating: how well a candidate goes with what is there, and which of several go
 * best.
 *
 * Not here: how one is rated (object/candidate.h).
 */
#ifndef OBJECT_RATING_H
#define OBJECT_RATING_H

#include "object/rank.h"

enum {
	CW_MAX_RATINGS = 48,
};

struct cw_rating {
	const struct cw_type *type;
	uint32_t number;	/* of the candidate */
	uint32_t rank;		/* an enum cw_rank */
	uint32_t num_right;	/* pointers to blocks typed as they say */
	uint32_t num_pointers;	/* to blocks, typed or not */
	uint32_t num_strangers; /* words that it explains less than others */
	uint32_t num_unlikely;	/* pointers that are rather something else */
	uint64_t header;	/* bytes of the block before it */
	bool is_text;
	bool is_inside; /* an object within a larger block */
	bool is_whole;	/* with what is behind it, it fills the block */
	bool is_odd;	/* a void * of it is none: only with a tag's word */
	bool is_raw;	/* some members were never set, the others agree */
	bool is_short;	/* behind it are pointers: of a larger one? */
	bool is_likely; /* nothing but its content says so */
};

struct cw_ratings {
	struct cw_rating items[CW_MAX_RATINGS];
	uint32_t num;
};

/*
 * Whether small numbers, or code, are where it has pointers, and what is right
 * is not more than that, beside what the @declared type says itself.
 */
bool cw_rating_is_unlikely(struct cw_typing *typing,
			   const struct cw_rating *rating,
			   const struct cw_type *declared, cw_addr target);

/* Leaves those that nothing else is better than; odd ones are never so. */
void cw_ratings_keep_best(struct cw_ratings *ratings);

/* Arrays that nothing confirms, which fit everything. */
void cw_ratings_drop_arrays(struct cw_ratings *ratings);

/* The one that takes more words for pointers to blocks than any other; -1. */
int cw_ratings_most_pointers(const struct cw_ratings *ratings);

/* How many are left is returned. */
uint32_t cw_ratings_drop_odd(struct cw_ratings *ratings);

#endif

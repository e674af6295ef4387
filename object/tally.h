/*
 * Tally: how the candidates go with objects that are all of one type.
 *
 * Not here: which objects these are (object/cohort.h), how one of them is rated
 * (object/candidate.h).
 */
#ifndef OBJECT_TALLY_H
#define OBJECT_TALLY_H

#include "object/rating.h"
#include "object/vague.h"

struct cw_tally {
	uint32_t num;	      /* objects */
	uint32_t num_sampled; /* of these */
	/* By candidate: objects that it can be, that it fills, and that nothing
	 * else fits better. */
	uint32_t possible[CW_MAX_CANDIDATES], filled[CW_MAX_CANDIDATES],
		best[CW_MAX_CANDIDATES];
};

/* How one object goes with the candidates: bits, as they are counted. */
struct cw_sample {
	uint64_t possible, filled, best;
};

/* Of the @ratings the best are left. */
struct cw_sample cw_sample_of(struct cw_ratings *ratings);

void cw_tally_add(struct cw_tally *tally, const struct cw_sample *sample);

/*
 * The candidate that they all are; -1: it cannot be told.  @named is the one
 * that what they have in common is called after, or -1.
 */
int cw_tally_decide(const struct cw_tally *tally, uint32_t num_candidates,
		    int named);

#endif

/*
 * Candidate: how well a type would go with what a pointer leads to.
 *
 * Not here: which types are tried (object/vague.h), which is then believed
 * (object/mined.h, object/cohort.h).
 */
#ifndef OBJECT_CANDIDATE_H
#define OBJECT_CANDIDATE_H

#include "object/rating.h"

/* The question whether a @type may be at @target. */
struct cw_trial {
	const struct cw_type *type;
	uint32_t number;	      /* of the candidate */
	const struct cw_block *block; /* in which @target is */
	cw_addr target;
	bool must_agree; /* only when typed blocks confirm it */
};

/* Adds a rating when it may be. */
void cw_candidate_rate(struct cw_typing *typing, const struct cw_trial *trial,
		       struct cw_ratings *ret);

/*
 * The same for an object that is rated together with many more, so that what
 * fits by accident does no harm: also within a block, and where the end of the
 * type is cut off.
 */
void cw_candidate_rate_among(struct cw_typing *typing,
			     const struct cw_trial *trial,
			     struct cw_ratings *ret);

#endif

/*
 * Cohort: all objects that pointers to one header, or to one union of many,
 * lead to, and which of their types goes with which value of a tag.
 *
 * One object may fit several of the types by accident, but all that have one
 * value of a tag do not.  So the objects of a value are looked at together:
 * told is the type that nearly all of them can be, when no other fits them as
 * well.  Of the numbers in the header the one that explains most objects is the
 * tag.
 *
 * The header's own links are followed without knowing what the object is: a
 * list of all objects is found whole.
 */
#ifndef OBJECT_COHORT_H
#define OBJECT_COHORT_H

#include "object/spread.h"
#include "object/vague.h"

struct cw_cohort_member {
	cw_addr address;
	cw_addr holder; /* slot that leads there */
	bool is_local;
};

struct cw_cohort {
	struct cw_vague *vague; /* what they may be */
	/* What all begin with: the header, or the smallest of the union. */
	const struct cw_layout *head;
	struct cw_tag tags[CW_MAX_TAGS];
	uint32_t num_tags;
	uint64_t *seen; /* bit by granule */
	CW_ARRAY(struct cw_cohort_member) members;
	size_t num_judged;	    /* members, when it was judged last */
	struct cw_tagging *tagging; /* NULL: no tag was found */
};

struct cw_cohorts {
	struct cw_spread *spread;
	struct cw_typing *typing;
	struct cw_vagues *vagues;
	/* By the header's id: the number of its cohort, as it was asked for. */
	CW_ARRAY(uint32_t) by_header;
	CW_ARRAY(struct cw_cohort) items;
};

void cw_cohorts_init(struct cw_cohorts *cohorts, struct cw_spread *spread,
		     struct cw_vagues *vagues);
void cw_cohorts_deinit(struct cw_cohorts *cohorts);

/*
 * A pointer declared to lead to @header; whether there is a cohort of those, in
 * which it is now, when it leads to a block.
 */
bool cw_cohorts_note(struct cw_cohorts *cohorts, const struct cw_type *header,
		     const struct cw_cohort_member *member);

/*
 * Looks for the tags, where members came in since the last time, and types the
 * members whose tag tells.
 */
struct cw_error *cw_cohorts_settle(struct cw_cohorts *cohorts) cw_must_check;

/* Counts for each value of the tags how many are typed as it tells. */
void cw_cohorts_count(struct cw_cohorts *cohorts);

#endif

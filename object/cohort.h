/*
 * Cohort: all objects that pointers of one kind lead to, and which of their
 * types goes with which value of a tag.  The pointers are
 *
 *  - to one header, or to one union of many: the tag is in the object;
 *  - those at one place of a union, in objects of one type: the tag is a number
 *    beside them.
 *
 * One object may fit several of the types by accident, but all that have one
 * value of a tag do not.  So the objects of a value are looked at together.
 *
 * The header's own links are followed without knowing what the object is: a
 * list of all objects is found whole.
 *
 * Not here: what the tag is and tells (object/verdict.h).
 */
#ifndef OBJECT_COHORT_H
#define OBJECT_COHORT_H

#include "object/candidate.h"
#include "object/spread.h"
#include "object/vague.h"

struct cw_cohort_member {
	cw_addr address;
	cw_addr holder; /* slot that leads there */
	cw_addr tagged; /* object that has the tag */
	bool is_local;
};

struct cw_cohort {
	struct cw_vague *vague; /* what they may be */
	/* What all begin with: the header, or the smallest of the union; NULL:
	 * the tag is in what leads there. */
	const struct cw_layout *head;
	/* Else that, and where its union is. */
	const struct cw_layout *holder;
	uint64_t offset;
	struct cw_tag tags[CW_MAX_TAGS];
	uint32_t num_tags;
	uint64_t *seen; /* bit by granule */
	CW_ARRAY(struct cw_cohort_member) members;
	size_t num_judged;	    /* members, when it was judged last */
	size_t num_untold;	    /* that came in since, of a union */
	struct cw_tagging *tagging; /* NULL: no tag was found */
};

struct cw_cohorts {
	struct cw_spread *spread;
	struct cw_typing *typing;
	struct cw_vagues *vagues;
	/* By the header's id: the number of its cohort, as it was asked for. */
	CW_ARRAY(uint32_t) by_header;
	struct cw_map by_union; /* the same, by the number of its vague field */
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
 * The same for a pointer at the place of @slot, which is in a union of an
 * object of @layout; @field is what it may be.
 */
void cw_cohorts_note_union(struct cw_cohorts *cohorts,
			   const struct cw_layout *layout,
			   const struct cw_slot *slot, struct cw_vague *field,
			   const struct cw_cohort_member *member);

/* How the member's candidates go with it. */
void cw_cohort_rate(struct cw_cohorts *cohorts, const struct cw_cohort *cohort,
		    cw_addr address, struct cw_ratings *ret);

/*
 * Looks for the tags, where members came in since the last time, and types the
 * members whose tag tells.
 */
struct cw_error *cw_cohorts_settle(struct cw_cohorts *cohorts) cw_must_check;

/* Counts for each value of the tags how many are typed as it tells. */
void cw_cohorts_count(struct cw_cohorts *cohorts);

#endif

/*
 * Evidence lists: what the code said, most often seen first, by what it is of:
 * candidates by origin, casts and shifts by type.
 *
 * All lists of a kind are one array; a list is a stretch of it.
 *
 * Private to code/evidence.c.
 */
#ifndef CODE_EVIDENCE_LIST_H
#define CODE_EVIDENCE_LIST_H

#include "base/map.h"
#include "code/closure.h"
#include "code/evidence.h"

/* Items of a list that belong to a number. */
struct cw_stretch {
	uint32_t first, num;
};

/* Candidates by origin's number or type's id. */
struct cw_candidate_lists {
	CW_ARRAY(struct cw_candidate) items;
	struct cw_map stretches; /* places in list, by number */
	CW_ARRAY(struct cw_stretch) list;
};

/* Of conclusions that are sorted by what they are of. */
void cw_candidate_lists_init(struct cw_candidate_lists *lists,
			     struct cw_debug *debug,
			     const struct cw_conclusions *conclusions);
/* What pointers to each type are taken for, at the same address. */
void cw_candidate_lists_init_casts(struct cw_candidate_lists *lists,
				   struct cw_debug *debug,
				   const struct cw_tally *tally);
void cw_candidate_lists_deinit(struct cw_candidate_lists *lists);

/* Those of @number; none, where there is no list of it. */
struct cw_candidates
cw_candidate_lists_get(const struct cw_candidate_lists *lists, uint32_t number);

/* Shifts by type's id. */
struct cw_shift_lists {
	CW_ARRAY(struct cw_shift) items;
	struct cw_map stretches; /* places in list, by id */
	CW_ARRAY(struct cw_stretch) list;
};

void cw_shift_lists_init(struct cw_shift_lists *lists, struct cw_debug *debug,
			 const struct cw_tally *tally);
void cw_shift_lists_deinit(struct cw_shift_lists *lists);

/* As cw_evidence_shifts(). */
size_t cw_shift_lists_get(const struct cw_shift_lists *lists, uint32_t type,
			  const struct cw_shift **ret);

#endif

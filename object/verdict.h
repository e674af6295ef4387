/*
 * Verdict: which of the numbers beside the members of a cohort is their tag,
 * and which type goes with each of its values.
 *
 * Told is the type that nearly all members of a value can be, when no other
 * fits them as well, or when the value is called after it.  Of the numbers the
 * one whose values are called so, else the one that explains most members, is
 * the tag.
 */
#ifndef OBJECT_VERDICT_H
#define OBJECT_VERDICT_H

#include "object/cohort.h"

/* Sets the cohort's tagging, when there is a tag. */
struct cw_error *cw_cohort_judge(struct cw_cohorts *cohorts,
				 struct cw_cohort *cohort) cw_must_check;

#endif

/*
 * Usage: gives every byte of every segment a use, by painting.
 *
 * Claims are made in any order of address; a later one paints over an earlier
 * one, but only over the kinds that it says.
 *
 * Private to object/usage_claim.c and roots.c; what comes out is in
 * object/roots.h.
 */
#ifndef OBJECT_USAGE_H
#define OBJECT_USAGE_H

#include "object/roots.h"

struct cw_claim {
	cw_addr start, end;
	enum cw_usage_kind kind;
	unsigned over; /* bits: 1 << kind of what it may paint over */
	const struct cw_module *module;
	const struct cw_thread *thread;
};

struct cw_claims {
	CW_ARRAY(struct cw_claim) items;
};

/* The use of a segment as long as nothing claims it. */
enum cw_usage_kind cw_usage_of_segment(const struct cw_segment *segment);

/* Fills roots->usages; claims that are empty or outside do no harm. */
void cw_usage_paint(const struct cw_target *target,
		    const struct cw_claims *claims, struct cw_roots *roots);

#endif

/*
 * Audit: whether the links of a ring keep it alive, and whether its reference
 * counts agree with the references that there are.
 *
 * A link owns when what it points to would live as long as it: shared and
 * unique pointers, elements of containers, and plain pointers unless they lead
 * back.  A plain pointer leads back when several objects of a ring point to
 * one by the same field (a parent), or when what it points to has a field that
 * always points back here, and that one is declared first or is an owner (prev
 * beside next).  A ring is *owning* when owning links alone lead round.
 *
 * Counted objects are those that carry a count (object/counter.h, rules).
 * Their strong references are looked for in all typed blocks that are as
 * reachable as the ring: in a lost ring nothing else may hold a count.
 * Equal counts prove the leak.  More counted than found: a reference was
 * dropped without its release, or a holder that was not seen.  Fewer: somebody
 * released too often.
 *
 * Not here: finding rings (object/ring.h).
 */
#ifndef OBJECT_AUDIT_H
#define OBJECT_AUDIT_H

#include "object/counter.h"
#include "object/ring.h"
#include "object/typing.h"

enum cw_answer {
	CW_UNKNOWN,
	CW_NO,
	CW_YES,
};

enum cw_audit_verdict {
	CW_AUDIT_NONE,	    /* nothing in the ring is counted */
	CW_AUDIT_PROVEN,    /* counts and references agree: it leaked */
	CW_AUDIT_HELD,	    /* they agree, and a root holds the ring */
	CW_AUDIT_MISSING,   /* counts are higher: a missing release */
	CW_AUDIT_EXCESSIVE, /* counts are lower: released too often */
	CW_AUDIT_UNSURE,    /* blocks without a type may hold references */
};

/* "proven", "held", "missing release", "excessive release", "unsure". */
const char *cw_audit_verdict_name(enum cw_audit_verdict verdict);

/* Of all rings of a group. */
struct cw_ring_audit {
	enum cw_answer is_owning; /* of the first ring */
	enum cw_audit_verdict verdict;
	uint32_t num_counted; /* objects that carry a count */
	uint64_t expected;    /* the sum of their strong counts */
	uint64_t found;	      /* strong references to them */
	/* Words in blocks without a type that point to one of them. */
	uint64_t num_unsure;
	/* The lowest object whose count disagrees, or 0, and its own. */
	cw_addr culprit;
	/* A shortest way round along what owns, from the first ring's lowest
	 * block; none when the ring is not owning, or that block is off it. */
	const struct cw_ring_step *steps;
	uint32_t num_steps;
	uint64_t culprit_expected, culprit_found;
};

struct cw_audit {
	struct cw_ring_audit *groups; /* one each of the rings' groups */
	uint32_t num_groups;
	struct cw_arena arena;
};

/* All arguments are borrowed; rings are lost ones, or all. */
struct cw_error *
cw_audit_create(const struct cw_heap *heap, const struct cw_reach *reach,
		struct cw_typing *typing, struct cw_counters *counters,
		const struct cw_rings *rings, struct cw_progress *progress,
		struct cw_audit **ret) cw_must_check;
void cw_audit_destroy(struct cw_audit *audit);

#endif

/*
 * Ring audit: whether rings own themselves and what their counts say, made
 * once a session, and as text.
 */
#ifndef COMMAND_RING_AUDIT_H
#define COMMAND_RING_AUDIT_H

#include "base/text.h"
#include "command/json.h"
#include "command/output.h"
#include "command/session.h"

/*
 * The audit of the session's lost rings, or of all of them, which must have
 * been found; with the counters that the file says (--refcounts), or NULL.
 * NULL in *ret: without types there is none.  Owned by the session.
 */
struct cw_error *
cw_session_need_audit(struct cw_session *session, bool of_all,
		      const char *counters,
		      const struct cw_audit **ret) cw_must_check;

/* The audit of the ring whose lowest block is @address; NULL: no such. */
const struct cw_ring_audit *cw_ring_audit_at(const struct cw_rings *rings,
					     const struct cw_audit *audit,
					     cw_addr address);

/* true, false, or null; @audit may be NULL. */
void cw_ring_audit_owning_json(struct cw_json *json,
			       const struct cw_ring_audit *audit);
/* {expected, found, …} or null. */
void cw_ring_audit_counts_json(struct cw_json *json,
			       const struct cw_ring_audit *audit);

/* "yes", "no", "?" for a column. */
const char *cw_ring_audit_owning_text(const struct cw_ring_audit *audit);

/* A line with what the counts prove, for the ring that is line @number. */
void cw_ring_audit_line(struct cw_output *out, uint64_t number,
			const struct cw_ring_audit *audit);

/*
 * Adds what the counts prove: "3 strong counts and as many references found,
 * all inside: proven leak".  Nothing is added when nothing is counted.
 */
void cw_ring_audit_text(const struct cw_ring_audit *audit,
			struct cw_text *text);

#endif

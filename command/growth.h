/*
 * Growth: what there is of each type at two moments, and what grew between.
 */
#ifndef COMMAND_GROWTH_H
#define COMMAND_GROWTH_H

#include "base/array.h"
#include "command/command.h"

/* What there is of one type, or of one size, at one moment. */
struct cw_kind {
	char *name;
	struct cw_heap_count count, unreachable;
};

struct cw_kinds {
	CW_ARRAY(struct cw_kind) items;
};

/*
 * Counts what passes the call's filter.  The session must know what is
 * reachable; types are looked for unless there are too many blocks.
 */
struct cw_error *cw_kinds_count(const struct cw_call *call,
				struct cw_session *session,
				struct cw_kinds *ret) cw_must_check;
void cw_kinds_deinit(struct cw_kinds *kinds);

/* Writes those that grew, most bytes first: as the member "grew" of JSON. */
void cw_growth_write(const struct cw_call *call, const struct cw_kinds *before,
		     const struct cw_kinds *after);

#endif

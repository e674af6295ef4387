/*
 * Tail call: functions that end by a jump to another one, and so are on no
 * stack.
 */
#ifndef DWARF_TAIL_CALL_H
#define DWARF_TAIL_CALL_H

#include "dwarf/scope.h"
#include "target/target.h"

struct cw_tail_call {
	const struct cw_function *function; /* that jumped */
	const struct cw_call_site *site;    /* where */
};

enum {
	CW_MAX_TAIL_CALLS = 16,
};

/*
 * The function that a call site of @function leads to; NULL: one without debug
 * info.  @likely is what it may be.  False: it is not known which it is.
 */
bool cw_call_site_callee(struct cw_debug *debug, const struct cw_target *target,
			 const struct cw_function *function,
			 const struct cw_call_site *site,
			 const struct cw_function *likely,
			 const struct cw_function **ret);

/*
 * The tail calls by which a call of @from came to be in @to, the first of them
 * first; none when these are one.  False: there are none, or may be others.
 */
bool cw_tail_calls_find(struct cw_debug *debug, const struct cw_target *target,
			const struct cw_function *from,
			const struct cw_function *to,
			struct cw_tail_call ret[CW_MAX_TAIL_CALLS],
			uint32_t *ret_num);

#endif

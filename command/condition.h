/*
 * Condition: "leaks>0", "unreachable.bytes>1M": whether a figure of the target
 * is beyond a bound, for --fail-if.
 */
#ifndef COMMAND_CONDITION_H
#define COMMAND_CONDITION_H

#include "base/text.h"
#include "command/session.h"

struct cw_figure;

struct cw_condition {
	const struct cw_figure *figure;
	unsigned operation; /* private */
	uint64_t bound;
};

/* Fails with CW_ERROR_USAGE, naming the figures that there are. */
struct cw_error *cw_condition_parse(const char *text,
				    struct cw_condition *ret) cw_must_check;

/* Computes what the figure needs, whatever the command needed. */
struct cw_error *cw_condition_test(const struct cw_condition *condition,
				   struct cw_session *session,
				   bool *ret) cw_must_check;

/* Adds the names of all figures with what they count, one a line. */
void cw_condition_describe(struct cw_text *text);

#endif

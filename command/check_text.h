/*
 * Check text: what the self-check of the types found, for people and tools.
 */
#ifndef COMMAND_CHECK_TEXT_H
#define COMMAND_CHECK_TEXT_H

#include "command/output.h"
#include "command/session.h"
#include "object/self_check.h"

/* A line of sums, and one for each of the first checks that failed. */
void cw_check_write_text(struct cw_output *out,
			 const struct cw_session *session,
			 const struct cw_self_check *check);

/* The object "self_check". */
void cw_check_write_json(struct cw_json *json, const struct cw_session *session,
			 const struct cw_self_check *check);

#endif

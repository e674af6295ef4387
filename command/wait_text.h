/*
 * Wait text: what a thread waits for outside of its process, in words.
 */
#ifndef COMMAND_WAIT_TEXT_H
#define COMMAND_WAIT_TEXT_H

#include "base/text.h"
#include "command/json.h"
#include "command/session.h"

/*
 * Adds "fd 7 (pipe:[4711], written by PID 12 sh (stopped))", "PID 12 make",
 * "openat /run/x.fifo", "for at most 5 s"; nothing where no more is known.
 */
void cw_wait_text_add(struct cw_session *session, const struct cw_wait *wait,
		      struct cw_text *text);

/* Adds "PID 12 sh (stopped)"; of the process itself "itself". */
void cw_wait_text_neighbour(const struct cw_session *session,
			    const struct cw_neighbour *neighbour,
			    struct cw_text *text);

/* The members "call", "timeout_ms", "descriptors" and "neighbours" of a row. */
void cw_wait_json_add(struct cw_session *session, const struct cw_wait *wait,
		      struct cw_json *json);

/*
 * The one other process that a thread cannot go on without, as far as is
 * known; NULL: there is none, or any of several may end the wait.
 */
const struct cw_neighbour *cw_wait_neighbour(struct cw_session *session,
					     const struct cw_wait *wait);

#endif

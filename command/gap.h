/*
 * Gaps: what an answer could not take into account.
 *
 * A gap is memory that may hold pointers or blocks and that could not be read,
 * or that no block could be made of.  Code and read-only data that a core
 * leaves to files are none.
 */
#ifndef COMMAND_GAP_H
#define COMMAND_GAP_H

#include "command/output.h"
#include "command/session.h"

struct cw_gap_line {
	const char *what;
	uint64_t bytes;
};

enum { CW_MAX_GAP_LINES = CW_NUM_GAPS + 2 };

/*
 * Writes up to CW_MAX_GAP_LINES; returns how many.  What is known of the heap
 * counts only when the session has walked it.
 */
size_t cw_gap_lines(const struct cw_session *session, struct cw_gap_line *ret);

/*
 * Writes `complete` and `gaps`; and of a program of Go, where reach was
 * computed, `conservative`: what was taken for pointers without knowing.
 */
void cw_gaps_write_json(struct cw_json *json, const struct cw_session *session);
/*
 * Writes `numbers_as_pointers`, of the session's reach: whether it went without
 * types, so that what only numbers lead to is reachable (object/number_word.h).
 */
void cw_gaps_write_numbers_json(struct cw_json *json,
				const struct cw_session *session);
/*
 * "not seen: 4.1 MB not in the truncated core", that no allocator was
 * recognised, frames that were left out, numbers that count as pointers, debug
 * info that could not be read when types were looked for; nothing where all was
 * seen.
 */
void cw_gaps_write_text(struct cw_output *out,
			const struct cw_session *session);

#endif

/*
 * Suspects: what looks wrong with a heap, in a few lines, most bytes first.
 *
 * Each is a share of the target's memory that is large or lost: a block that
 * retains much, leaks, free memory, mappings of no known allocator, damage.
 */
#ifndef COMMAND_SUSPECT_H
#define COMMAND_SUSPECT_H

#include "command/output.h"
#include "command/session.h"

struct cw_suspect {
	const char *kind; /* "growth", "leak", "free", "mappings", "damage",
			   * "goroutines" */
	uint64_t bytes;
	const char *text; /* one line */
	const char *more; /* a second one, or NULL */
	const char *next; /* what to type, or NULL */
	cw_addr address;  /* 0: none */
};

struct cw_suspects {
	CW_ARRAY(struct cw_suspect) items;
	struct cw_arena arena;
};

/* Texts are written for @out. */
struct cw_error *cw_suspects_find(struct cw_session *session,
				  const struct cw_output *out,
				  struct cw_suspects *ret) cw_must_check;
void cw_suspects_deinit(struct cw_suspects *suspects);

#endif

/*
 * Root share: how much of the heap each root leads to.
 *
 * Each used block counts once, at the first root that reaches it; roots go in
 * the order globals, thread-local storage, stacks, registers, other mappings.
 * A share is thus what a root is the first to hold, not what it retains.
 */
#ifndef COMMAND_ROOT_SHARE_H
#define COMMAND_ROOT_SHARE_H

#include "command/filter.h"
#include "command/session.h"

struct cw_root_share {
	const char *name; /* variable, "stack of thread 2", … */
	struct cw_heap_count count;
	cw_addr example; /* the block that the root points to */
};

struct cw_root_shares {
	CW_ARRAY(struct cw_root_share) items; /* a name may come twice */
	struct cw_arena arena;
};

/* The session must have roots and graph; @filter may be NULL.  What no root
 * leads to is a share too, the last. */
struct cw_error *
cw_root_shares_init(struct cw_root_shares *shares, struct cw_session *session,
		    const struct cw_filter *filter) cw_must_check;
/* Of a word of a root: "g_cache" of "g_cache.buckets[3]", the variable, not its
 * field. */
char *cw_root_share_name(struct cw_session *session, struct cw_arena *arena,
			 const struct cw_root *root, uint64_t offset);
void cw_root_shares_deinit(struct cw_root_shares *shares);

#endif

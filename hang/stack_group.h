/*
 * Stack group: threads whose stacks are the same, from the innermost frame to
 * the outermost.
 *
 * Not here: the names of frames (dwarf/frame_variable.h, dwarf/debug.h).
 */
#ifndef HANG_STACK_GROUP_H
#define HANG_STACK_GROUP_H

#include "base/progress.h"
#include "dwarf/stacks.h"

struct cw_stack_group {
	const struct cw_stack *stack; /* of its first thread */
	uint32_t first, num;	      /* in members */
};

struct cw_stack_groups {
	CW_ARRAY(struct cw_stack_group) items; /* most threads first */
	uint32_t *members;		       /* indices of threads */
	uint32_t num_members;
};

struct cw_error *
cw_stack_groups_create(struct cw_debug *debug, struct cw_progress *progress,
		       struct cw_stack_groups **ret) cw_must_check;
void cw_stack_groups_destroy(struct cw_stack_groups *groups);

#endif

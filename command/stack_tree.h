/*
 * Stack tree: the stacks of all threads as one tree, from the outermost frame
 * inwards: what several have in common stands once, with their number.
 */
#ifndef COMMAND_STACK_TREE_H
#define COMMAND_STACK_TREE_H

#include "command/command.h"

/* Of the session's stack groups, as text or JSON. */
void cw_stack_tree_write(struct cw_call *call);

/* "1-4, 7, 9, …": numbers of threads, as ranges. */
void cw_stack_group_threads(const struct cw_stack_groups *groups,
			    const struct cw_stack_group *group,
			    struct cw_text *text);

#endif

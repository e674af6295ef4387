/*
 * Leak members: the blocks of the clusters of one group, `heap leaks N`.
 */
#ifndef COMMAND_LEAK_MEMBERS_H
#define COMMAND_LEAK_MEMBERS_H

#include "command/command.h"

/* @group is one of @leaks.  Those of @kind only; CW_NUM_LEAK_KINDS: all. */
void cw_leak_members_write(struct cw_call *call, const struct cw_leaks *leaks,
			   const struct cw_leak_group *group, unsigned kind);

#endif

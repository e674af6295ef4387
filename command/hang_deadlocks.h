/*
 * Hang deadlocks: rings and orphaned locks in words, for several commands.
 */
#ifndef COMMAND_HANG_DEADLOCKS_H
#define COMMAND_HANG_DEADLOCKS_H

#include "command/command.h"

/* Each ring and each orphaned lock; nothing when there is none. */
struct cw_error *cw_deadlocks_write_text(struct cw_call *call) cw_must_check;

#endif

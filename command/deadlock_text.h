/*
 * Deadlock text: rings of threads, orphaned locks and signals that nobody is
 * left to give, in words; those that are alike once.
 */
#ifndef COMMAND_DEADLOCK_TEXT_H
#define COMMAND_DEADLOCK_TEXT_H

#include "command/command.h"

/* Nothing when there is none. */
struct cw_error *cw_deadlock_text_write(struct cw_call *call) cw_must_check;

#endif

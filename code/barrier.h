/*
 * Barriers: functions that do not come back, or come back to somewhere else,
 * as exit(), longjmp() and what throws an exception.  All that their callers
 * hold looks dead, and need not be; and so in Go, whose stacks are its own.
 *
 * Known by the names of their symbols, and by their modules.
 *
 * Private to code/liveness.c.
 */
#ifndef CODE_BARRIER_H
#define CODE_BARRIER_H

#include "target/target.h"

/* Whether the code at @pc is of one. */
bool cw_barrier_is_at(struct cw_target *target, cw_addr pc);

#endif

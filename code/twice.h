/*
 * Twice: functions that come back a second time: setjmp(), getcontext() and
 * their like.
 *
 * Told by what they do, not by name: they store the registers that a function
 * keeps for its caller into what their first argument points to.
 */
#ifndef CODE_TWICE_H
#define CODE_TWICE_H

#include "code/instruction.h"
#include "target/target.h"

/* Whether the call may be one of such a function. */
bool cw_returns_twice(const struct cw_target *target,
		      struct cw_decoder *decoder,
		      const struct cw_instruction *call);

#endif

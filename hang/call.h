/*
 * Call: the system call that a thread is in, from its registers.
 *
 * A thread that waits in the kernel keeps the number of its call and the
 * arguments in its registers, in a core as in a process; no symbols are needed.
 * A call that was interrupted before and goes on has another number: then the
 * code in front of the instruction tells which it was.
 */
#ifndef HANG_CALL_H
#define HANG_CALL_H

#include "target/target.h"

struct cw_system_call {
	uint32_t number;
	uint64_t arguments[6];
};

/* False: it runs code of its own. */
bool cw_system_call_read(const struct cw_target *target,
			 const struct cw_thread *thread,
			 struct cw_system_call *ret);

/* "openat"; NULL: not one that a thread may be in for long. */
const char *cw_system_call_name(uint32_t number);

#endif

/*
 * Thread number: what locks and system calls of a process call its threads.
 *
 * That is the number in the process's own namespace, which is not the target's
 * for a process in a container that was looked at from outside.
 */
#ifndef HANG_THREAD_NUMBER_H
#define HANG_THREAD_NUMBER_H

#include "target/target.h"

enum { CW_MAX_THREAD_NUMBERS = 2 };

/*
 * One where the target tells it; else the target's and the one that glibc keeps
 * in the thread's control block, that first.  Returns how many.
 */
size_t cw_thread_numbers(const struct cw_target *target,
			 const struct cw_thread *thread,
			 uint32_t ret[CW_MAX_THREAD_NUMBERS]);
/* Whether @number, not 0, may be one of these. */
bool cw_thread_is_called(const struct cw_target *target,
			 const struct cw_thread *thread, uint32_t number);

#endif

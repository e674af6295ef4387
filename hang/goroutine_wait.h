/*
 * Goroutine wait: goroutines beside the threads: what each waits for, and who
 * holds it.
 *
 * Locks of package sync have no owner: it is inferred, by the code and the
 * words of frames (golang/lock.h).  A goroutine that waits in vain for a
 * channel (hang/leak.h) waits for the one other goroutine that has it on its
 * stack, if there is just one.  A goroutine in a call of C waits for its
 * thread, and a thread that alone may run some goroutine waits for that.
 *
 * Not here: what threads wait for (hang/waits.h).
 */
#ifndef HANG_GOROUTINE_WAIT_H
#define HANG_GOROUTINE_WAIT_H

#include "hang/waits.h"

/* Adds them and completes owners, for cw_waits_create(); @roots are of Go. */
struct cw_error *
cw_goroutine_waits_add(struct cw_waits *waits, const struct cw_heap *heap,
		       const struct cw_roots *roots,
		       struct cw_progress *progress) cw_must_check;

#endif

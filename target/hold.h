/*
 * Hold: all threads of a process stopped for a while, and let go unharmed.
 *
 * Only the thread of ours that began a hold can read the registers and end
 * it.  When that thread ends, however it does, the kernel lets go of all that
 * it held: there is no moment at which the process would be left stopped.
 *
 * A system call that is interrupted by the stop goes on afterwards.  For most
 * the kernel sees to that; those that would return EINTR are told to begin
 * again instead, and those that would go on by a call that a filter refuses.
 *
 * A thread in an uninterruptible wait (vfork(), a dead NFS server) cannot be
 * stopped, but does not run code of its own either: it is held without
 * registers, and is free once the holding thread of ours ends.
 *
 * For target/ only.
 */
#ifndef TARGET_HOLD_H
#define TARGET_HOLD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/array.h"
#include "base/error.h"
#include "target/thread.h"
#include "target/urge.h"

struct cw_held_thread {
	uint32_t tid;
	bool is_stopped; /* else it is in an uninterruptible wait */
	bool has_regs;	 /* those of 64-bit code */
	uint64_t regs[CW_NUM_REGS];
};

struct cw_hold {
	uint32_t pid;
	uint32_t entrance;			 /* as cw_proc_entrance() */
	int task_fd;				 /* of /proc/PID/task */
	struct cw_urge *urge;			 /* or NULL */
	CW_ARRAY(struct cw_held_thread) threads; /* the main one first */
};

/*
 * Makes ready to stop all threads of a process, which run on meanwhile; takes
 * what time it takes.  Fails with CW_ERROR_TARGET when the process is not
 * there, not ours to stop, or traced by somebody else.
 */
struct cw_error *cw_hold_prepare(struct cw_hold *hold,
				 uint32_t pid) cw_must_check;
/*
 * Stops them, also those that were created meanwhile.  Fails with
 * CW_ERROR_TARGET when one does not stop in time.
 */
struct cw_error *cw_hold_stop(struct cw_hold *hold) cw_must_check;
/*
 * Lets go; a process that was stopped before stays so.  False: a thread has
 * yet to stop; to be called again then, or it stands still until the calling
 * thread ends.
 */
bool cw_hold_release(struct cw_hold *hold);
/* As above, for good. */
void cw_hold_end(struct cw_hold *hold);

/*
 * Sleeps until something that we trace stops, or for a moment.  The calling
 * thread must not receive signals.
 */
void cw_hold_rest(void);

#endif

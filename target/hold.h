/*
 * Hold: all threads of a process stopped for a while, and let go unharmed.
 *
 * Only the thread of ours that began a hold can read the registers and end
 * it.  When that thread ends, however it does, the kernel lets go of all that
 * it held: there is no moment at which the process would be left stopped.
 *
 * A system call that is interrupted by the stop goes on afterwards.  For most
 * the kernel sees to that; those that would return EINTR are told to begin
 * again instead.
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

struct cw_held_thread {
	uint32_t tid;
	bool is_stopped; /* else it is in an uninterruptible wait */
};

struct cw_hold {
	uint32_t pid;
	CW_ARRAY(struct cw_held_thread) threads; /* the main one first */
};

/*
 * Stops all threads of a process, also those created meanwhile.  Fails with
 * CW_ERROR_TARGET when the process is not there, not ours to stop, traced by
 * somebody else, or does not stop in time; what was stopped then goes on, at
 * the latest when the calling thread ends.
 */
struct cw_error *cw_hold_begin(struct cw_hold *hold,
			       uint32_t pid) cw_must_check;
/* Lets go; a process that was stopped before stays so. */
void cw_hold_end(struct cw_hold *hold);

/* Whether the thread of that process is held and has registers to read. */
const struct cw_held_thread *cw_hold_find(const struct cw_hold *hold,
					  uint32_t tid);

#endif

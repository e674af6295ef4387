/*
 * Detail: what the arguments of its system call say of a wait besides its
 * descriptors: for how long at most, for which child, path, address or signals.
 *
 * From registers and memory, as a core has them, too.
 *
 * Not here: who is at the other end (hang/neighbour.h).
 */
#ifndef HANG_DETAIL_H
#define HANG_DETAIL_H

#include "base/text.h"
#include "hang/waits.h"

/*
 * How long the call lasts at most, from its beginning or from when it was last
 * interrupted, in ns; of a process that sleeps until a time, from now on.
 * False: it may last for ever, or that cannot be told.
 */
bool cw_wait_timeout(const struct cw_target *target, const struct cw_wait *wait,
		     uint64_t *ret);

/*
 * Adds "openat /run/x.fifo", "SIGUSR1, SIGHUP", "192.0.2.1:80"; nothing where
 * there is no more to say.  Children are named in hang/neighbour.h.
 */
void cw_wait_describe(const struct cw_target *target,
		      const struct cw_wait *wait, struct cw_text *text);

/*
 * The children that a wait for one is for: their PID; 0: for any; negative: a
 * process group.  False: it is for none of these.
 */
bool cw_wait_child(const struct cw_wait *wait, int32_t *ret);

#endif

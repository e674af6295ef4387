/*
 * Urge: a thread of another process goes first while it is waited for.
 *
 * On a machine with more to do than processors, each step of a process that is
 * being stopped would wait for its turn.  Here a thread of ours with real-time
 * priority waits for a lock of which the kernel is told that the other thread
 * holds it, and so lends that its own priority.  Nothing is set in the other
 * process, and the loan ends with us, however we end.
 *
 * Without the right to such a priority, or Linux 5.14, it does nothing.
 *
 * For target/ only.
 */
#ifndef TARGET_URGE_H
#define TARGET_URGE_H

#include <stdint.h>

struct cw_urge;

/* Takes up the signal mask of the calling thread.  NULL: cannot. */
struct cw_urge *cw_urge_begin(void);
/* From now on, or within a millisecond, that thread; 0: none.  NULL does
 * nothing. */
void cw_urge_set(struct cw_urge *urge, uint32_t tid);
/* Takes up to a millisecond. */
void cw_urge_end(struct cw_urge *urge);

#endif

/*
 * Infer: who holds what, as far as locks do not tell it themselves: by guards
 * in frames (hang/guard.h), and by functions there (hang/runner.h).
 *
 * What is inferred is said to be: a waiting thread's owner where just one other
 * thread has a guard of the lock, and readers of an rwlock.
 */
#ifndef HANG_INFER_H
#define HANG_INFER_H

#include "hang/waits.h"

/* Completes owners and finds what is held, for cw_waits_create(). */
struct cw_error *cw_waits_infer(struct cw_waits *waits, struct cw_debug *debug,
				struct cw_progress *progress) cw_must_check;

#endif

/*
 * Hint: what the functions that a thread is in say that it waits for.
 *
 * Only exported names of libraries are needed, which stripped programs have
 * too; what is found may be nothing.
 */
#ifndef HANG_HINT_H
#define HANG_HINT_H

#include "dwarf/debug.h"
#include "dwarf/frame.h"
#include "hang/futex.h"

struct cw_wait_hint {
	enum cw_wait_kind kind; /* CW_WAIT_NOTHING: they do not say */
	/* Locks that are their library's own, and not glibc's. */
	bool is_own;
	uint8_t offset; /* of the word in such a lock */
	/* The word that it waits at is the thread's, and not in the lock. */
	bool is_elsewhere;
	bool is_guard;	/* of the initialisation of a local variable */
	uint32_t frame; /* that says so */
};

struct cw_wait_hint cw_wait_hint(struct cw_debug *debug,
				 const struct cw_thread *thread);

/* What the function of one frame says. */
struct cw_wait_hint cw_frame_hint(struct cw_debug *debug,
				  const struct cw_frame *frame);

/* The spinlock that a thread which runs tries to get; 0: none. */
cw_addr cw_spinlock_waited_for(struct cw_debug *debug,
			       const struct cw_thread *thread);

#endif

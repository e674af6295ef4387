/*
 * Runner: which thread is inside of what others wait for to be left: it runs
 * what runs once, or has the lock of an allocator that it is in.
 *
 * These locks do not know their owner, and no variable stands for them: it is
 * told by functions in stacks that work on the same lock, and is inferred.
 */
#ifndef HANG_RUNNER_H
#define HANG_RUNNER_H

#include "hang/waits.h"

/* A frame of a function that may have such a lock. */
struct cw_runner {
	uint32_t thread; /* number in items */
	uint32_t frame;
	enum cw_wait_kind kind;
};

struct cw_runners {
	struct cw_debug *debug;
	const struct cw_waits *waits;
	CW_ARRAY(struct cw_runner) items;
};

/* Looks at no stack unless something waits for such a lock. */
void cw_runners_init(struct cw_runners *runners, struct cw_debug *debug,
		     const struct cw_waits *waits);
void cw_runners_deinit(struct cw_runners *runners);

/* The one thread that has what item @number waits for, or CW_NO_THREAD. */
uint32_t cw_runners_owner(const struct cw_runners *runners, uint32_t number);

#endif

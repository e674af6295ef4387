/*
 * Guard: the variables in the frames of threads whose life is that of a lock:
 * std::lock_guard, MutexGuard and their like.
 *
 * They tell who holds a lock that does not know its owner itself.  What was
 * moved from or dropped may still look like one: a guard is a hint.
 */
#ifndef HANG_GUARD_H
#define HANG_GUARD_H

#include "base/progress.h"
#include "dwarf/debug.h"

struct cw_guard {
	uint32_t thread; /* index */
	cw_addr lock;
	uint64_t lock_size;
	/* A pthread mutex or rwlock; else its state is one word. */
	bool is_mutex, is_rwlock;
	cw_addr state;
	uint8_t state_size;
	bool is_shared;	 /* of a reader */
	bool is_writers; /* of a lock that may have readers */
	bool is_owning;	 /* it says itself that it holds the lock */
	cw_addr address; /* of the guard; 0: not in memory */
};

struct cw_guards {
	CW_ARRAY(struct cw_guard) items; /* by thread */
};

struct cw_error *cw_guards_find(struct cw_debug *debug,
				struct cw_progress *progress,
				struct cw_guards *ret) cw_must_check;
void cw_guards_deinit(struct cw_guards *guards);

/*
 * The lock or condition of absl or parking_lot that the functions a thread is
 * in work on: by the innermost variable that points to one.  0: there is none.
 */
cw_addr cw_guard_waited_for(struct cw_debug *debug,
			    const struct cw_thread *thread,
			    bool is_for_condition);

/* Whether @address is in the guarded lock. */
static inline bool cw_guard_covers(const struct cw_guard *guard,
				   cw_addr address)
{
	return address - guard->lock < guard->lock_size;
}

#endif

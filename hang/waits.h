/*
 * Waits: what each thread and each goroutine of a target waits for, who owns
 * that, and the cycles.
 *
 * Both are told in one list, threads first, by their numbers in which owners
 * are named: a thread may hold up a goroutine, and the other way round.  What
 * is said of threads here holds for goroutines, too.
 *
 * A thread waits for at most one thing, and that has at most one owner that is
 * known: so there is at most one arrow from each thread, and cycles do not
 * share threads.  Poll and its like wait for any of several things and have
 * no arrow: they are never part of a deadlock.
 *
 * Not here: the threads' stacks (hang/stack_group.h).
 */
#ifndef HANG_WAITS_H
#define HANG_WAITS_H

#include "base/progress.h"
#include "dwarf/debug.h"
#include "hang/futex.h"
#include "hang/outside.h"
#include "object/roots.h"

#define CW_NO_THREAD UINT32_MAX

struct cw_wait {
	const struct cw_thread *thread;	      /* or NULL: it is */
	const struct cw_goroutine *goroutine; /* that */
	struct cw_wait_object object;
	bool is_in_call;
	struct cw_system_call call;
	uint32_t owner; /* number in items, or CW_NO_THREAD */
	/* The lock does not tell its owner: guards do (hang/infer.h) or code
	 * (hang/goroutine_wait.h), of so many, of which the owner is one. */
	bool is_inferred;
	uint32_t num_inferred;
	/* The owner that the lock names is no thread here.  Orphaned: nobody
	 * will release it. */
	struct cw_outside outside;
	bool is_orphaned;
	/* A goroutine that nobody can wake any more, or perhaps (hang/leak.h).
	 */
	bool is_leaked, is_suspect;
	bool has_timeout;
	int64_t fd; /* that it waits at, or -1 */
	/* Threads that wait for this one, directly or not. */
	uint32_t num_held_up;
	uint32_t cycle; /* number, or CW_NO_THREAD */
};

/* Each waits for the next, the last for the first; one alone for itself. */
struct cw_wait_cycle {
	uint32_t first, num; /* in members */
	bool has_timeout;    /* one of them gives up, and the ring ends */
};

/* A lock that a thread holds. */
struct cw_held {
	uint32_t thread; /* number in items */
	enum cw_wait_kind kind;
	cw_addr address;
	bool is_inferred; /* by a guard, and not told by the lock */
	bool is_wanted;	  /* some thread waits for it */
};

struct cw_waits {
	CW_ARRAY(struct cw_wait) items; /* by thread, then by goroutine */
	uint32_t num_threads, num_goroutines;
	uint32_t num_leaked, num_suspect; /* goroutines */
	/* Each once a thread, by thread and address.  Not all that there are:
	 * what threads wait for, and what guards in frames show. */
	CW_ARRAY(struct cw_held) held;
	CW_ARRAY(struct cw_wait_cycle) cycles;
	uint32_t num_deadlocks;	    /* of them, that do not end */
	CW_ARRAY(uint32_t) members; /* numbers in items */
	/* No thread can go on, so that nobody is left who could signal those
	 * that wait for that. */
	bool is_stuck;
	/* The thread that holds up most without waiting for a lock itself,
	 * or CW_NO_THREAD: none does. */
	uint32_t head;
};

/* @heap and @roots, which are borrowed until the end: of a program of Go, or
 * else NULL. */
struct cw_error *cw_waits_create(struct cw_debug *debug,
				 const struct cw_heap *heap,
				 const struct cw_roots *roots,
				 struct cw_progress *progress,
				 struct cw_waits **ret) cw_must_check;
void cw_waits_destroy(struct cw_waits *waits);

/* Whether from @from on the owners lead to @to. */
bool cw_waits_lead_to(const struct cw_waits *waits, uint32_t from, uint32_t to);

/* Whether it waits for another thread to do something, and not for a file. */
bool cw_wait_is_for_lock(const struct cw_wait *wait);

/* Whether it waits to be told of something by any other thread. */
bool cw_wait_is_for_signal(const struct cw_wait *wait);

#endif

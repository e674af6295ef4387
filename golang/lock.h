/*
 * Lock: locks of package sync, which do not know who holds them: what of them a
 * goroutine works on, and which ones it seems to hold.
 *
 * A function that took a lock at a place before the one where it is, and will
 * release it at one behind (or has deferred that), keeps a pointer to the lock,
 * or to what the lock is in, or mentions the lock's own address.  Calls are
 * found in the code, those that were inlined by what they call when there is
 * somebody to wait for; no debug info is needed.
 *
 * These are hints: a function may have several locks at hand, and jump about.
 *
 * Not here: which of several is meant (hang/goroutine_wait.h).
 */
#ifndef GOLANG_LOCK_H
#define GOLANG_LOCK_H

#include "base/progress.h"
#include "golang/goroutine.h"

enum cw_go_lock {
	CW_GO_LOCK_NONE,
	CW_GO_LOCK_MUTEX,
	CW_GO_LOCK_READ, /* of an RWMutex */
	CW_GO_LOCK_WRITE,
	CW_GO_LOCK_GROUP, /* a WaitGroup: held by who will call Done() */
};

/*
 * What a goroutine that waits for the semaphore at @semaphore waits for, and
 * its address in *ret; CW_GO_LOCK_NONE: none of these.
 */
enum cw_go_lock cw_go_lock_waited_for(const struct cw_go *go,
				      const struct cw_goroutine *goroutine,
				      cw_addr semaphore, cw_addr *ret);

struct cw_go_hold {
	uint32_t goroutine; /* number */
	enum cw_go_lock lock;
	/* Of the lock, or of an object that it is in, or neither. */
	cw_addr value;
};

/* Hints, by goroutine. */
struct cw_go_holds {
	CW_ARRAY(struct cw_go_hold) items;
};

struct cw_error *cw_go_holds_find(const struct cw_go *go,
				  const struct cw_goroutines *goroutines,
				  struct cw_progress *progress,
				  struct cw_go_holds *ret) cw_must_check;
void cw_go_holds_deinit(struct cw_go_holds *holds);

#endif

/*
 * Wait: what a goroutine that waits has told the runtime of it.
 *
 * A goroutine that waits for channels, locks, conditions or groups has a sudog
 * for each: it names the goroutine, and the channel or the address of the
 * semaphore within the lock.  Sudogs are in queues, and in the heap as objects.
 * One that waits for a connection is in the connection's pollDesc, which is not
 * in the heap.
 *
 * Not here: who could end the wait (hang/leak.h).
 */
#ifndef GOLANG_WAIT_H
#define GOLANG_WAIT_H

#include "golang/goroutine.h"

enum cw_go_wait {
	CW_GO_WAIT_NONE,      /* runs, or for what the runtime will do */
	CW_GO_WAIT_NEVER,     /* for what cannot be: a nil channel */
	CW_GO_WAIT_CHANNEL,   /* for one of its channels */
	CW_GO_WAIT_CONDITION, /* for a sync.Cond */
	CW_GO_WAIT_SEMAPHORE, /* for a lock or group of sync */
	CW_GO_WAIT_IO,	      /* for a connection, pipe or the like */
};

/* By its status and reason. */
enum cw_go_wait cw_go_wait_of(const struct cw_goroutine *goroutine);

struct cw_go_sudog {
	cw_addr address;
	cw_addr goroutine; /* its g */
	cw_addr next, previous;
	cw_addr channel, element; /* 0: none */
	cw_addr link;		  /* next of those of the same goroutine */
};

/* False: it cannot be read, or the runtime does not say where its parts are. */
bool cw_go_sudog_read(const struct cw_go *go, cw_addr address,
		      struct cw_go_sudog *ret);

/* The first of the goroutine's own list; 0: it has none, or it is not known.
 * Before 1.26 only waits for channels are there. */
cw_addr cw_goroutine_first_sudog(const struct cw_go *go,
				 const struct cw_goroutine *goroutine);

/* What the runtime keeps of an open connection: of each direction the g that
 * waits, and until when. */
struct cw_go_poll {
	cw_addr goroutines[2];
	int64_t deadlines[2]; /* 0: none; below: it is over */
};

/* False as of sudogs. */
bool cw_go_poll_read(const struct cw_go *go, cw_addr address,
		     struct cw_go_poll *ret);

#endif

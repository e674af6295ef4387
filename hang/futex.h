/*
 * Futex: what a thread that waits for a word of memory really waits for.
 *
 * By the words around it, as glibc 2.25 to today lays out its locks, and by
 * the exported functions that the thread is in, where there are symbols; either
 * is enough.
 */
#ifndef HANG_FUTEX_H
#define HANG_FUTEX_H

#include "hang/call.h"

enum cw_wait_kind {
	CW_WAIT_NOTHING, /* it runs */
	CW_WAIT_MUTEX,
	CW_WAIT_CONDITION,
	CW_WAIT_RWLOCK_READ,
	CW_WAIT_RWLOCK_WRITE,
	CW_WAIT_SEMAPHORE,
	CW_WAIT_BARRIER,
	CW_WAIT_JOIN,
	CW_WAIT_ONCE,
	CW_WAIT_PARK,	   /* until another thread wakes this one */
	CW_WAIT_LOCK,	   /* a lock that does not tell its owner */
	CW_WAIT_SPIN,	   /* in a loop of its own */
	CW_WAIT_ALLOCATOR, /* the lock of malloc()'s arena */
	CW_WAIT_FUTURE,	   /* what another thread is to promise */
	CW_WAIT_GROUP,	   /* sync.WaitGroup */
	CW_WAIT_CHANNEL,
	CW_WAIT_CHANNELS,  /* any of several */
	CW_WAIT_THREAD,	   /* a goroutine: the thread that runs it */
	CW_WAIT_GOROUTINE, /* a thread: the one that alone may run on it */
	CW_WAIT_FUTEX,	   /* a word of memory, for an unknown reason */
	CW_WAIT_POLL,
	CW_WAIT_SELECT,
	CW_WAIT_EPOLL,
	CW_WAIT_READ,
	CW_WAIT_WRITE,
	CW_WAIT_ACCEPT,
	CW_WAIT_CONNECT,
	CW_WAIT_RECEIVE,
	CW_WAIT_SEND,
	CW_WAIT_SLEEP,
	CW_WAIT_PAUSE,
	CW_WAIT_SIGNAL,
	CW_WAIT_CHILD,
	CW_WAIT_FILE_LOCK,
	CW_WAIT_MESSAGE,       /* System V or POSIX queues */
	CW_WAIT_SEMAPHORE_SET, /* of System V */
	CW_WAIT_NEVER,	       /* what cannot be: a nil channel */
	CW_WAIT_RUNTIME,       /* what Go's runtime will do */
	CW_WAIT_CALL,	       /* another system call */
	CW_NUM_WAIT_KINDS,
};

/* "mutex", "rwlock-read": for JSON and tables. */
const char *cw_wait_kind_name(enum cw_wait_kind kind);

/* What a thread waits for. */
struct cw_wait_object {
	enum cw_wait_kind kind;
	cw_addr address;    /* of the lock, not of the word in it; or 0 */
	uint32_t owner_tid; /* as the lock names it; 0: none, or not told */
	/* ... by the address of its control block instead (stdio); or 0. */
	cw_addr owner_block;
	bool is_robust, inherits_priority;
	bool is_shared;		 /* among processes, as the lock says */
	uint32_t num_recursions; /* of a recursive mutex */
	uint32_t num_readers;	 /* that a writer waits for, or goes before */
};

/*
 * Whether @words, CW_MUTEX_SIZE bytes (hang/layout.h), are what a pthread mutex
 * is while a thread holds it; who that is is told apart.
 */
bool cw_mutex_is_held(const uint32_t *words);
/*
 * The same, and all that a mutex counts and names agrees with its kind.  A
 * thread that is just taking or releasing it may have yet to write that.
 */
bool cw_mutex_is_owned(const uint32_t *words);

/*
 * @hint is the kind that the thread's functions name, or CW_WAIT_NOTHING; @num
 * is the number of threads, and @is_block tells whether an address is that of a
 * thread's control block.
 */
struct cw_futex_question {
	const struct cw_target *target;
	const struct cw_system_call *call;
	enum cw_wait_kind hint;
	bool is_own; /* the functions are those of another library's locks */
	uint8_t own_offset; /* of the word in one of them */
	bool lock_is_elsewhere;
	cw_addr lock; /* then; 0: where it is, is not known */
	uint32_t num_threads;
	bool (*is_block)(const void *context, cw_addr address);
	bool (*is_tid)(const void *context, uint32_t tid);
	const void *context;
};
void cw_futex_explain(const struct cw_futex_question *question,
		      struct cw_wait_object *ret);

#endif

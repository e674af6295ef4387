#include "target/urge.h"

#include <errno.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/memory.h"

/* Not in the headers of older systems. */
#ifndef FUTEX_LOCK_PI2
#define FUTEX_LOCK_PI2 13
#endif

enum { MOMENT = 1000000 };

/* Neither is the number of a thread. */
static const uint32_t nobody = 0, end = UINT32_MAX;

struct cw_urge {
	pthread_t thread;
	_Atomic uint32_t tid; /* whom; a futex */
	/* Of which @tid is told to be the owner, of another process: not a
	 * private futex. */
	_Atomic uint32_t lock;
};

static int futex(_Atomic uint32_t *word, int operation, uint32_t value,
		 const struct timespec *timeout)
{
	return syscall(SYS_futex, word, operation, value, timeout, NULL, 0) == 0
		       ? 0
		       : errno;
}

/* Waits behind the thread for a moment.  False: that cannot be done. */
static bool lend(struct cw_urge *urge, uint32_t tid)
{
	const struct timespec moment = {.tv_nsec = MOMENT};
	struct timespec until;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_nsec += MOMENT;
	if (until.tv_nsec >= 1000000000) {
		until.tv_nsec -= 1000000000;
		until.tv_sec++;
	}
	atomic_store(&urge->lock, tid);
	int errnum = futex(&urge->lock, FUTEX_LOCK_PI2, 0, &until);
	if (errnum == ENOSYS)
		return false;
	if (errnum != ETIMEDOUT) /* it has ended */
		futex(&urge->tid, FUTEX_WAIT, tid, &moment);
	return true;
}

static void *run(void *context)
{
	const struct sched_param param = {.sched_priority = 1};
	struct cw_urge *urge = context;

	if (sched_setscheduler(0, SCHED_FIFO, &param) != 0)
		return NULL;
	for (;;) {
		uint32_t tid = atomic_load(&urge->tid);
		if (tid == end)
			return NULL;
		if (tid == nobody)
			futex(&urge->tid, FUTEX_WAIT, nobody, NULL);
		else if (!lend(urge, tid))
			return NULL;
	}
}

struct cw_urge *cw_urge_begin(void)
{
	struct cw_urge *urge = cw_alloc(sizeof(*urge));

	if (pthread_create(&urge->thread, NULL, run, urge) == 0)
		return urge;
	free(urge);
	return NULL;
}

void cw_urge_set(struct cw_urge *urge, uint32_t tid)
{
	if (urge && atomic_exchange(&urge->tid, tid) == nobody)
		futex(&urge->tid, FUTEX_WAKE, 1, NULL);
}

void cw_urge_end(struct cw_urge *urge)
{
	if (!urge)
		return;
	cw_urge_set(urge, end);
	pthread_join(urge->thread, NULL);
	free(urge);
}

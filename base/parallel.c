#include "base/parallel.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>

#define MAX_THREADS 64

struct parallel {
	struct cw_error *(*work)(void *context, uint64_t item);
	void *context;
	uint64_t num_items;
	atomic_uint_fast64_t next_item;
	_Atomic(struct cw_error *) error;
};

static void *parallel_run(void *argument)
{
	struct parallel *parallel = argument;

	while (!atomic_load(&parallel->error)) {
		uint64_t item = atomic_fetch_add(&parallel->next_item, 1);
		if (item >= parallel->num_items)
			break;

		struct cw_error *err = parallel->work(parallel->context, item);
		struct cw_error *none = NULL;
		if (err && !atomic_compare_exchange_strong(&parallel->error,
							   &none, err))
			cw_error_destroy(err);
	}
	return NULL;
}

unsigned cw_parallel_num_processors(void)
{
	cpu_set_t set;

	if (sched_getaffinity(0, sizeof(set), &set) != 0)
		return 1;
	return CPU_COUNT(&set);
}

void cw_parallel_block_signals(sigset_t *ret_old)
{
	sigset_t signals;

	sigfillset(&signals);
	sigdelset(&signals, SIGSEGV);
	sigdelset(&signals, SIGBUS);
	sigdelset(&signals, SIGILL);
	sigdelset(&signals, SIGFPE);
	pthread_sigmask(SIG_SETMASK, &signals, ret_old);
}

struct cw_error *cw_parallel_for(unsigned num_threads, uint64_t num_items,
				 struct cw_error *(*work)(void *context,
							  uint64_t item),
				 void *context)
{
	struct parallel parallel = {
		.work = work,
		.context = context,
		.num_items = num_items,
	};
	pthread_t threads[MAX_THREADS];
	unsigned num_started = 0;

	if (num_threads == 0)
		num_threads = cw_parallel_num_processors();
	if (num_threads > MAX_THREADS)
		num_threads = MAX_THREADS;
	if (num_threads > num_items)
		num_threads = num_items;

	sigset_t old;
	cw_parallel_block_signals(&old);
	/* This thread works too; one that cannot be started is done without. */
	while (num_started + 1 < num_threads &&
	       pthread_create(&threads[num_started], NULL, parallel_run,
			      &parallel) == 0)
		num_started++;
	pthread_sigmask(SIG_SETMASK, &old, NULL);

	parallel_run(&parallel);
	for (unsigned i = 0; i < num_started; i++)
		pthread_join(threads[i], NULL);
	return atomic_load(&parallel.error);
}

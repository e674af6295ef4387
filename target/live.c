#include "target/live.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>

#include "base/memory.h"
#include "target/hold.h"
#include "target/proc_file.h"
#include "target/process.h"
#include "target/process_memory.h"
#include "target/process_thread.h"
#include "target/target_private.h"

/*
 * The process is held by a thread of its own: whatever cannot be let go of is
 * free when that thread ends.
 */
struct cw_live {
	struct cw_target *target;
	enum cw_snapshot kind;
	struct cw_mappings mappings;
	struct cw_error *err;

	pthread_t thread;
	pthread_mutex_t mutex; /* of the two below */
	pthread_cond_t changed;
	bool is_read, must_end;
};

static uint64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * UINT64_C(1000000000) + time.tv_nsec;
}

static struct cw_error *read_held(struct cw_live *live,
				  const struct cw_hold *hold)
{
	struct cw_target *target = live->target;
	cw_cleanup_free uint32_t *tids =
		cw_alloc(hold->threads.num * sizeof(*tids));

	for (size_t i = 0; i < hold->threads.num; i++)
		tids[i] = hold->threads.items[i].tid;
	struct cw_error *err =
		cw_process_threads_read(target, hold->threads.num, tids);
	if (err)
		return err;
	cw_process_auxv_read(target);
	return cw_process_memory_read(target, target->pid, &live->mappings);
}

static void say_read(struct cw_live *live)
{
	pthread_mutex_lock(&live->mutex);
	live->is_read = true;
	pthread_cond_broadcast(&live->changed);
	pthread_mutex_unlock(&live->mutex);
}

static void wait_for_end(struct cw_live *live)
{
	pthread_mutex_lock(&live->mutex);
	while (!live->must_end)
		pthread_cond_wait(&live->changed, &live->mutex);
	pthread_mutex_unlock(&live->mutex);
}

static void *hold_and_read(void *context)
{
	struct cw_live *live = context;
	struct cw_hold hold;

	uint64_t began = now();
	live->err = cw_hold_begin(&hold, live->target->pid);
	if (live->err) {
		say_read(live);
		return NULL;
	}
	live->err = read_held(live, &hold);
	if (live->kind == CW_SNAPSHOT_STOP && !live->err) {
		say_read(live);
		wait_for_end(live);
		cw_hold_end(&hold);
		return NULL;
	}
	cw_hold_end(&hold);
	live->target->pause = now() - began;
	say_read(live);
	return NULL;
}

/* Signals are for the other threads: this one must not be held up. */
static int thread_start(struct cw_live *live)
{
	sigset_t all, old;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	int errnum = pthread_create(&live->thread, NULL, hold_and_read, live);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return errnum;
}

static struct cw_error *live_begin(struct cw_target *target,
				   enum cw_snapshot kind)
{
	struct cw_live *live = cw_alloc(sizeof(*live));

	live->target = target;
	live->kind = kind;
	pthread_mutex_init(&live->mutex, NULL);
	pthread_cond_init(&live->changed, NULL);
	int errnum = thread_start(live);
	if (errnum != 0) {
		free(live);
		return cw_error_errno(CW_ERROR_TARGET, errnum,
				      "cannot start a thread");
	}
	target->live = live;
	pthread_mutex_lock(&live->mutex);
	while (!live->is_read)
		pthread_cond_wait(&live->changed, &live->mutex);
	pthread_mutex_unlock(&live->mutex);
	if (live->err)
		return cw_take(live->err);
	return cw_process_describe(target, &live->mappings);
}

void cw_live_end(struct cw_live *live)
{
	if (!live)
		return;
	pthread_mutex_lock(&live->mutex);
	live->must_end = true;
	pthread_cond_broadcast(&live->changed);
	pthread_mutex_unlock(&live->mutex);
	pthread_join(live->thread, NULL);
	pthread_cond_destroy(&live->changed);
	pthread_mutex_destroy(&live->mutex);
	cw_mappings_deinit(&live->mappings);
	free(live);
}

struct cw_error *cw_target_open_process(uint32_t pid, enum cw_snapshot kind,
					const struct cw_target_options *options,
					struct cw_target **ret)
{
	struct cw_target *target = cw_process_target_create(pid, options);

	struct cw_error *err = live_begin(target, kind);
	if (err) {
		cw_target_close(target);
		return err;
	}
	*ret = target;
	return NULL;
}

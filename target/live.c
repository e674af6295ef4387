#include "target/live.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/memory.h"
#include "target/fork_check.h"
#include "target/fork_copy.h"
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
	bool must_copy; /* it could not be cloned */

	pthread_t thread;
	pthread_mutex_t mutex; /* of the two below */
	pthread_cond_t changed;
	bool is_read, must_end;
};

/* What only the process itself can tell. */
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
	if (!err)
		cw_process_auxv_read(target);
	return err;
}

/* So that the threads that wake up do not push us aside. */
static void hurry(bool does)
{
	const struct sched_param param = {.sched_priority = does ? 1 : 0};

	sched_setscheduler(0, does ? SCHED_FIFO : SCHED_OTHER, &param);
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

/* What madvise(MADV_DONTFORK) keeps from copies is not to be seen there. */
static void compare_sizes(struct cw_target *target, uint32_t copy)
{
	uint64_t whole = cw_proc_status_number(target->pid, "VmSize:");
	uint64_t copied = cw_proc_status_number(copy, "VmSize:");

	if (whole > copied)
		*cw_array_push(&target->warnings) = cw_arena_format(
			&target->arena,
			"%llu kB of its memory are kept from clones and not "
			"seen; --snapshot copy shows them",
			(unsigned long long)(whole - copied));
}

/* As FORK: lets go as soon as there is a copy to read. */
static struct cw_error *read_copy(struct cw_live *live, struct cw_hold *hold,
				  uint64_t began)
{
	uint32_t copy;

	struct cw_error *err = cw_fork_copy_make(hold, &copy);
	if (!err)
		compare_sizes(live->target, copy);
	cw_hold_end(hold);
	hurry(false);
	live->target->pause = cw_clock_now() - began;
	if (err) {
		live->must_copy = true;
		return err;
	}
	err = cw_process_memory_read(live->target, copy, &live->mappings);
	cw_fork_copy_end(copy);
	return err;
}

static struct cw_error *read_stopped(struct cw_live *live, struct cw_hold *hold,
				     uint64_t began)
{
	struct cw_target *target = live->target;

	struct cw_error *err =
		cw_process_memory_read(target, target->pid, &live->mappings);
	hurry(false);
	if (live->kind == CW_SNAPSHOT_STOP && !err) {
		say_read(live);
		wait_for_end(live);
		cw_hold_end(hold);
		return NULL;
	}
	cw_hold_end(hold);
	target->pause = cw_clock_now() - began;
	return err;
}

static void *hold_and_read(void *context)
{
	struct cw_live *live = context;
	struct cw_hold hold;

	hurry(true);
	uint64_t began = cw_clock_now();
	live->err = cw_hold_begin(&hold, live->target->pid);
	if (!live->err) {
		live->err = read_held(live, &hold);
		if (live->err)
			cw_hold_end(&hold);
		else if (live->kind == CW_SNAPSHOT_FORK)
			live->err = read_copy(live, &hold, began);
		else
			live->err = read_stopped(live, &hold, began);
	}
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

/* Which way it is to be, and why it is not FORK. */
static enum cw_snapshot choose(uint32_t pid, enum cw_snapshot kind,
			       const char **ret_obstacle)
{
	*ret_obstacle = NULL;
	if (kind == CW_SNAPSHOT_AUTO)
		kind = cw_fork_is_needless(pid) ? CW_SNAPSHOT_COPY
						: CW_SNAPSHOT_FORK;
	if (kind != CW_SNAPSHOT_FORK)
		return kind;
	*ret_obstacle = cw_fork_obstacle(pid);
	return *ret_obstacle ? CW_SNAPSHOT_COPY : CW_SNAPSHOT_FORK;
}

uint64_t cw_process_expected_pause(uint32_t pid, enum cw_snapshot kind)
{
	const char *obstacle;

	return choose(pid, kind, &obstacle) == CW_SNAPSHOT_FORK
		       ? cw_fork_expected_pause(pid)
		       : cw_copy_expected_pause(pid);
}

static struct cw_error *open_process(uint32_t pid, enum cw_snapshot kind,
				     const struct cw_target_options *options,
				     struct cw_target **ret,
				     bool *ret_must_copy)
{
	struct cw_target *target = cw_process_target_create(pid, options);

	target->snapshot = kind;
	struct cw_error *err = live_begin(target, kind);
	if (!err) {
		*ret = target;
		return NULL;
	}
	*ret_must_copy = target->live && target->live->must_copy;
	cw_target_close(target);
	return err;
}

struct cw_error *cw_target_open_process(uint32_t pid, enum cw_snapshot kind,
					const struct cw_target_options *options,
					struct cw_target **ret)
{
	const char *obstacle;
	bool must_copy = false;

	kind = choose(pid, kind, &obstacle);
	struct cw_error *err =
		open_process(pid, kind, options, ret, &must_copy);
	if (err && must_copy) {
		cw_error_destroy(err);
		obstacle = "it could not be cloned";
		err = open_process(pid, CW_SNAPSHOT_COPY, options, ret,
				   &must_copy);
	}
	if (!err)
		(*ret)->no_fork = obstacle;
	return err;
}

const char *cw_snapshot_name(enum cw_snapshot kind)
{
	static const char *const names[] = {
		[CW_SNAPSHOT_AUTO] = "auto",
		[CW_SNAPSHOT_FORK] = "fork",
		[CW_SNAPSHOT_COPY] = "copy",
		[CW_SNAPSHOT_STOP] = "stop",
	};

	return names[kind];
}

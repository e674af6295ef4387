#include "target/live.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
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
 * free when that thread ends.  A copy is read by the caller meanwhile.
 */
struct cw_live {
	struct cw_target *target;
	enum cw_snapshot kind;
	struct cw_hold hold;
	struct cw_thread_room room;
	struct cw_fork_plan plan;
	struct cw_process_memory memory;
	struct cw_error *err;
	uint32_t copy; /* as FORK: what is to be read, or 0 */
	/* Why it could not be cloned; what was FORK is COPY then. */
	struct cw_error *no_clone;
	bool is_lost; /* the copy was not there long enough to be read */

	pthread_t thread;
	pthread_mutex_t mutex; /* of the two below */
	pthread_cond_t changed;
	bool is_held, must_end;
};

static void give_up_fork(struct cw_live *live, struct cw_error *why)
{
	live->kind = CW_SNAPSHOT_COPY;
	live->no_clone = why;
}

/*
 * All that can be done while it still runs.  What takes long is first: once it
 * is ours to stop, signals have it wait for us.
 */
static struct cw_error *prepare(struct cw_live *live)
{
	uint32_t pid = live->target->pid;

	struct cw_error *err = cw_process_memory_prepare(&live->memory);
	if (!err)
		err = cw_hold_prepare(&live->hold, pid);
	if (err)
		return err;
	live->room =
		cw_thread_room_make(live->target, live->hold.threads.capacity);
	if (live->kind == CW_SNAPSHOT_FORK) {
		err = cw_fork_copy_prepare(pid, &live->plan);
		if (err)
			give_up_fork(live, err);
	}
	return NULL;
}

static struct cw_error *read_threads(struct cw_live *live)
{
	struct cw_hold *hold = &live->hold;
	cw_cleanup_free uint32_t *tids =
		cw_alloc(hold->threads.num * sizeof(*tids));

	for (size_t i = 0; i < hold->threads.num; i++)
		tids[i] = hold->threads.items[i].tid;
	return cw_process_threads_read(live->target, hold->threads.num, tids,
				       &live->room);
}

/* So that the threads that wake up do not push us aside. */
static void hurry(bool does)
{
	const struct sched_param param = {.sched_priority = does ? 1 : 0};

	sched_setscheduler(0, does ? SCHED_FIFO : SCHED_OTHER, &param);
}

/* Pages of all mappings; 0: not known. */
static uint64_t num_pages(uint32_t pid)
{
	char path[32], text[128];

	snprintf(path, sizeof(path), "/proc/%u/statm", pid);
	return cw_proc_file_read(path, text, sizeof(text))
		       ? strtoull(text, NULL, 10)
		       : 0;
}

static struct cw_error *read_stopped(struct cw_live *live)
{
	struct cw_target *target = live->target;

	cw_process_auxv_read(target, target->entrance);
	return cw_process_memory_copy(&live->memory, target->entrance);
}

/*
 * What madvise(MADV_DONTFORK) keeps from copies is copied now; and all of it
 * when there can be no copy: it stands still already.
 */
static struct cw_error *make_copy(struct cw_live *live)
{
	uint32_t entrance = live->target->entrance;

	struct cw_error *err =
		cw_fork_copy_make(&live->hold, &live->plan, &live->copy);
	if (err) {
		give_up_fork(live, err);
		return read_stopped(live);
	}
	if (num_pages(entrance) == num_pages(live->copy))
		return NULL;
	return cw_process_memory_copy_missing(&live->memory, live->copy);
}

static struct cw_error *read_held(struct cw_live *live)
{
	struct cw_error *err = cw_hold_stop(&live->hold);

	if (!err)
		err = read_threads(live);
	if (err)
		return err;
	return live->kind == CW_SNAPSHOT_FORK ? make_copy(live)
					      : read_stopped(live);
}

static void say_held(struct cw_live *live)
{
	pthread_mutex_lock(&live->mutex);
	live->is_held = true;
	pthread_cond_broadcast(&live->changed);
	pthread_mutex_unlock(&live->mutex);
}

/* As FORK, what stops too late is let go on until then. */
static void wait_for_end(struct cw_live *live)
{
	bool is_all_free = live->kind == CW_SNAPSHOT_STOP, must_end = false;

	while (!must_end) {
		pthread_mutex_lock(&live->mutex);
		while (is_all_free && !live->must_end)
			pthread_cond_wait(&live->changed, &live->mutex);
		must_end = live->must_end;
		pthread_mutex_unlock(&live->mutex);
		if (!is_all_free && !cw_hold_release(&live->hold))
			cw_hold_rest();
		else
			is_all_free = true;
	}
}

/* That it stands still need not be waited for while the process does. */
static void settle_copy(struct cw_live *live)
{
	struct cw_error *err = cw_fork_copy_settle(live->copy);

	if (live->err) {
		cw_error_destroy(err);
		return;
	}
	live->err = err;
	live->is_lost = err;
}

static void *hold_and_read(void *context)
{
	struct cw_live *live = context;

	live->err = prepare(live);
	if (!live->err) {
		hurry(true);
		uint64_t began = cw_clock_now();
		live->err = read_held(live);
		if (live->err || live->kind != CW_SNAPSHOT_STOP) {
			cw_hold_release(&live->hold);
			live->target->pause = cw_clock_now() - began;
		}
		if (live->copy)
			settle_copy(live);
		hurry(false);
	}
	say_held(live);
	if (!live->err && live->kind != CW_SNAPSHOT_COPY)
		wait_for_end(live);
	if (live->copy)
		cw_fork_copy_end(live->copy);
	cw_hold_end(&live->hold);
	if (live->copy)
		cw_fork_copy_clean_up(live->target->pid, &live->plan,
				      live->copy);
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

static void tell_end(struct cw_live *live)
{
	pthread_mutex_lock(&live->mutex);
	live->must_end = true;
	pthread_cond_broadcast(&live->changed);
	pthread_mutex_unlock(&live->mutex);
}

/* What the kernel says of stops is not for the calling thread. */
static void wait_until_held(struct cw_live *live)
{
	sigset_t stops, old;

	sigemptyset(&stops);
	sigaddset(&stops, SIGCHLD);
	pthread_sigmask(SIG_BLOCK, &stops, &old);
	pthread_mutex_lock(&live->mutex);
	while (!live->is_held)
		pthread_cond_wait(&live->changed, &live->mutex);
	pthread_mutex_unlock(&live->mutex);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
}

static struct cw_error *live_begin(struct cw_target *target,
				   enum cw_snapshot kind)
{
	struct cw_live *live = cw_alloc(sizeof(*live));

	live->target = target;
	live->kind = kind;
	live->hold.task_fd = -1;
	cw_process_memory_init(&live->memory, target);
	pthread_mutex_init(&live->mutex, NULL);
	pthread_cond_init(&live->changed, NULL);
	int errnum = thread_start(live);
	if (errnum != 0) {
		free(live);
		return cw_error_errno(CW_ERROR_TARGET, errnum,
				      "cannot start a thread");
	}
	target->live = live;
	wait_until_held(live);
	struct cw_error *err = cw_take(live->err);
	if (!err && live->copy) {
		cw_process_auxv_read(target, live->copy);
		err = cw_process_memory_copy(&live->memory, live->copy);
		live->is_lost = err;
		tell_end(live);
	}
	if (err)
		return err;
	target->snapshot = live->kind;
	if (live->no_clone)
		target->no_fork = cw_arena_format(
			&target->arena, "it could not be cloned: %s",
			cw_error_message(live->no_clone));
	return cw_process_describe(target, &live->memory);
}

void cw_live_end(struct cw_live *live)
{
	if (!live)
		return;
	tell_end(live);
	pthread_join(live->thread, NULL);
	pthread_cond_destroy(&live->changed);
	pthread_mutex_destroy(&live->mutex);
	cw_error_destroy(live->no_clone);
	cw_process_memory_deinit(&live->memory);
	free(live);
}

/* Which way it is to be, and why it is not FORK. */
static enum cw_snapshot choose(uint32_t entrance, enum cw_snapshot kind,
			       const char **ret_obstacle)
{
	*ret_obstacle = NULL;
	if (kind == CW_SNAPSHOT_AUTO)
		kind = cw_fork_is_needless(entrance) ? CW_SNAPSHOT_COPY
						     : CW_SNAPSHOT_FORK;
	if (kind != CW_SNAPSHOT_FORK)
		return kind;
	*ret_obstacle = cw_fork_obstacle(entrance);
	return *ret_obstacle ? CW_SNAPSHOT_COPY : CW_SNAPSHOT_FORK;
}

uint64_t cw_process_expected_pause(uint32_t pid, enum cw_snapshot kind)
{
	uint32_t entrance = cw_proc_entrance(pid);
	const char *obstacle;

	return choose(entrance, kind, &obstacle) == CW_SNAPSHOT_FORK
		       ? cw_fork_expected_pause(entrance)
		       : cw_process_memory_expected_pause(entrance);
}

static struct cw_error *open_process(uint32_t pid, enum cw_snapshot kind,
				     const struct cw_target_options *options,
				     struct cw_target **ret, bool *ret_is_lost)
{
	struct cw_target *target = cw_process_target_create(pid, options);

	struct cw_error *err = live_begin(target, kind);
	if (!err) {
		*ret = target;
		return NULL;
	}
	*ret_is_lost = target->live && target->live->is_lost;
	cw_target_close(target);
	return err;
}

struct cw_error *cw_target_open_process(uint32_t pid, enum cw_snapshot kind,
					const struct cw_target_options *options,
					struct cw_target **ret)
{
	const char *obstacle;
	bool is_lost = false;

	kind = choose(cw_proc_entrance(pid), kind, &obstacle);
	struct cw_error *err = open_process(pid, kind, options, ret, &is_lost);
	if (err && is_lost) {
		cw_error_destroy(err);
		obstacle = "the clone did not stay";
		err = open_process(pid, CW_SNAPSHOT_COPY, options, ret,
				   &is_lost);
	}
	if (!err && obstacle)
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

#include "hang/waits.h"

#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/syscall.h>

#include "base/map.h"
#include "base/memory.h"
#include "hang/goroutine_wait.h"
#include "hang/guard.h"
#include "hang/hint.h"
#include "hang/infer.h"
#include "hang/thread_number.h"

/* Which argument a descriptor or timeout is; NONE: it has none. */
enum { NONE = -1 };

struct call_row {
	uint16_t number;
	enum cw_wait_kind kind;
	int8_t fd;
	int8_t timeout; /* argument: a pointer or milliseconds */
};

static const struct call_row calls[] = {
	{SYS_poll, CW_WAIT_POLL, NONE, 2},
	{SYS_ppoll, CW_WAIT_POLL, NONE, 2},
	{SYS_select, CW_WAIT_SELECT, NONE, 4},
	{SYS_pselect6, CW_WAIT_SELECT, NONE, 4},
	{SYS_epoll_wait, CW_WAIT_EPOLL, 0, 3},
	{SYS_epoll_pwait, CW_WAIT_EPOLL, 0, 3},
	{SYS_epoll_pwait2, CW_WAIT_EPOLL, 0, 3},
	{SYS_read, CW_WAIT_READ, 0, NONE},
	{SYS_pread64, CW_WAIT_READ, 0, NONE},
	{SYS_readv, CW_WAIT_READ, 0, NONE},
	{SYS_preadv, CW_WAIT_READ, 0, NONE},
	{SYS_preadv2, CW_WAIT_READ, 0, NONE},
	{SYS_write, CW_WAIT_WRITE, 0, NONE},
	{SYS_pwrite64, CW_WAIT_WRITE, 0, NONE},
	{SYS_writev, CW_WAIT_WRITE, 0, NONE},
	{SYS_pwritev, CW_WAIT_WRITE, 0, NONE},
	{SYS_fsync, CW_WAIT_WRITE, 0, NONE},
	{SYS_fdatasync, CW_WAIT_WRITE, 0, NONE},
	{SYS_accept, CW_WAIT_ACCEPT, 0, NONE},
	{SYS_accept4, CW_WAIT_ACCEPT, 0, NONE},
	{SYS_connect, CW_WAIT_CONNECT, 0, NONE},
	{SYS_recvfrom, CW_WAIT_RECEIVE, 0, NONE},
	{SYS_recvmsg, CW_WAIT_RECEIVE, 0, NONE},
	{SYS_recvmmsg, CW_WAIT_RECEIVE, 0, NONE},
	{SYS_sendto, CW_WAIT_SEND, 0, NONE},
	{SYS_sendmsg, CW_WAIT_SEND, 0, NONE},
	{SYS_sendmmsg, CW_WAIT_SEND, 0, NONE},
	{SYS_sendfile, CW_WAIT_SEND, 0, NONE},
	{SYS_nanosleep, CW_WAIT_SLEEP, NONE, NONE},
	{SYS_clock_nanosleep, CW_WAIT_SLEEP, NONE, NONE},
	{SYS_pause, CW_WAIT_PAUSE, NONE, NONE},
	{SYS_rt_sigsuspend, CW_WAIT_SIGNAL, NONE, NONE},
	{SYS_rt_sigtimedwait, CW_WAIT_SIGNAL, NONE, 2},
	{SYS_wait4, CW_WAIT_CHILD, NONE, NONE},
	{SYS_waitid, CW_WAIT_CHILD, NONE, NONE},
	{SYS_vfork, CW_WAIT_CHILD, NONE, NONE},
	{SYS_flock, CW_WAIT_FILE_LOCK, 0, NONE},
	{SYS_fcntl, CW_WAIT_FILE_LOCK, 0, NONE},
	{SYS_msgrcv, CW_WAIT_MESSAGE, NONE, NONE},
	{SYS_msgsnd, CW_WAIT_MESSAGE, NONE, NONE},
	{SYS_semop, CW_WAIT_SEMAPHORE_SET, NONE, NONE},
	{SYS_semtimedop, CW_WAIT_SEMAPHORE_SET, NONE, 3},
	{SYS_mq_timedreceive, CW_WAIT_MESSAGE, 0, 4},
	{SYS_mq_timedsend, CW_WAIT_MESSAGE, 0, 4},
};

static const struct call_row *row_of(uint32_t number)
{
	for (size_t i = 0; i < cw_num_elements(calls); i++)
		if (calls[i].number == number)
			return &calls[i];
	return NULL;
}

/* Threads by what locks name them by. */
struct names {
	struct cw_map by_tid;	/* hang/thread_number.h */
	struct cw_map by_block; /* the control block */
	bool is_renumbered;	/* these are other numbers */
};

static bool is_block(const void *context, cw_addr address)
{
	const struct names *names = context;
	uint32_t index;

	return address != 0 && cw_map_get(&names->by_block, address, &index);
}

static bool is_tid(const void *context, uint32_t tid)
{
	const struct names *names = context;
	uint32_t index;

	return cw_map_get(&names->by_tid, tid, &index);
}

/* All first numbers go before any second one. */
static void numbers_enter(struct names *names, const struct cw_target *target,
			  size_t which)
{
	for (uint32_t i = 0; i < target->threads.num; i++) {
		const struct cw_thread *thread = &target->threads.items[i];
		uint32_t own[CW_MAX_THREAD_NUMBERS];
		if (cw_thread_numbers(target, thread, own) <= which)
			continue;
		cw_map_place(&names->by_tid, own[which], i);
		/* A thread that is about to end may have lost its number. */
		names->is_renumbered |= i == 0 && own[which] != thread->tid;
	}
}

static void names_init(struct names *names, const struct cw_target *target)
{
	cw_map_init(&names->by_tid);
	cw_map_init(&names->by_block);
	for (uint32_t i = 0; i < target->threads.num; i++) {
		const struct cw_thread *thread = &target->threads.items[i];
		cw_map_set(&names->by_block, thread->regs[CW_REG_FS_BASE], i);
	}
	for (size_t i = 0; i < CW_MAX_THREAD_NUMBERS; i++)
		numbers_enter(names, target, i);
}

static void names_deinit(struct names *names)
{
	cw_map_deinit(&names->by_tid);
	cw_map_deinit(&names->by_block);
}

struct work {
	struct cw_debug *debug;
	const struct cw_target *target;
	struct names names;
};

static void find_owner(struct work *work, struct cw_wait *wait)
{
	const struct cw_wait_object *object = &wait->object;

	if (object->owner_block)
		cw_map_get(&work->names.by_block, object->owner_block,
			   &wait->owner);
	else if (object->owner_tid &&
		 !cw_map_get(&work->names.by_tid, object->owner_tid,
			     &wait->owner))
		cw_outside_find(work->target, object->address,
				object->owner_tid, object->is_shared,
				work->names.is_renumbered, &wait->outside);
	wait->is_orphaned = wait->outside.kind == CW_OUTSIDE_ENDED ||
			    wait->outside.kind == CW_OUTSIDE_LEFT;
}

static void explain_futex(struct work *work, struct cw_wait *wait)
{
	struct cw_futex_question question = {
		.target = work->target,
		.call = &wait->call,
		.num_threads = work->target->threads.num,
		.is_block = is_block,
		.is_tid = is_tid,
		.context = &work->names,
	};

	const struct cw_wait_hint hint =
		cw_wait_hint(work->debug, wait->thread);
	question.hint = hint.kind;
	question.is_own = hint.is_own;
	question.own_offset = hint.offset;
	question.lock_is_elsewhere = hint.is_elsewhere;
	if (hint.is_elsewhere)
		question.lock =
			cw_guard_waited_for(work->debug, wait->thread,
					    hint.kind == CW_WAIT_CONDITION);
	cw_futex_explain(&question, &wait->object);
	wait->has_timeout = wait->call.arguments[3] != 0;
	find_owner(work, wait);
}

/* As posix_spawn() of glibc: until the child runs a program, or ends. */
static bool is_vfork(const struct cw_target *target,
		     const struct cw_system_call *call)
{
	uint64_t flags = 0;

	if (call->number == SYS_clone)
		flags = call->arguments[0];
	else if (call->number == SYS_clone3)
		cw_target_read_word(target, call->arguments[0], &flags);
	return flags & CLONE_VFORK;
}

static void explain(struct work *work, struct cw_wait *wait)
{
	if (!wait->is_in_call) {
		wait->object.address =
			cw_spinlock_waited_for(work->debug, wait->thread);
		if (wait->object.address)
			wait->object.kind = CW_WAIT_SPIN;
		return;
	}
	if (wait->call.number == SYS_futex) {
		explain_futex(work, wait);
		return;
	}
	const struct call_row *row = row_of(wait->call.number);
	if (wait->call.number == SYS_fcntl &&
	    wait->call.arguments[1] != F_SETLKW &&
	    wait->call.arguments[1] != F_OFD_SETLKW)
		row = NULL;
	wait->object.kind = row ? row->kind : CW_WAIT_CALL;
	if (is_vfork(work->target, &wait->call))
		wait->object.kind = CW_WAIT_CHILD;
	if (!row)
		return;
	if (row->fd != NONE)
		wait->fd = (int32_t)wait->call.arguments[row->fd];
	if (row->timeout != NONE) {
		uint64_t timeout = wait->call.arguments[row->timeout];
		bool is_milliseconds = wait->call.number == SYS_poll ||
				       wait->call.number == SYS_epoll_wait ||
				       wait->call.number == SYS_epoll_pwait;
		wait->has_timeout =
			is_milliseconds ? (int32_t)timeout >= 0 : timeout != 0;
	}
}

bool cw_waits_lead_to(const struct cw_waits *waits, uint32_t from, uint32_t to)
{
	for (size_t i = 0; i <= waits->items.num && from != CW_NO_THREAD; i++) {
		if (from == to)
			return true;
		from = waits->items.items[from].owner;
	}
	return false;
}

bool cw_wait_is_for_lock(const struct cw_wait *wait)
{
	return wait->object.kind != CW_WAIT_NOTHING &&
	       wait->object.kind <= CW_WAIT_FUTEX;
}

bool cw_wait_is_for_signal(const struct cw_wait *wait)
{
	return wait->object.kind == CW_WAIT_CONDITION ||
	       wait->object.kind == CW_WAIT_BARRIER ||
	       wait->object.kind == CW_WAIT_PARK;
}

/*
 * Whether the thread may go on though no other one here does.  What a signal
 * handler, another process or an owner that is not known may end, may end.
 */
static bool may_go_on(const struct work *work, const struct cw_wait *wait)
{
	const struct cw_segment *segment =
		cw_target_segment(work->target, wait->object.address);

	if (wait->has_timeout)
		return true;
	return wait->owner == CW_NO_THREAD && !wait->is_orphaned &&
	       (!cw_wait_is_for_signal(wait) ||
		(segment && segment->flags & CW_SEGMENT_SHARED));
}

static bool is_stuck(const struct work *work, const struct cw_waits *waits)
{
	bool has_signal = false;

	/* Threads of Go wait for its runtime, which wakes them. */
	if (waits->num_goroutines)
		return false;
	cw_array_foreach(wait, &waits->items)
	{
		has_signal |= cw_wait_is_for_signal(wait);
		if (may_go_on(work, wait))
			return false;
	}
	return has_signal;
}

static void add_cycle(struct cw_waits *waits, uint32_t from)
{
	struct cw_wait_cycle *cycle = cw_array_push(&waits->cycles);
	uint32_t number = waits->cycles.num - 1;
	uint32_t at = from;

	*cycle = (struct cw_wait_cycle){.first = waits->members.num};
	do {
		struct cw_wait *wait = &waits->items.items[at];
		wait->cycle = number;
		cycle->has_timeout |= wait->has_timeout;
		*cw_array_push(&waits->members) = at;
		cycle->num++;
		at = wait->owner;
	} while (at != from);
	waits->num_deadlocks += !cycle->has_timeout;
}

/* Follows the arrows from each thread, none twice. */
static void find_cycles(struct cw_waits *waits)
{
	size_t num = waits->items.num;
	/* Number of the walk that came by, from 1; 0: none yet. */
	cw_cleanup_free uint32_t *walks = cw_alloc(num * sizeof(*walks));

	for (uint32_t i = 0; i < num; i++) {
		uint32_t at = i;
		while (at != CW_NO_THREAD && walks[at] == 0) {
			walks[at] = i + 1;
			at = waits->items.items[at].owner;
		}
		if (at != CW_NO_THREAD && walks[at] == i + 1 &&
		    waits->items.items[at].cycle == CW_NO_THREAD)
			add_cycle(waits, at);
	}
}

/*
 * Sums from those that nobody waits for towards the owners.  Within a cycle
 * each holds up all others of it and all that hang on it.
 */
static void count_held_up(struct cw_waits *waits)
{
	size_t num = waits->items.num;
	struct cw_wait *items = waits->items.items;
	cw_cleanup_free uint32_t *num_in = cw_alloc(num * sizeof(*num_in));
	cw_cleanup_free uint32_t *queue = cw_alloc(num * sizeof(*queue));
	size_t end = 0;

	for (size_t i = 0; i < num; i++)
		if (items[i].owner != CW_NO_THREAD)
			num_in[items[i].owner]++;
	for (size_t i = 0; i < num; i++)
		if (num_in[i] == 0)
			queue[end++] = i;
	for (size_t at = 0; at < end; at++) {
		uint32_t owner = items[queue[at]].owner;
		if (owner == CW_NO_THREAD)
			continue;
		items[owner].num_held_up += items[queue[at]].num_held_up + 1;
		if (--num_in[owner] == 0)
			queue[end++] = owner;
	}
	cw_array_foreach(cycle, &waits->cycles)
	{
		const uint32_t *members = waits->members.items + cycle->first;
		uint32_t sum = cycle->num - 1;
		for (uint32_t i = 0; i < cycle->num; i++)
			sum += items[members[i]].num_held_up;
		for (uint32_t i = 0; i < cycle->num; i++)
			items[members[i]].num_held_up = sum;
	}
	for (size_t i = 0; i < num; i++)
		if (items[i].owner == CW_NO_THREAD && !items[i].is_orphaned &&
		    items[i].num_held_up &&
		    (waits->head == CW_NO_THREAD ||
		     items[i].num_held_up > items[waits->head].num_held_up))
			waits->head = i;
}

struct cw_error *cw_waits_create(struct cw_debug *debug,
				 const struct cw_heap *heap,
				 const struct cw_roots *roots,
				 struct cw_progress *progress,
				 struct cw_waits **ret)
{
	struct work work = {.debug = debug, .target = cw_debug_target(debug)};
	struct cw_waits *waits = cw_alloc(sizeof(*waits));
	struct cw_error *err = NULL;

	waits->head = CW_NO_THREAD;
	names_init(&work.names, work.target);
	cw_progress_begin(progress, "looking at threads",
			  work.target->threads.num);
	cw_array_foreach(thread, &work.target->threads)
	{
		struct cw_wait *wait = cw_array_push(&waits->items);
		*wait = (struct cw_wait){
			.thread = thread,
			.owner = CW_NO_THREAD,
			.fd = -1,
			.cycle = CW_NO_THREAD,
		};
		wait->is_in_call =
			cw_system_call_read(work.target, thread, &wait->call);
		explain(&work, wait);
		err = cw_progress_step(progress, waits->items.num);
		if (err)
			break;
	}
	names_deinit(&work.names);
	waits->num_threads = waits->items.num;
	if (!err)
		err = cw_waits_infer(waits, debug, progress);
	if (!err && roots && roots->go)
		err = cw_goroutine_waits_add(waits, heap, roots, progress);
	if (err) {
		cw_waits_destroy(waits);
		return err;
	}
	waits->is_stuck = is_stuck(&work, waits);
	find_cycles(waits);
	count_held_up(waits);
	*ret = waits;
	return NULL;
}

void cw_waits_destroy(struct cw_waits *waits)
{
	if (!waits)
		return;
	cw_array_deinit(&waits->items);
	cw_array_deinit(&waits->held);
	cw_array_deinit(&waits->cycles);
	cw_array_deinit(&waits->members);
	free(waits);
}

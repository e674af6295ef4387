#include "target/fork_copy.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"
#include "target/call_check.h"
#include "target/fork_check.h"
#include "target/proc_file.h"
#include "target/trampoline.h"

/* Each stop on the way, but for that behind the clone, is a moment away. */
static const uint64_t max_wait = 2000000000;

enum {
	SYSCALL_STOP = SIGTRAP | 0x80,
	CLONE_STOP = SIGTRAP | PTRACE_EVENT_CLONE << 8,
	USER_CODE_64 = 0x33,
	SIZE_OF_SIGNAL_MASK = 8,
};

/* The thread that does it, and what it was. */
struct copier {
	struct cw_hold *hold;
	const struct cw_fork_plan *plan;
	uint32_t tid;
	uint64_t regs[CW_NUM_REGS];
	uint64_t signal_mask;
	uint32_t between; /* the child that shares the memory, or 0 */
	uint32_t copy;	  /* or 0 */
	bool was_stopped; /* by SIGSTOP meanwhile */
};

/* waitpid() with an end. */
static struct cw_error *wait_until(uint32_t tid, uint64_t limit,
				   int *ret_status)
{
	uint64_t began = cw_clock_now();

	for (;;) {
		pid_t pid = waitpid(tid, ret_status, __WALL | WNOHANG);
		if (pid > 0)
			return NULL;
		if (pid < 0 && errno != EINTR)
			return cw_error_errno(CW_ERROR_TARGET, errno,
					      "cannot wait for thread %u", tid);
		if (cw_clock_now() - began > limit)
			return cw_error_new(CW_ERROR_TARGET,
					    "thread %u does not stop", tid);
		cw_hold_rest();
	}
}

static struct cw_error *wait_for(uint32_t tid, int *ret_status)
{
	return wait_until(tid, max_wait, ret_status);
}

static struct cw_error *unexpected(uint32_t tid, int status)
{
	return cw_error_new(CW_ERROR_TARGET,
			    "thread %u went another way (0x%x)", tid, status);
}

/* Lets the thread run to its next stop that is one of a system call. */
static struct cw_error *step(struct copier *copier, int *ret_stop)
{
	for (;;) {
		int status;
		if (ptrace(PTRACE_SYSCALL, copier->tid, NULL, NULL) != 0)
			return cw_error_errno(CW_ERROR_TARGET, errno,
					      "cannot go on with thread %u",
					      copier->tid);
		struct cw_error *err = wait_until(
			copier->tid, copier->plan->max_clone, &status);
		if (err)
			return err;
		if (!WIFSTOPPED(status))
			return unexpected(copier->tid, status);
		*ret_stop = status >> 8;
		if (*ret_stop == SYSCALL_STOP || *ret_stop == CLONE_STOP)
			return NULL;
		/* All other signals wait. */
		copier->was_stopped |= *ret_stop == SIGSTOP;
	}
}

/* Threads in user mode first; those with a call to be taken up again last. */
enum { MOST_AWKWARD = 3 };

static int awkwardness(const uint64_t *regs)
{
	int64_t outcome = regs[CW_REG_RAX];

	if (regs[CW_REG_CS] != USER_CODE_64)
		return -1;
	if ((int64_t)regs[CW_REG_ORIG_RAX] < 0 || outcome >= 0 ||
	    outcome < -516 || outcome > -512)
		return 0;
	return outcome == -516 ? MOST_AWKWARD : outcome == -514 ? 2 : 1;
}

/* How the kernel would begin the call of an awkward thread again. */
static uint32_t restarted_call(const uint64_t *regs)
{
	return awkwardness(regs) == MOST_AWKWARD ? SYS_restart_syscall
						 : regs[CW_REG_ORIG_RAX];
}

/* Whether this thread may make all the calls that it would have to. */
static struct cw_error *thread_check(const struct copier *copier,
				     const struct cw_held_thread *thread)
{
	struct cw_filtered_call calls[CW_NUM_TRAMPOLINE_CALLS + 1];
	const uint64_t *regs = thread->regs;
	size_t num = CW_NUM_TRAMPOLINE_CALLS;

	cw_trampoline_calls(copier->plan->place, regs[CW_REG_R9], calls);
	if (awkwardness(regs) > 0)
		calls[num++] = cw_call_again(regs, restarted_call(regs));
	return cw_calls_check(thread->tid, calls, num);
}

/* Of the least awkward threads that may, the first. */
static struct cw_error *thread_choose(struct copier *copier)
{
	/* Filters are mostly the same in all: they stand still meanwhile. */
	enum { MAX_REFUSED = 16 };
	struct cw_error *refused = NULL;
	int num_refused = 0;

	for (int level = 0; level <= MOST_AWKWARD; level++) {
		cw_array_foreach(thread, &copier->hold->threads)
		{
			if (!thread->has_regs ||
			    awkwardness(thread->regs) != level)
				continue;
			struct cw_error *err = thread_check(copier, thread);
			if (!err) {
				cw_error_destroy(refused);
				copier->tid = thread->tid;
				memcpy(copier->regs, thread->regs,
				       sizeof(copier->regs));
				return NULL;
			}
			cw_error_destroy(refused);
			refused = err;
			if (++num_refused == MAX_REFUSED)
				return refused;
		}
	}
	return refused ? refused
		       : cw_error_new(CW_ERROR_TARGET,
				      "no thread can make one");
}

static struct cw_error *choose(struct copier *copier)
{
	cw_array_foreach(thread, &copier->hold->threads)
	{
		if (thread->has_regs &&
		    cw_trampoline_is_inside(copier->plan->place,
					    thread->regs[CW_REG_RIP]))
			return cw_error_new(CW_ERROR_TARGET,
					    "a thread is still making a copy");
	}
	struct cw_error *err = thread_choose(copier);
	if (err)
		return err;
	if (ptrace(PTRACE_GETSIGMASK, copier->tid, SIZE_OF_SIGNAL_MASK,
		   &copier->signal_mask) != 0)
		return cw_error_errno(CW_ERROR_TARGET, errno,
				      "cannot read a signal mask");
	return NULL;
}

/* What the code itself restores if we are killed: the call begun again. */
static struct cw_trampoline_end end_of(const struct copier *copier)
{
	const uint64_t *regs = copier->regs;
	struct cw_trampoline_end end = {
		.rip = regs[CW_REG_RIP],
		.rax = regs[CW_REG_RAX],
		.rcx = regs[CW_REG_RCX],
		.rdx = regs[CW_REG_RDX],
		.rsi = regs[CW_REG_RSI],
		.rdi = regs[CW_REG_RDI],
		.r8 = regs[CW_REG_R8],
		.r10 = regs[CW_REG_R10],
		.r11 = regs[CW_REG_R11],
		.signal_mask = copier->signal_mask,
	};

	if (awkwardness(regs) > 0) {
		end.rip -= 2; /* the instruction */
		end.rax = restarted_call(regs);
	}
	return end;
}

static struct cw_error *regs_set(const struct copier *copier,
				 const uint64_t *regs)
{
	struct iovec iov = {(void *)regs, sizeof(copier->regs)};

	if (ptrace(PTRACE_SETREGSET, copier->tid, (void *)NT_PRSTATUS, &iov) ==
	    0)
		return NULL;
	return cw_error_errno(CW_ERROR_TARGET, errno, "cannot set registers");
}

/*
 * One write of the registers: before it nothing has changed, behind it the
 * code restores all.  Only then are signals held off, which would end the
 * clone.
 */
static struct cw_error *enter(struct copier *copier,
			      struct cw_trampoline_entry entry)
{
	const uint64_t all = ~UINT64_C(0);
	struct cw_trampoline_end end = end_of(copier);
	uint64_t regs[CW_NUM_REGS];

	if (ptrace(PTRACE_SETOPTIONS, copier->tid, NULL,
		   (void *)(PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACECLONE)) != 0)
		return cw_error_errno(CW_ERROR_TARGET, errno,
				      "cannot set options");
	struct cw_error *err =
		cw_trampoline_write(copier->tid, copier->plan->place, &end);
	if (err)
		return err;
	memcpy(regs, copier->regs, sizeof(regs));
	regs[CW_REG_RIP] = entry.rip;
	regs[CW_REG_RAX] = entry.rax;
	regs[CW_REG_RDI] = entry.rdi;
	/* Or the kernel would move rip back to begin a call again. */
	regs[CW_REG_ORIG_RAX] = -UINT64_C(1);
	err = regs_set(copier, regs);
	if (!err)
		ptrace(PTRACE_SETSIGMASK, copier->tid, SIZE_OF_SIGNAL_MASK,
		       &all);
	return err;
}

static struct cw_error *event_pid(uint32_t tid, uint32_t *ret)
{
	unsigned long message;

	if (ptrace(PTRACE_GETEVENTMSG, tid, NULL, &message) != 0)
		return cw_error_errno(CW_ERROR_TARGET, errno,
				      "cannot read an event");
	*ret = message;
	return NULL;
}

/* Waits until the thread stops for that reason, and for no other. */
static struct cw_error *stop_expect(uint32_t tid, int event)
{
	int status;

	struct cw_error *err = wait_for(tid, &status);
	if (!err && (!WIFSTOPPED(status) || status >> 16 != event))
		err = unexpected(tid, status);
	return err;
}

/* The child that shares the memory makes the copy, and ends. */
static struct cw_error *between_run(struct copier *copier)
{
	const struct sched_param first = {.sched_priority = 1};
	uint32_t tid = copier->between, copy = 0;
	int status;

	/* What takes the time shall not wait for others; this ends with it. */
	sched_setscheduler(tid, SCHED_FIFO | SCHED_RESET_ON_FORK, &first);
	struct cw_error *err = stop_expect(tid, PTRACE_EVENT_STOP);
	if (err)
		return err;
	ptrace(PTRACE_CONT, tid, NULL, NULL);
	err = wait_until(tid, copier->plan->max_clone, &status);
	if (err)
		return err;
	if (WIFEXITED(status))
		return cw_error_new(CW_ERROR_TARGET,
				    "the second clone is refused");
	if (!WIFSTOPPED(status) || status >> 8 != CLONE_STOP)
		return unexpected(tid, status);
	err = event_pid(tid, &copy);
	if (err)
		return err;
	copier->copy = copy;
	ptrace(PTRACE_CONT, tid, NULL, NULL);
	err = wait_for(tid, &status);
	if (!err && !WIFEXITED(status) && !WIFSIGNALED(status))
		err = unexpected(tid, status);
	return err;
}

/* The first clone; an error of its own is in *@ret_why. */
static struct cw_error *clone_make(struct copier *copier, uint32_t *ret_child,
				   struct cw_error **ret_why)
{
	uint64_t regs[CW_NUM_REGS];
	struct iovec iov = {regs, sizeof(regs)};
	int stop;

	struct cw_error *err = step(copier, &stop); /* into clone */
	if (!err)
		err = step(copier, &stop);
	if (err)
		return err;
	if (stop == CLONE_STOP)
		return event_pid(copier->tid, ret_child);
	ptrace(PTRACE_GETREGSET, copier->tid, (void *)NT_PRSTATUS, &iov);
	*ret_why = cw_error_errno(CW_ERROR_TARGET, -(int)regs[CW_REG_RAX],
				  "clone is refused");
	return NULL;
}

/*
 * From the first clone to the end of the wait for what it made.  An error of
 * the clone itself is given after the thread is where it can be put back.
 */
static struct cw_error *run(struct copier *copier, struct cw_error **ret_why)
{
	uint32_t child = 0;
	int stop;

	struct cw_error *err = clone_make(copier, &child, ret_why);
	if (err || *ret_why)
		return err;
	if (copier->plan->is_direct) {
		copier->copy = child;
		return NULL;
	}
	copier->between = child;
	*ret_why = between_run(copier);
	if (*ret_why) {
		int status;
		kill(copier->between, SIGKILL);
		err = wait_for(copier->between, &status);
	}
	for (int i = 0; !err && i < 3; i++) /* out, into wait4, out */
		err = step(copier, &stop);
	return err;
}

/* Back to where it was, in the path where the kernel begins calls again. */
static struct cw_error *leave(struct copier *copier)
{
	ptrace(PTRACE_INTERRUPT, copier->tid, NULL, NULL);
	ptrace(PTRACE_CONT, copier->tid, NULL, NULL);
	struct cw_error *err = stop_expect(copier->tid, PTRACE_EVENT_STOP);
	if (err)
		return err;
	ptrace(PTRACE_SETSIGMASK, copier->tid, SIZE_OF_SIGNAL_MASK,
	       &copier->signal_mask);
	err = regs_set(copier, copier->regs);
	if (err)
		return err;
	cw_trampoline_clear(copier->tid, copier->plan->place);
	ptrace(PTRACE_SETOPTIONS, copier->tid, NULL, NULL);
	if (copier->was_stopped)
		syscall(SYS_tgkill, copier->hold->pid, copier->tid, SIGSTOP);
	return NULL;
}

/* When memory runs out, let it be the copy that is ended. */
static void offer_to_oom(uint32_t pid)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%u/oom_score_adj", pid);
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	if (write(fd, "1000", 4) != 4) {
		/* It is as it was. */
	}
	close(fd);
}

struct cw_error *cw_fork_copy_prepare(uint32_t pid, struct cw_fork_plan *ret)
{
	uint32_t entrance = cw_proc_entrance(pid);

	/* Or it is not told which it is, and may be so. */
	ret->is_direct = cw_proc_own_number(pid) <= 1;
	ret->max_clone = max_wait + 10 * cw_fork_expected_pause(entrance);
	return cw_trampoline_find_place(entrance, &ret->place);
}

struct cw_error *cw_fork_copy_make(struct cw_hold *hold,
				   const struct cw_fork_plan *plan,
				   uint32_t *ret_pid)
{
	struct copier copier = {.hold = hold, .plan = plan};
	cw_cleanup_error struct cw_error *why = NULL;

	if (!cw_trampoline_is_place(hold->entrance, plan->place))
		return cw_error_new(CW_ERROR_TARGET, "no room for code");
	struct cw_error *err = choose(&copier);
	if (err)
		return err;
	cw_urge_set(hold->urge, copier.tid);
	err = enter(&copier, plan->is_direct
				     ? cw_trampoline_enter_copy(plan->place)
				     : cw_trampoline_enter(plan->place));
	if (!err)
		err = run(&copier, &why);
	if (!err)
		err = leave(&copier);
	cw_urge_set(hold->urge, 0);
	if (!err && why)
		err = cw_take(why);
	if (err) {
		if (copier.copy)
			cw_fork_copy_end(copier.copy);
		return err;
	}
	*ret_pid = copier.copy;
	return NULL;
}

struct cw_error *cw_fork_copy_settle(uint32_t pid)
{
	struct cw_error *err = stop_expect(pid, PTRACE_EVENT_STOP);

	if (err)
		return err;
	ptrace(PTRACE_SETOPTIONS, pid, NULL, (void *)PTRACE_O_EXITKILL);
	offer_to_oom(pid);
	return NULL;
}

void cw_fork_copy_end(uint32_t pid)
{
	int status = 0x7f; /* as if stopped */

	kill(pid, SIGKILL);
	do {
		if (waitpid(pid, &status, __WALL) < 0 && errno != EINTR)
			return;
	} while (!WIFEXITED(status) && !WIFSIGNALED(status));
}

/* One that has ended, and for which the process has not waited yet. */
static bool is_left(uint32_t pid, uint32_t copy)
{
	return cw_proc_thread_state(copy, copy) == 'Z' &&
	       cw_proc_status_number(copy, "PPid:") == pid;
}

/* By the process itself, held. */
static struct cw_error *wait_inside(struct cw_hold *hold,
				    const struct cw_fork_plan *plan,
				    uint32_t child)
{
	struct copier copier = {.hold = hold, .plan = plan};
	int stop;

	if (!cw_trampoline_is_place(hold->entrance, plan->place))
		return cw_error_new(CW_ERROR_TARGET, "no room for code");
	struct cw_error *err = choose(&copier);
	if (!err)
		err = enter(&copier,
			    cw_trampoline_enter_wait(plan->place, child));
	for (int i = 0; !err && i < 2; i++) /* into wait4, out */
		err = step(&copier, &stop);
	return err ? err : leave(&copier);
}

void cw_fork_copy_clean_up(uint32_t pid, const struct cw_fork_plan *plan,
			   uint32_t copy)
{
	uint32_t child = cw_proc_own_number(copy);
	struct cw_hold hold;

	if (!plan->is_direct || child == 0 || !is_left(pid, copy))
		return;
	cw_cleanup_error struct cw_error *err = cw_hold_prepare(&hold, pid);
	if (err)
		return;
	err = cw_hold_stop(&hold);
	if (!err)
		err = wait_inside(&hold, plan, child);
	cw_hold_end(&hold);
}

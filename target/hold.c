#include "target/hold.h"

#include <dirent.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"
#include "target/call_check.h"
#include "target/proc_file.h"
#include "target/refusal.h"
#include "target/thread.h"

/* From the first stop to the last one; a healthy process needs under 10 ms. */
static const uint64_t max_wait = 2000000000;
/* How long to wait for a thread in an uninterruptible wait. */
static const uint64_t max_uninterruptible = 100000000;

/* Not in the headers of the C library: include/linux/errno.h. */
enum { RESTART_NO_HAND = 514, RESTART_BLOCK = 516 };

/*
 * Calls that return EINTR after any stop, though no handler ran (signal(7),
 * "Interruption of system calls … by stop signals"), and may be begun again.
 */
static const uint16_t interrupted_calls[] = {
	SYS_read,	  SYS_recvfrom,	       SYS_recvmsg,    SYS_recvmmsg,
	SYS_sendto,	  SYS_sendmsg,	       SYS_sendmmsg,   SYS_accept,
	SYS_accept4,	  SYS_connect,	       SYS_epoll_wait, SYS_epoll_pwait,
	SYS_epoll_pwait2, SYS_rt_sigtimedwait, SYS_semop,      SYS_semtimedop,
	SYS_io_getevents, SYS_io_uring_enter,
};

/* Whether a thread is among the first @num. */
static bool has_thread(const struct cw_hold *hold, size_t num, uint32_t tid)
{
	const struct cw_held_thread *items = hold->threads.items;
	size_t low = 0, high = num;

	/* Sorted but for the main thread, which is first. */
	if (num > 0 && items[0].tid == tid)
		return true;
	if (num > 0 && items[0].tid == hold->pid)
		low = 1;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (items[middle].tid < tid)
			low = middle + 1;
		else
			high = middle;
	}
	return low < num && items[low].tid == tid;
}

static void sort(struct cw_hold *hold)
{
	struct cw_held_thread *items = hold->threads.items;

	for (size_t i = 1; i < hold->threads.num; i++) {
		struct cw_held_thread thread = items[i];
		size_t at = i;
		/* New ones have the highest numbers: this is one step each. */
		while (at > 0 && items[at - 1].tid != hold->pid &&
		       (items[at - 1].tid > thread.tid ||
			thread.tid == hold->pid)) {
			items[at] = items[at - 1];
			at--;
		}
		items[at] = thread;
	}
}

static struct cw_error *refused(const struct cw_hold *hold, int errnum)
{
	const struct cw_refusal refusal = cw_refusal_find(hold->pid);

	return cw_refusal_error(&refusal, errnum);
}

/* Seizes what is not ours yet; nothing stops by that. */
static struct cw_error *seize_new(struct cw_hold *hold, size_t *ret_num)
{
	char path[32];
	size_t before = hold->threads.num;

	snprintf(path, sizeof(path), "/proc/%u/task", hold->pid);
	DIR *dir = opendir(path);
	if (!dir)
		return cw_error_errno(CW_ERROR_TARGET, errno,
				      "cannot open process %u", hold->pid);
	struct cw_error *err = NULL;
	for (struct dirent *entry; !err && (entry = readdir(dir));) {
		uint32_t tid = strtoul(entry->d_name, NULL, 10);
		if (tid == 0 || has_thread(hold, before, tid))
			continue;
		if (ptrace(PTRACE_SEIZE, tid, NULL, NULL) == 0) {
			*cw_array_push(&hold->threads) =
				(struct cw_held_thread){.tid = tid};
			continue;
		}
		int errnum = errno;
		char state = cw_proc_thread_state(hold->pid, tid);
		if (errnum != ESRCH && state && !strchr("ZX", state))
			err = refused(hold, errnum);
	}
	closedir(dir);
	*ret_num = hold->threads.num - before;
	sort(hold);
	return err;
}

enum outcome { STOPPED, GONE, NOT_YET };

/*
 * What became of the thread.  A signal that it was about to receive is looked
 * at and not taken: if we end before it is passed on, the kernel does that.
 */
static enum outcome stop_take(struct cw_held_thread *thread)
{
	siginfo_t info = {0};
	int status;

	if (waitid(P_PID, thread->tid, &info,
		   WEXITED | WSTOPPED | WNOHANG | WNOWAIT | __WALL) != 0)
		return errno == EINTR ? NOT_YET : GONE;
	if (info.si_pid == 0)
		return NOT_YET;
	if (info.si_code == CLD_TRAPPED &&
	    info.si_status >> 8 != PTRACE_EVENT_STOP) {
		/* Its stop took away the one that was asked for. */
		ptrace(PTRACE_INTERRUPT, thread->tid, NULL, NULL);
		ptrace(PTRACE_CONT, thread->tid, NULL,
		       (void *)(intptr_t)info.si_status);
		return NOT_YET;
	}
	if (waitpid(thread->tid, &status, __WALL | WNOHANG) <= 0)
		return NOT_YET;
	if (!WIFSTOPPED(status))
		return GONE;
	thread->is_stopped = true;
	return STOPPED;
}

void cw_hold_rest(void)
{
	const struct timespec moment = {.tv_nsec = 100000};
	sigset_t stops;

	/* The kernel sends one for each stop, whatever becomes of it. */
	sigemptyset(&stops);
	sigaddset(&stops, SIGCHLD);
	sigtimedwait(&stops, NULL, &moment);
}

/*
 * Waits for the stop that was asked for.  A thread that is deep in the kernel
 * is left as it is, after a while.
 */
static struct cw_error *stop_await(const struct cw_hold *hold,
				   struct cw_held_thread *thread,
				   uint64_t began, bool *ret_is_gone)
{
	enum outcome outcome;

	while ((outcome = stop_take(thread)) == NOT_YET) {
		cw_hold_rest();
		cw_urge_set(hold->urge, thread->tid);
		uint64_t waited = cw_clock_now() - began;
		if (waited < max_uninterruptible)
			continue;
		char state = cw_proc_thread_state(hold->pid, thread->tid);
		if (state == 'D')
			break;
		/* The main one may end before the others. */
		if (state == 'Z' || state == 'X')
			outcome = GONE;
		if (outcome == GONE)
			break;
		if (waited > max_wait)
			return cw_error_new(CW_ERROR_TARGET,
					    "cannot stop process %u: thread %u "
					    "does not stop",
					    hold->pid, thread->tid);
	}
	*ret_is_gone = outcome == GONE;
	return NULL;
}

/* Whether the call that a thread waits in would go another way afterwards. */
static bool must_begin_again(const struct cw_held_thread *thread)
{
	const uint64_t *regs = thread->regs;

	if ((int64_t)regs[CW_REG_RAX] == -RESTART_BLOCK) {
		const struct cw_filtered_call again =
			cw_call_again(regs, SYS_restart_syscall);
		return cw_call_is_refused(thread->tid, &again);
	}
	if ((int64_t)regs[CW_REG_RAX] != -EINTR)
		return false;
	for (size_t i = 0; i < cw_num_elements(interrupted_calls); i++)
		if (regs[CW_REG_ORIG_RAX] == interrupted_calls[i])
			return true;
	return false;
}

/* Reads the registers, and has such a call begun again. */
static void regs_take(struct cw_held_thread *thread)
{
	struct iovec iov = {thread->regs, sizeof(thread->regs)};

	thread->has_regs = ptrace(PTRACE_GETREGSET, thread->tid,
				  (void *)NT_PRSTATUS, &iov) == 0 &&
			   iov.iov_len == sizeof(thread->regs);
	if (!thread->has_regs || !must_begin_again(thread))
		return;
	thread->regs[CW_REG_RAX] = -(uint64_t)RESTART_NO_HAND;
	ptrace(PTRACE_SETREGSET, thread->tid, (void *)NT_PRSTATUS, &iov);
}

/* Stops what is ours and runs.  In order: meanwhile the others stop too. */
static struct cw_error *stop_all(struct cw_hold *hold, uint64_t began)
{
	struct cw_error *err = NULL;
	size_t kept = 0;

	cw_array_foreach(thread, &hold->threads)
	{
		if (!thread->is_stopped)
			ptrace(PTRACE_INTERRUPT, thread->tid, NULL, NULL);
	}
	cw_array_foreach(thread, &hold->threads)
	{
		bool is_gone = false;
		if (!err && !thread->is_stopped) {
			err = stop_await(hold, thread, began, &is_gone);
			if (thread->is_stopped)
				regs_take(thread);
		}
		if (!is_gone)
			hold->threads.items[kept++] = *thread;
	}
	hold->threads.num = kept;
	return err;
}

/* Whether the kernel counts as many threads as there are here. */
static bool is_complete(const struct cw_hold *hold)
{
	enum { FOLDER_ITSELF = 2 };
	struct stat status;

	return fstat(hold->task_fd, &status) == 0 &&
	       status.st_nlink == hold->threads.num + FOLDER_ITSELF;
}

/* Why the process cannot be held at all, if so. */
static struct cw_error *check(uint32_t pid, uint32_t entrance)
{
	char path[32];

	snprintf(path, sizeof(path), "/proc/%u", pid);
	if (access(path, F_OK) != 0)
		return cw_error_new(CW_ERROR_TARGET, "no process %u", pid);
	if (pid == (uint32_t)getpid())
		return cw_error_new(CW_ERROR_TARGET,
				    "process %u is this very one", pid);
	uint32_t leader = cw_proc_status_number(pid, "Tgid:");
	if (leader != pid)
		return cw_error_new(CW_ERROR_TARGET,
				    "%u is a thread of process %u: --pid %u",
				    pid, leader, leader);
	if (cw_proc_status_number(entrance, "VmSize:") != 0)
		return NULL;
	return cw_error_new(CW_ERROR_TARGET,
			    strchr("ZX", cw_proc_thread_state(pid, pid))
				    ? "process %u has ended, and waits for "
				      "its parent to be told"
				    : "process %u is one of the kernel's own",
			    pid);
}

struct cw_error *cw_hold_prepare(struct cw_hold *hold, uint32_t pid)
{
	char path[32];
	size_t num_new;

	*hold = (struct cw_hold){
		.pid = pid,
		.entrance = cw_proc_entrance(pid),
		.task_fd = -1,
	};
	struct cw_error *err = check(pid, hold->entrance);
	if (err)
		return err;
	snprintf(path, sizeof(path), "/proc/%u/task", pid);
	hold->task_fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	do {
		err = seize_new(hold, &num_new);
	} while (!err && num_new > 0);
	if (err) {
		cw_hold_end(hold);
		return err;
	}
	/* Threads may be created meanwhile. */
	size_t num = hold->threads.num;
	cw_array_reserve(&hold->threads, num + num / 8 + 16);
	hold->urge = cw_urge_begin();
	return NULL;
}

struct cw_error *cw_hold_stop(struct cw_hold *hold)
{
	uint64_t began = cw_clock_now();
	size_t num_new = 0;

	/* All are ours; those that are created from here on are not. */
	do {
		struct cw_error *err = stop_all(hold, began);
		cw_urge_set(hold->urge, 0);
		if (!err && is_complete(hold))
			return NULL;
		if (!err)
			err = seize_new(hold, &num_new);
		if (err)
			return err;
	} while (num_new > 0);
	return hold->threads.num > 0
		       ? NULL
		       : cw_error_new(CW_ERROR_TARGET, "process %u has ended",
				      hold->pid);
}

bool cw_hold_release(struct cw_hold *hold)
{
	bool is_all_free = true;

	cw_array_foreach(thread, &hold->threads)
	{
		if (thread->tid == 0)
			continue;
		if (!thread->is_stopped && stop_take(thread) == NOT_YET) {
			is_all_free = false;
			continue;
		}
		ptrace(PTRACE_DETACH, thread->tid, NULL, NULL);
		thread->tid = 0;
	}
	return is_all_free;
}

void cw_hold_end(struct cw_hold *hold)
{
	cw_hold_release(hold);
	cw_urge_end(cw_take(hold->urge));
	cw_array_deinit(&hold->threads);
	if (hold->task_fd >= 0)
		close(hold->task_fd);
	hold->task_fd = -1;
}

#include "target/hold.h"

#include <dirent.h>
#include <elf.h>
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"
#include "target/proc_file.h"
#include "target/thread.h"

/* From the first stop to the last one; a healthy process needs under 10 ms. */
static const uint64_t max_wait = 2000000000;
/* How long to wait for a thread in an uninterruptible wait. */
static const uint64_t max_uninterruptible = 100000000;

/* Not in the headers of the C library: include/linux/errno.h. */
enum { RESTART_NO_HAND = 514 };

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

const struct cw_held_thread *cw_hold_find(const struct cw_hold *hold,
					  uint32_t tid)
{
	size_t low = 0, high = hold->threads.num;

	/* Sorted but for the main thread, which is first. */
	if (high > 0 && hold->threads.items[0].tid == tid)
		return &hold->threads.items[0];
	if (high > 0 && hold->threads.items[0].tid == hold->pid)
		low = 1;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (hold->threads.items[middle].tid < tid)
			low = middle + 1;
		else
			high = middle;
	}
	return low < hold->threads.num && hold->threads.items[low].tid == tid
		       ? &hold->threads.items[low]
		       : NULL;
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

/* "R", "S", "D", "Z" …; 0: it is not there any more. */
static char thread_state(const struct cw_hold *hold, uint32_t tid)
{
	char path[64], text[512];

	snprintf(path, sizeof(path), "/proc/%u/task/%u/stat", hold->pid, tid);
	if (!cw_proc_file_read(path, text, sizeof(text)))
		return 0;
	const char *end = strrchr(text, ')');
	return end && end[1] == ' ' ? end[2] : 0;
}

static struct cw_error *refused(const struct cw_hold *hold, int errnum)
{
	uint32_t tracer = cw_proc_status_number(hold->pid, "TracerPid:");

	if (tracer)
		return cw_error_new(CW_ERROR_TARGET,
				    "cannot stop process %u: process %u is "
				    "tracing it already",
				    hold->pid, tracer);
	if (errnum == EPERM)
		return cw_error_new(
			CW_ERROR_TARGET,
			"cannot stop process %u: not permitted; it takes the "
			"same user with /proc/sys/kernel/yama/ptrace_scope "
			"at 0, or root",
			hold->pid);
	return cw_error_errno(CW_ERROR_TARGET, errnum, "cannot stop process %u",
			      hold->pid);
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
		struct cw_hold old = *hold;
		old.threads.num = before;
		if (tid == 0 || cw_hold_find(&old, tid))
			continue;
		if (ptrace(PTRACE_SEIZE, tid, NULL, NULL) == 0) {
			*cw_array_push(&hold->threads) =
				(struct cw_held_thread){.tid = tid};
			continue;
		}
		int errnum = errno;
		char state = thread_state(hold, tid);
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
	if (waitpid(thread->tid, &status, __WALL | WNOHANG) <= 0 ||
	    !WIFSTOPPED(status))
		return GONE;
	thread->is_stopped = true;
	return STOPPED;
}

/* One look at all that have not stopped yet: how many of them did, or ended. */
static size_t stops_look(struct cw_hold *hold, size_t *ret_num_left)
{
	size_t num_done = 0, kept = 0;

	*ret_num_left = 0;
	for (size_t i = 0; i < hold->threads.num; i++) {
		struct cw_held_thread thread = hold->threads.items[i];
		enum outcome outcome =
			thread.is_stopped ? STOPPED : stop_take(&thread);
		num_done += !hold->threads.items[i].is_stopped &&
			    outcome != NOT_YET;
		*ret_num_left += outcome == NOT_YET;
		if (outcome != GONE)
			hold->threads.items[kept++] = thread;
	}
	hold->threads.num = kept;
	return num_done;
}

/* Whether all that did not stop are deep in the kernel; else writes one. */
static bool are_uninterruptible(const struct cw_hold *hold, uint32_t *ret_tid)
{
	cw_array_foreach(thread, &hold->threads)
	{
		*ret_tid = thread->tid;
		if (!thread->is_stopped &&
		    thread_state(hold, thread->tid) != 'D')
			return false;
	}
	return true;
}

/* Waits for all stops that were asked for. */
static struct cw_error *stops_take(struct cw_hold *hold, uint64_t began)
{
	const struct timespec moment = {.tv_nsec = 50000};
	unsigned num_idle = 0;
	size_t num_left;
	uint32_t tid;

	for (;;) {
		size_t num_done = stops_look(hold, &num_left);
		if (num_left == 0)
			return NULL;
		num_idle = num_done ? 0 : num_idle + 1;
		if (num_idle < 20)
			sched_yield();
		else
			nanosleep(&moment, NULL);
		if (cw_clock_now() - began < max_uninterruptible)
			continue;
		if (are_uninterruptible(hold, &tid))
			return NULL;
		if (cw_clock_now() - began > max_wait)
			return cw_error_new(CW_ERROR_TARGET,
					    "cannot stop process %u: thread %u "
					    "does not stop",
					    hold->pid, tid);
	}
}

static void call_repair(const struct cw_held_thread *thread)
{
	uint64_t regs[CW_NUM_REGS];
	struct iovec iov = {regs, sizeof(regs)};

	if (ptrace(PTRACE_GETREGSET, thread->tid, (void *)NT_PRSTATUS, &iov) !=
		    0 ||
	    iov.iov_len != sizeof(regs) || (int64_t)regs[CW_REG_RAX] != -EINTR)
		return;
	for (size_t i = 0; i < cw_num_elements(interrupted_calls); i++) {
		if (regs[CW_REG_ORIG_RAX] != interrupted_calls[i])
			continue;
		regs[CW_REG_RAX] = -(uint64_t)RESTART_NO_HAND;
		ptrace(PTRACE_SETREGSET, thread->tid, (void *)NT_PRSTATUS,
		       &iov);
	}
}

/* Why the process cannot be held at all, if so. */
static struct cw_error *check(uint32_t pid)
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
				    "%u is a thread of process %u", pid,
				    leader);
	if (cw_proc_status_number(pid, "Threads:") > 0 &&
	    cw_proc_status_number(pid, "VmSize:") == 0)
		return cw_error_new(CW_ERROR_TARGET,
				    "process %u has no memory: it is the "
				    "kernel's, or has ended",
				    pid);
	return NULL;
}

struct cw_error *cw_hold_begin(struct cw_hold *hold, uint32_t pid)
{
	uint64_t began = cw_clock_now();
	size_t num_new;

	*hold = (struct cw_hold){.pid = pid};
	struct cw_error *err = check(pid);
	do {
		if (!err)
			err = seize_new(hold, &num_new);
	} while (!err && num_new > 0);
	/* Now all are ours; those that are created from here on are not. */
	do {
		cw_array_foreach(thread, &hold->threads)
		{
			if (!err && !thread->is_stopped)
				ptrace(PTRACE_INTERRUPT, thread->tid, NULL,
				       NULL);
		}
		if (!err)
			err = stops_take(hold, began);
		if (!err)
			err = seize_new(hold, &num_new);
	} while (!err && num_new > 0);
	if (!err && hold->threads.num == 0)
		err = cw_error_new(CW_ERROR_TARGET, "process %u has ended",
				   pid);
	if (err) {
		cw_hold_end(hold);
		return err;
	}
	cw_array_foreach(thread, &hold->threads)
	{
		if (thread->is_stopped)
			call_repair(thread);
	}
	return NULL;
}

void cw_hold_end(struct cw_hold *hold)
{
	cw_array_foreach(thread, &hold->threads)
	{
		if (thread->is_stopped)
			ptrace(PTRACE_DETACH, thread->tid, NULL, NULL);
	}
	cw_array_deinit(&hold->threads);
}

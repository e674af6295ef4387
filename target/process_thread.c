#include "target/process_thread.h"

#include <cpuid.h>
#include <elf.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/uio.h>

#include "base/memory.h"
#include "target/proc_file.h"

#ifndef NT_X86_XSTATE
#define NT_X86_XSTATE 0x202
#endif

/* XSAVE areas with AMX tiles have 11 KB. */
enum { MIN_VECTOR_STATE = 832, MAX_VECTOR_STATE = 65536 };

/* What the kernel gives of each thread: leaf 13 tells what is in use. */
static size_t vector_state_size(void)
{
	unsigned size = 0, max_size, features, more;

	__get_cpuid_count(13, 0, &features, &size, &max_size, &more);
	if (size < MIN_VECTOR_STATE)
		return MIN_VECTOR_STATE;
	return size < MAX_VECTOR_STATE ? size : MAX_VECTOR_STATE;
}

struct cw_thread_room cw_thread_room_make(struct cw_target *target, size_t num)
{
	struct cw_thread_room room = {
		.num_free = num,
		.state_size = (vector_state_size() + 63) & ~(size_t)63,
	};

	cw_array_reserve(&target->threads, target->threads.num + num);
	room.states = cw_arena_alloc(&target->arena, num * room.state_size);
	/* Touched now, not while they stand still. */
	memset(room.states, 0, num * room.state_size);
	return room;
}

static void vector_state_read(struct cw_target *target,
			      struct cw_thread *thread,
			      struct cw_thread_room *room)
{
	unsigned char *state = room->states;

	if (room->num_free == 0)
		state = cw_arena_alloc(&target->arena, room->state_size);
	struct iovec iov = {state, room->state_size};
	if (ptrace(PTRACE_GETREGSET, thread->tid, (void *)NT_X86_XSTATE,
		   &iov) != 0) {
		iov.iov_len = room->state_size;
		if (ptrace(PTRACE_GETREGSET, thread->tid, (void *)NT_FPREGSET,
			   &iov) != 0)
			return;
	}
	if (room->num_free > 0) {
		room->num_free--;
		room->states += room->state_size;
	}
	thread->vector_state = state;
	thread->vector_state_size = iov.iov_len;
}

/* Signals that end a process where they hit; others are the debugger's. */
static void signal_read(struct cw_target *target, struct cw_thread *thread)
{
	siginfo_t info;

	if (ptrace(PTRACE_GETSIGINFO, thread->tid, NULL, &info) != 0)
		return;
	switch (info.si_signo) {
	case SIGSEGV:
	case SIGBUS:
	case SIGILL:
	case SIGFPE:
		if (info.si_code > 0)
			target->fault_address = (uintptr_t)info.si_addr;
		/* fallthrough */
	case SIGABRT:
		thread->signal = info.si_signo;
		target->signal = info.si_signo;
	}
}

static struct cw_error *thread_read(struct cw_target *target, uint32_t tid,
				    struct cw_thread_room *room)
{
	struct cw_thread thread = {
		.number = target->threads.num + 1,
		.tid = tid,
	};
	struct iovec iov = {thread.regs, sizeof(thread.regs)};

	if (ptrace(PTRACE_GETREGSET, tid, (void *)NT_PRSTATUS, &iov) != 0)
		return cw_error_errno(CW_ERROR_TARGET, errno,
				      "cannot read the registers of thread %u",
				      tid);
	if (iov.iov_len != sizeof(thread.regs))
		return cw_error_new(CW_ERROR_TARGET,
				    "thread %u is not a 64-bit one", tid);
	vector_state_read(target, &thread, room);
	signal_read(target, &thread);
	*cw_array_push(&target->threads) = thread;
	return NULL;
}

/* The registers that the kernel shows of a thread that waits in it. */
static bool waiting_thread_read(struct cw_target *target, uint32_t tid)
{
	struct cw_thread thread = {
		.number = target->threads.num + 1,
		.tid = tid,
	};
	char path[64], text[512];
	long call;
	uint64_t *regs = thread.regs;

	snprintf(path, sizeof(path), "/proc/%u/task/%u/syscall", target->pid,
		 tid);
	if (!cw_proc_file_read(path, text, sizeof(text)) ||
	    sscanf(text, "%ld %lx %lx %lx %lx %lx %lx %lx %lx", &call,
		   &regs[CW_REG_RDI], &regs[CW_REG_RSI], &regs[CW_REG_RDX],
		   &regs[CW_REG_R10], &regs[CW_REG_R8], &regs[CW_REG_R9],
		   &regs[CW_REG_RSP], &regs[CW_REG_RIP]) != 9)
		return false;
	regs[CW_REG_ORIG_RAX] = call;
	/* As while it has no outcome. */
	regs[CW_REG_RAX] = -ENOSYS;
	*cw_array_push(&target->threads) = thread;
	return true;
}

struct cw_error *cw_process_threads_read(struct cw_target *target, size_t num,
					 const uint32_t *tids,
					 struct cw_thread_room *room)
{
	for (size_t i = 0; i < num; i++) {
		cw_cleanup_error struct cw_error *err =
			thread_read(target, tids[i], room);
		if (!err)
			continue;
		char state = cw_proc_thread_state(target->pid, tids[i]);
		bool is_last = target->threads.num == 0 && i + 1 == num;
		if (is_last && state != 'D')
			return cw_take(err);
		/* What has ended has neither registers nor a stack. */
		target->num_moving_threads +=
			state != 0 && !strchr("ZX", state);
		bool is_known = waiting_thread_read(target, tids[i]);
		if (is_last && !is_known)
			return cw_take(err);
		const char *clause =
			is_known
				? cw_arena_format(
					  &target->arena,
					  "thread %u %s; most of its registers "
					  "are not known",
					  tids[i],
					  state == 'D'
						  ? "cannot be stopped: it is "
						    "deep in the kernel"
						  : "is not stopped")
				: cw_arena_strdup(&target->arena,
						  cw_error_message(err));
		*cw_array_push(&target->warnings) = clause;
	}
	return NULL;
}

static const char *name_read(struct cw_target *target, uint32_t tid)
{
	char path[64], name[64];

	snprintf(path, sizeof(path), "/proc/%u/task/%u/comm", target->pid, tid);
	if (!cw_proc_file_read(path, name, sizeof(name)))
		return NULL;
	name[strcspn(name, "\n")] = '\0';
	return cw_arena_strdup(&target->arena, name);
}

void cw_process_thread_names_read(struct cw_target *target)
{
	bool has_own_numbers = cw_proc_own_number(target->pid) != target->pid;

	cw_array_foreach(thread, &target->threads)
	{
		thread->name = name_read(target, thread->tid);
		thread->own_tid = has_own_numbers
					  ? cw_proc_own_number(thread->tid)
					  : thread->tid;
	}
}

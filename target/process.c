#include <dirent.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/memory.h"
#include "target/module_find.h"
#include "target/process_memory.h"
#include "target/target_private.h"

#ifndef NT_X86_XSTATE
#define NT_X86_XSTATE 0x202
#endif

/* XSAVE areas with AMX tiles have 11 KB. */
#define MAX_VECTOR_STATE 65536

struct tids {
	CW_ARRAY(uint32_t) list;
};

static int tid_compare(const void *left, const void *right)
{
	uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;

	return (a > b) - (a < b);
}

static struct cw_error *tids_read(uint32_t pid, struct tids *tids)
{
	cw_cleanup_free char *path = cw_format("/proc/%u/task", pid);
	DIR *dir = opendir(path);

	if (!dir)
		return cw_error_errno(CW_ERROR_TARGET, errno,
				      "cannot open process %u", pid);
	for (struct dirent *entry; (entry = readdir(dir));) {
		uint32_t tid = strtoul(entry->d_name, NULL, 10);
		if (tid != 0)
			*cw_array_push(&tids->list) = tid;
	}
	closedir(dir);
	if (tids->list.num > 0)
		qsort(tids->list.items, tids->list.num, sizeof(uint32_t),
		      tid_compare);
	return NULL;
}

/* A file of /proc: its size is not known before. */
static char *small_file_read(const char *path, size_t *ret_size)
{
	enum { MAX_SIZE = 65536 };
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return NULL;
	char *text = cw_alloc(MAX_SIZE + 1);
	size_t size = 0;
	ssize_t num;
	while (size < MAX_SIZE &&
	       (num = read(fd, text + size, MAX_SIZE - size)) > 0)
		size += num;
	close(fd);
	*ret_size = size;
	return text;
}

static const char *name_read(struct cw_target *target, uint32_t tid)
{
	cw_cleanup_free char *path =
		cw_format("/proc/%u/task/%u/comm", target->pid, tid);
	size_t size;
	cw_cleanup_free char *name = small_file_read(path, &size);

	if (!name)
		return NULL;
	name[strcspn(name, "\n")] = '\0';
	return cw_arena_strdup(&target->arena, name);
}

static void vector_state_read(struct cw_target *target,
			      struct cw_thread *thread)
{
	cw_cleanup_free unsigned char *state = cw_alloc(MAX_VECTOR_STATE);
	struct iovec iov = {state, MAX_VECTOR_STATE};

	if (ptrace(PTRACE_GETREGSET, thread->tid, (void *)NT_X86_XSTATE,
		   &iov) != 0) {
		iov.iov_len = MAX_VECTOR_STATE;
		if (ptrace(PTRACE_GETREGSET, thread->tid, (void *)NT_FPREGSET,
			   &iov) != 0)
			return;
	}
	unsigned char *copy = cw_arena_alloc(&target->arena, iov.iov_len);
	memcpy(copy, state, iov.iov_len);
	thread->vector_state = copy;
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

static struct cw_error *thread_read(struct cw_target *target, uint32_t tid)
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
	thread.name = name_read(target, tid);
	vector_state_read(target, &thread);
	signal_read(target, &thread);
	*cw_array_push(&target->threads) = thread;
	return NULL;
}

/* The main thread has the lowest number unless numbers wrapped around. */
static struct cw_error *threads_read(struct cw_target *target,
				     const struct tids *tids)
{
	struct cw_error *err = thread_read(target, target->pid);

	if (err)
		return err;
	cw_array_foreach(tid, &tids->list)
	{
		if (*tid == target->pid)
			continue;
		cw_cleanup_error struct cw_error *lost =
			thread_read(target, *tid);
		if (lost)
			*cw_array_push(&target->warnings) = cw_arena_strdup(
				&target->arena, cw_error_message(lost));
	}
	return NULL;
}

static void auxv_read(struct cw_target *target)
{
	cw_cleanup_free char *path = cw_format("/proc/%u/auxv", target->pid);
	size_t size;
	cw_cleanup_free char *bytes = small_file_read(path, &size);

	for (size_t at = 0; bytes && size - at >= 16; at += 16) {
		struct cw_auxv entry;
		memcpy(&entry, bytes + at, sizeof(entry));
		if (entry.type == AT_NULL)
			break;
		*cw_array_push(&target->auxv) = entry;
	}
}

/* A process that sees other files than we do: name them by its root. */
static void root_set(struct cw_target *target)
{
	char ours[64], theirs[64];
	cw_cleanup_free char *path = cw_format("/proc/%u/ns/mnt", target->pid);
	ssize_t ours_size = readlink("/proc/self/ns/mnt", ours, sizeof(ours));
	ssize_t size = readlink(path, theirs, sizeof(theirs));

	if (target->options.sysroot || ours_size < 0 || size < 0 ||
	    (size == ours_size && memcmp(ours, theirs, size) == 0))
		return;
	target->options.sysroot =
		cw_arena_format(&target->arena, "/proc/%u/root", target->pid);
}

static struct cw_error *process_read(struct cw_target *target)
{
	struct cw_mappings mappings = {0};
	struct tids tids = {0};

	struct cw_error *err = tids_read(target->pid, &tids);
	if (!err)
		err = threads_read(target, &tids);
	cw_array_deinit(&tids.list);
	if (err)
		return err;

	auxv_read(target);
	root_set(target);
	err = cw_process_memory_read(target, &mappings);
	if (!err && target->segments.num == 0)
		err = cw_error_new(CW_ERROR_TARGET, "process %u has no memory",
				   target->pid);
	if (!err) {
		cw_mappings_sort(&mappings);
		err = cw_modules_find(target, &mappings);
	}
	cw_mappings_deinit(&mappings);
	return err;
}

struct cw_error *cw_target_open_stopped(uint32_t pid,
					const struct cw_target_options *options,
					struct cw_target **ret)
{
	char path[32];

	snprintf(path, sizeof(path), "pid %u", pid);
	struct cw_target *target =
		cw_target_create(CW_TARGET_PROCESS, path, options);
	target->pid = pid;
	struct cw_error *err = process_read(target);
	if (err) {
		cw_target_close(target);
		return err;
	}
	*ret = target;
	return NULL;
}

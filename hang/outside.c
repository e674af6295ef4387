#include "hang/outside.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>

#include "target/proc_file.h"

/* How far back a process that made this one by fork() is looked for. */
enum { MOST_PARENTS = 16 };

static bool is_running(uint32_t tid)
{
	return kill(tid, 0) == 0 || errno == EPERM;
}

/* Segments of a process tell it; those of a core not all. */
static bool is_shared_memory(const struct cw_target *target, cw_addr lock,
			     bool is_shared)
{
	const struct cw_segment *segment = cw_target_segment(target, lock);

	if (segment && segment->flags & CW_SEGMENT_SHARED)
		return true;
	return is_shared && target->kind == CW_TARGET_CORE;
}

static bool is_parent(uint32_t pid, uint32_t child)
{
	for (unsigned i = 0; i < MOST_PARENTS && child > 1; i++) {
		child = cw_proc_status_number(child, "PPid:");
		if (child == pid)
			return true;
	}
	return false;
}

static void find_process(uint32_t pid, struct cw_outside *ret)
{
	char path[32];

	ret->pid = pid;
	snprintf(path, sizeof(path), "/proc/%u/comm", pid);
	if (cw_proc_file_read(path, ret->name, sizeof(ret->name)))
		ret->name[strcspn(ret->name, "\n")] = '\0';
}

void cw_outside_find(const struct cw_target *target, cw_addr lock, uint32_t tid,
		     bool is_shared, bool is_renumbered, struct cw_outside *ret)
{
	bool is_there = target->kind == CW_TARGET_PROCESS && !is_renumbered &&
			is_running(tid);
	uint32_t pid = is_there ? cw_proc_status_number(tid, "Tgid:") : 0;

	*ret = (struct cw_outside){.kind = CW_OUTSIDE_ENDED};
	if (is_shared_memory(target, lock, is_shared)) {
		if (is_there || target->kind != CW_TARGET_PROCESS ||
		    is_renumbered)
			ret->kind = CW_OUTSIDE_PROCESS;
	} else if (pid && is_parent(pid, target->pid)) {
		ret->kind = CW_OUTSIDE_LEFT;
	} else {
		return;
	}
	if (pid)
		find_process(pid, ret);
}

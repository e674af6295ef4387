#include "target/refusal.h"

#include <errno.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "target/proc_file.h"

static bool is_privileged(void)
{
	char text[8192];

	if (!cw_proc_file_read("/proc/self/status", text, sizeof(text)))
		return false;
	const char *line = strstr(text, "\nCapEff:");
	return line && strtoull(line + 8, NULL, 16) >> CAP_SYS_PTRACE & 1;
}

struct cw_refusal cw_refusal_find(uint32_t pid)
{
	struct cw_refusal refusal = {
		.pid = pid,
		.tracer = cw_proc_status_number(pid, "TracerPid:"),
		.user = cw_proc_status_number(pid, "Uid:"),
		.our_user = geteuid(),
		.has_privilege = is_privileged(),
	};
	char path[32], text[16];

	snprintf(path, sizeof(path), "/proc/%u/comm", refusal.tracer);
	if (refusal.tracer && cw_proc_file_read(path, refusal.tracer_name,
						sizeof(refusal.tracer_name)))
		refusal.tracer_name[strcspn(refusal.tracer_name, "\n")] = '\0';
	if (cw_proc_file_read("/proc/sys/kernel/yama/ptrace_scope", text,
			      sizeof(text)))
		refusal.yama_scope = atoi(text);
	return refusal;
}

/* What keeps us from it, and what would help; malloc'ed. */
static char *reason_of(const struct cw_refusal *refusal)
{
	static const char *const ways[] = {
		[1] = "be root, or write 0 there",
		[2] = "be root",
		[3] = "nobody may until the next boot",
	};
	int scope = refusal->yama_scope;

	if (scope < 3 && refusal->has_privilege)
		return cw_strdup("it is in another namespace of users, or a "
				 "security module forbids it");
	if (scope < 3 && refusal->our_user == 0)
		return cw_strdup("CAP_SYS_PTRACE is missing, as it is in many "
				 "containers");
	if (scope < 3 && refusal->user != refusal->our_user)
		return cw_format("it is that of user %u: be that one, or root",
				 refusal->user);
	if (scope > 0)
		return cw_format("/proc/sys/kernel/yama/ptrace_scope is %d: %s",
				 scope, ways[scope < 3 ? scope : 3]);
	return cw_strdup("it is protected, as after a change of its user: be "
			 "root");
}

struct cw_error *cw_refusal_error(const struct cw_refusal *refusal, int errnum)
{
	if (refusal->tracer)
		return cw_error_new(CW_ERROR_TARGET,
				    "cannot stop process %u: process %u (%s) "
				    "is tracing it already",
				    refusal->pid, refusal->tracer,
				    refusal->tracer_name);
	if (errnum != EPERM)
		return cw_error_errno(CW_ERROR_TARGET, errnum,
				      "cannot stop process %u", refusal->pid);
	cw_cleanup_free char *reason = reason_of(refusal);
	return cw_error_new(CW_ERROR_TARGET,
			    "cannot stop process %u: not permitted; %s",
			    refusal->pid, reason);
}

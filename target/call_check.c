#include "target/call_check.h"

#include <errno.h>
#include <linux/audit.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/memory.h"
#include "target/proc_file.h"
#include "target/thread.h"

/* linux/ptrace.h is at odds with <sys/ptrace.h>. */
static const enum __ptrace_request get_filter = 0x420c;
static const enum __ptrace_request get_dispatch = 0x4211; /* Linux 6.4 */

struct dispatch {
	uint64_t mode, selector, offset, length;
};

static const char *call_name(uint32_t number)
{
	static const struct {
		uint32_t number;
		const char *name;
	} rows[] = {
		{SYS_clone, "clone"},
		{SYS_exit, "exit"},
		{SYS_wait4, "wait4"},
		{SYS_rt_sigprocmask, "rt_sigprocmask"},
		{SYS_restart_syscall, "restart_syscall"},
	};

	for (size_t i = 0; i < cw_num_elements(rows); i++)
		if (rows[i].number == number)
			return rows[i].name;
	return "the call that it waits in";
}

/* NULL: the call passes. */
static const char *verb_of(uint32_t answer)
{
	switch (answer & SECCOMP_RET_ACTION_FULL) {
	case SECCOMP_RET_ALLOW:
	case SECCOMP_RET_LOG:
		return NULL;
	case SECCOMP_RET_TRAP:
	case SECCOMP_RET_ERRNO:
		return "refuses";
	case SECCOMP_RET_USER_NOTIF:
	case SECCOMP_RET_TRACE:
		return "lets others judge";
	}
	return "kills it for";
}

static struct cw_error *filter_check(const struct sock_filter *code, size_t num,
				     const struct cw_filtered_call *call)
{
	const char *name = call_name(call->data.nr);
	uint32_t answer;

	if (!cw_call_filter_run(code, num, call, &answer))
		return cw_error_new(CW_ERROR_TARGET,
				    "its filter of system calls looks at what "
				    "is not known yet of %s",
				    name);
	const char *verb = verb_of(answer);
	return verb ? cw_error_new(CW_ERROR_TARGET,
				   "its filter of system calls %s %s", verb,
				   name)
		    : NULL;
}

static struct cw_error *unreadable(int errnum)
{
	static const char what[] = "its filter of system calls cannot be read";

	if (errnum == EACCES)
		return cw_error_new(CW_ERROR_TARGET,
				    "%s without CAP_SYS_ADMIN or from within "
				    "such a filter",
				    what);
	return cw_error_errno(CW_ERROR_TARGET, errnum, "%s", what);
}

/* All filters must let it pass: which is asked first makes no difference. */
static struct cw_error *filters_check(uint32_t tid,
				      const struct cw_filtered_call *calls,
				      size_t num_calls)
{
	/* All together have at most 32768 instructions, and 4 for each. */
	enum { MAX_FILTERS = 8192 };
	cw_cleanup_free struct sock_filter *code =
		cw_alloc(BPF_MAXINSNS * sizeof(*code));

	for (uintptr_t index = 0; index < MAX_FILTERS; index++) {
		long num = ptrace(get_filter, tid, index, code);
		if (num < 0 && errno == ENOENT && index > 0)
			return NULL;
		if (num < 0)
			return unreadable(errno);
		struct cw_error *err = NULL;
		for (size_t i = 0; !err && i < num_calls; i++)
			err = filter_check(code, num, &calls[i]);
		if (err)
			return err;
	}
	return unreadable(E2BIG);
}

struct cw_error *
cw_calls_check(uint32_t tid, const struct cw_filtered_call *calls, size_t num)
{
	struct dispatch dispatch = {0};

	if (ptrace(get_dispatch, tid, sizeof(dispatch), &dispatch) == 0 &&
	    dispatch.mode != 0)
		return cw_error_new(CW_ERROR_TARGET,
				    "it has system calls given to itself");
	switch (cw_proc_status_number(tid, "Seccomp:")) {
	case SECCOMP_MODE_DISABLED:
		return NULL;
	case SECCOMP_MODE_FILTER:
		return filters_check(tid, calls, num);
	}
	return cw_error_new(CW_ERROR_TARGET, "it may only read and write");
}

struct cw_filtered_call cw_call_again(const uint64_t *regs, uint32_t number)
{
	return (struct cw_filtered_call){
		.data = {.nr = number,
			 .arch = AUDIT_ARCH_X86_64,
			 .instruction_pointer = regs[CW_REG_RIP],
			 .args = {regs[CW_REG_RDI], regs[CW_REG_RSI],
				  regs[CW_REG_RDX], regs[CW_REG_R10],
				  regs[CW_REG_R8], regs[CW_REG_R9]}},
	};
}

bool cw_call_is_refused(uint32_t tid, const struct cw_filtered_call *call)
{
	/* Most have none: this is all that is asked of them. */
	if (ptrace(get_filter, tid, 0, NULL) < 0)
		return false;
	cw_cleanup_error struct cw_error *err = filters_check(tid, call, 1);
	return err;
}

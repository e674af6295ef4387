/* What keeps us from a process is told with what would help. */
#include <errno.h>

#include "base/memory.h"
#include "target/refusal.h"
#include "tests/unit/check.h"

int main(void)
{
	static const struct {
		struct cw_refusal refusal;
		const char *reason;
	} rows[] = {
		{{.our_user = 0, .user = 7},
		 "CAP_SYS_PTRACE is missing, as it is in many containers"},
		{{.our_user = 0, .has_privilege = true},
		 "it is in another namespace of users, or a security module "
		 "forbids it"},
		{{.our_user = 8, .user = 7},
		 "it is that of user 7: be that one, or root"},
		{{.our_user = 8, .user = 8},
		 "it is protected, as after a change of its user: be root"},
		{{.our_user = 8, .user = 8, .yama_scope = 1},
		 "/proc/sys/kernel/yama/ptrace_scope is 1: be root, or write 0 "
		 "there"},
		{{.our_user = 8, .user = 8, .yama_scope = 2},
		 "/proc/sys/kernel/yama/ptrace_scope is 2: be root"},
		{{.our_user = 8, .user = 7, .yama_scope = 1},
		 "it is that of user 7: be that one, or root"},
		{{.our_user = 0, .has_privilege = true, .yama_scope = 3},
		 "/proc/sys/kernel/yama/ptrace_scope is 3: nobody may until "
		 "the next boot"},
	};

	for (size_t i = 0; i < cw_num_elements(rows); i++) {
		cw_cleanup_error struct cw_error *err =
			cw_refusal_error(&rows[i].refusal, EPERM);
		cw_cleanup_free char *wanted =
			cw_format("cannot stop process 0: not permitted; %s",
				  rows[i].reason);
		check_text(wanted, cw_error_message(err));
	}
	const struct cw_refusal traced = {
		.pid = 5, .tracer = 9, .tracer_name = "gdb"};
	cw_cleanup_error struct cw_error *err =
		cw_refusal_error(&traced, EPERM);
	check_text("cannot stop process 5: process 9 (gdb) is tracing it "
		   "already",
		   cw_error_message(err));
	return 0;
}

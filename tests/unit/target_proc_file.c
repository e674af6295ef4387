/* What /proc tells of a process whose name looks like what comes after it. */
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "target/proc_file.h"
#include "tests/unit/check.h"

static uint64_t ticks_now(void)
{
	struct timespec now;
	uint64_t per_second = sysconf(_SC_CLK_TCK);

	clock_gettime(CLOCK_BOOTTIME, &now);
	return now.tv_sec * per_second +
	       now.tv_nsec * per_second / UINT64_C(1000000000);
}

int main(void)
{
	uint64_t before = ticks_now();
	pid_t pid = fork();

	if (pid == 0) {
		prctl(PR_SET_NAME, "a) Z 1 (2 b");
		setpgid(0, 0);
		raise(SIGSTOP);
		_exit(0);
	}
	waitpid(pid, NULL, WUNTRACED);

	struct cw_proc_stat stat, thread;
	check(cw_proc_stat_read(pid, 0, &stat));
	check_text("a) Z 1 (2 b", stat.name);
	check_same('T', stat.state);
	check_same(getpid(), stat.parent);
	check_same(pid, stat.group);
	check(stat.started_at >= before && stat.started_at <= ticks_now());

	check(cw_proc_stat_read(pid, pid, &thread));
	check_text(stat.name, thread.name);
	check_same(stat.started_at, thread.started_at);
	check_same('T', cw_proc_thread_state(pid, pid));

	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	check(!cw_proc_stat_read(pid, 0, &stat));
	check_same(0, cw_proc_thread_state(pid, pid));
	return 0;
}

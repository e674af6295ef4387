/* A process that computes has our real-time priority for a while. */
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "target/proc_file.h"
#include "target/urge.h"
#include "tests/unit/check.h"

enum { SKIP = 77, LENT = -2 };

/* proc_pid_stat(5): that of real-time priority 1 is -2. */
static int priority_of(pid_t pid)
{
	char path[32], text[512];
	int priority;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	check(cw_proc_file_read(path, text, sizeof(text)));
	check(sscanf(strrchr(text, ')'),
		     ") %*c %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s "
		     "%*s %*s %d",
		     &priority) == 1);
	return priority;
}

/* Whether it becomes that within a second. */
static bool becomes(pid_t pid, int priority)
{
	for (int i = 0; i < 1000; i++) {
		if (priority_of(pid) == priority)
			return true;
		usleep(1000);
	}
	return false;
}

int main(void)
{
	const struct sched_param first = {.sched_priority = 1}, none = {0};

	if (sched_setscheduler(0, SCHED_FIFO, &first) != 0) {
		printf("skip: real-time priority\n");
		return SKIP;
	}
	sched_setscheduler(0, SCHED_OTHER, &none);
	pid_t pid = fork();
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (volatile long num = 0;; num++)
			continue;
	}
	struct cw_urge *urge = cw_urge_begin();
	check(urge);
	int own = priority_of(pid);
	check(own != LENT);
	cw_urge_set(urge, pid);
	check(becomes(pid, LENT));
	cw_urge_set(urge, 0);
	check(becomes(pid, own));
	cw_urge_set(urge, pid);
	check(becomes(pid, LENT));
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0); /* the end of whom is waited behind */
	cw_urge_end(urge);
	cw_urge_set(NULL, 1);
	cw_urge_end(NULL);
	return 0;
}

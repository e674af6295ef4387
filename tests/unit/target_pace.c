/* A thread that computes, one that sleeps over and over, and one that waits. */
#include <pthread.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "target/pace.h"
#include "tests/unit/check.h"

static volatile pid_t tids[2];

static void *compute(void *argument)
{
	tids[0] = syscall(SYS_gettid);
	for (volatile long num = 0;; num++)
		continue;
	return argument;
}

static void *sleep_often(void *argument)
{
	tids[1] = syscall(SYS_gettid);
	for (;;)
		usleep(1000);
	return argument;
}

int main(void)
{
	struct cw_paces paces;
	pthread_t thread;
	int fds[2];

	check(pipe(fds) == 0);
	pid_t pid = fork();
	if (pid == 0) {
		pthread_create(&thread, NULL, compute, NULL);
		pthread_create(&thread, NULL, sleep_often, NULL);
		while (!tids[0] || !tids[1])
			usleep(1000);
		if (write(fds[1], (void *)tids, sizeof(tids)) < 0)
			_exit(1);
		for (;;)
			pause();
	}
	check(read(fds[0], (void *)tids, sizeof(tids)) == sizeof(tids));
	check_ok(cw_paces_take(pid, 300000000, &paces));
	check_same(3, paces.list.num);
	check(paces.interval >= 300000000);
	const struct cw_pace *busy = cw_paces_find(&paces, tids[0]);
	const struct cw_pace *often = cw_paces_find(&paces, tids[1]);
	const struct cw_pace *waiting = cw_paces_find(&paces, pid);
	/* On a loaded machine it is ready to run for most of the time. */
	check(busy->ran + busy->waited > 100000000);
	check(often->ran > 0 && often->ran < 200000000);
	/* It may be on its way to pause() when first looked at. */
	check(waiting->ran < 1000000);
	check(!cw_paces_find(&paces, 1));
	cw_paces_deinit(&paces);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	return 0;
}

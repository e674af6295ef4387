/*
 * Preloaded: kills its process before call number KILL_AT of ptrace(), or
 * KILL_AFTER microseconds after it began.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

long ptrace(int request, int pid, void *address, void *data);

long ptrace(int request, int pid, void *address, void *data)
{
	static long num;
	const char *kill_at = getenv("KILL_AT");

	if (kill_at && ++num == atol(kill_at))
		kill(getpid(), SIGKILL);
	return syscall(SYS_ptrace, request, pid, address, data);
}

static void *kill_later(void *microseconds)
{
	usleep(atol(microseconds));
	kill(getpid(), SIGKILL);
	return NULL;
}

__attribute__((constructor)) static void begin(void)
{
	char *kill_after = getenv("KILL_AFTER");
	pthread_t thread;

	if (kill_after)
		pthread_create(&thread, NULL, kill_later, kill_after);
}

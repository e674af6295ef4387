/*
 * odd MODE LOG: a process that is awkward to copy.  LOG gets "ready", and a
 * line for whatever goes wrong; "moves" grows as it runs on.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../programs/log.h"

static void *start(void *(*run)(void *))
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, run, NULL) != 0)
		_exit(3);
	return NULL;
}

/* A fork() would wait for somebody to read of it. */
static void faulting(void)
{
	struct uffdio_api api = {
		.api = UFFD_API,
		.features = UFFD_FEATURE_EVENT_FORK,
	};
	int fd = syscall(SYS_userfaultfd, O_CLOEXEC);

	if (fd < 0 || ioctl(fd, UFFDIO_API, &api) != 0)
		say("absent");
}

static void *wait_in_vfork(void *argument)
{
	pid_t pid = vfork();

	if (pid == 0) {
		struct timespec time = {.tv_sec = 2};
		syscall(SYS_nanosleep, &time, NULL);
		_exit(0);
	}
	waitpid(pid, NULL, 0);
	say("back");
	return argument;
}

static void *nothing(void *argument)
{
	return argument;
}

static void *create_threads(void *argument)
{
	for (;;) {
		pthread_t thread;
		if (pthread_create(&thread, NULL, nothing, NULL) == 0)
			pthread_join(thread, NULL);
		else
			say("no thread");
	}
	return argument;
}

/* Signals that queue: none may be lost. */
static volatile sig_atomic_t num_received;

static void receive(int number)
{
	num_received++;
}

static void *send_signals(void *argument)
{
	for (int num_sent = 0;;) {
		union sigval value = {0};
		if (sigqueue(getpid(), SIGRTMIN + 3, value) == 0)
			num_sent++;
		if (num_sent % 1000)
			continue;
		for (int i = 0; num_received != num_sent; i++) {
			usleep(1000);
			if (i == 30000) {
				say("lost signals");
				return argument;
			}
		}
		usleep(1000);
	}
}

static void storming(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGRTMIN + 4);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	for (int i = 0; i < 100; i++)
		sigqueue(getpid(), SIGRTMIN + 4, (union sigval){0});
	signal(SIGRTMIN + 3, receive);
	start(send_signals);
}

/* Too much for somebody with a memory limit. */
static void large(void)
{
	if (mmap(NULL, 64 << 20, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1,
		 0) == MAP_FAILED)
		_exit(3);
}

/* linux/sched/types.h is at odds with <sched.h>. */
struct deadline {
	uint32_t size, policy;
	uint64_t flags;
	int32_t nice;
	uint32_t priority;
	uint64_t runtime, deadline, period;
};

static void punctual(void)
{
	struct deadline deadline = {
		.size = sizeof(deadline),
		.policy = 6,
		.runtime = 2000000,
		.deadline = 50000000,
		.period = 50000000,
	};

	if (syscall(SYS_sched_setattr, 0, &deadline, 0) != 0)
		say("absent");
}

/* What is kept from clones alone leads to a block. */
static void kept(void)
{
	void **list = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	list[100] = malloc(5000);
	memset(list[100], 1, 5000);
	if (madvise(list, 1 << 20, MADV_DONTFORK) != 0)
		say("absent");
}

static volatile sig_atomic_t num_told;

static void be_told(int number)
{
	num_told++;
}

static void *adopt(void *argument)
{
	for (;;) {
		while (waitpid(-1, NULL, 0) > 0) {
		}
		usleep(1000);
	}
	return argument;
}

static void *move_on(void *argument)
{
	for (long num = 0;; num++) {
		usleep(5000);
		if (num % 20 == 0)
			say("moves");
	}
	return argument;
}

int main(int argc, char **argv)
{
	const char *mode = argv[1];

	if (argc != 3)
		return 2;
	log_path = argv[2];
	if (strcmp(mode, "exec") == 0 && !getenv("AGAIN"))
		setenv("AGAIN", "", 1);
	else
		say("ready");
	if (strcmp(mode, "faulting") == 0)
		faulting();
	else if (strcmp(mode, "vfork") == 0)
		start(wait_in_vfork);
	else if (strcmp(mode, "threads") == 0)
		start(create_threads);
	else if (strcmp(mode, "storming") == 0)
		storming();
	else if (strcmp(mode, "undumpable") == 0)
		prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	else if (strcmp(mode, "punctual") == 0)
		punctual();
	else if (strcmp(mode, "kept") == 0)
		kept();
	else if (strcmp(mode, "large") == 0)
		large();
	else if (strcmp(mode, "adopts") == 0) {
		prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
		start(adopt);
	}
	if (strcmp(mode, "first") == 0)
		signal(SIGCHLD, be_told);
	say("set up");
	if (strcmp(mode, "headless") == 0) {
		start(move_on);
		pthread_exit(NULL);
	}
	for (long num = 0;; num++) {
		usleep(5000);
		if (num % 20 == 0)
			say("moves");
		if (num_told > 0)
			say("told of a child");
		if (strcmp(mode, "exec") == 0 && num == 3)
			execv("/proc/self/exe", argv);
	}
}

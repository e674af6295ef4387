/*
 * Threads that wait for all there is to wait for.  Each writes a line before
 * it does: its TID, what for, the object, and the TID of who owns it or 0.
 *
 *	hang REPORT all|healthy|threads NUM|rings NUM
 */
#define _GNU_SOURCE
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "waiting.h"

/* Rings: each locks its own, waits for all, then wants the next one's. */
struct ring {
	pthread_mutex_t locks[3];
	pthread_barrier_t begun;
	pid_t tids[3];
	int num;
};

struct place {
	struct ring *ring;
	int number;
};

static struct ring g_three = {.num = 3}, g_two = {.num = 2};
static struct ring g_many[1000];
static struct place g_places[5], g_many_places[1000][2];

static void *run_ring(void *argument)
{
	struct place *place = argument;
	struct ring *ring = place->ring;
	int next = (place->number + 1) % ring->num;

	pthread_mutex_lock(&ring->locks[place->number]);
	ring->tids[place->number] = gettid();
	pthread_barrier_wait(&ring->begun);
	say("mutex", &ring->locks[next], ring->tids[next]);
	pthread_mutex_lock(&ring->locks[next]);
	return NULL;
}

static void begin_ring(struct ring *ring, struct place *places)
{
	pthread_barrier_init(&ring->begun, NULL, ring->num);
	for (int i = 0; i < ring->num; i++) {
		pthread_mutex_init(&ring->locks[i], NULL);
		places[i] = (struct place){ring, i};
		begin("ring", run_ring, &places[i]);
	}
}

static void begin_rings(int num)
{
	for (int i = 0; i < num && i < 1000; i++) {
		g_many[i].num = 2;
		begin_ring(&g_many[i], g_many_places[i]);
	}
}

static pthread_mutex_t g_orphan = PTHREAD_MUTEX_INITIALIZER;
static long g_orphaned_by;

static void *run_leaver(void *argument)
{
	pthread_mutex_lock(&g_orphan);
	g_orphaned_by = gettid();
	return NULL;
}

static void *run_orphan(void *argument)
{
	say("mutex", &g_orphan, g_orphaned_by);
	pthread_mutex_lock(&g_orphan);
	return NULL;
}

static pthread_mutex_t g_again = PTHREAD_MUTEX_INITIALIZER;

static void *run_again(void *argument)
{
	pthread_mutex_lock(&g_again);
	say("mutex", &g_again, gettid());
	pthread_mutex_lock(&g_again);
	return NULL;
}

/* What one sleeping thread holds, and others want. */
static struct {
	pthread_mutex_t recursive, checked, robust, inheriting;
	pthread_rwlock_t written, read;
	pid_t owner;
	pthread_barrier_t begun;
} g_held;

static void *run_holder(void *argument)
{
	g_held.owner = gettid();
	pthread_mutex_lock(&g_held.recursive);
	pthread_mutex_lock(&g_held.recursive);
	pthread_mutex_lock(&g_held.checked);
	pthread_mutex_lock(&g_held.robust);
	pthread_mutex_lock(&g_held.inheriting);
	pthread_rwlock_wrlock(&g_held.written);
	pthread_rwlock_rdlock(&g_held.read);
	pthread_barrier_wait(&g_held.begun);
	say("sleep", NULL, 0);
	for (;;)
		sleep(1000);
}

static void *run_mutex(void *argument)
{
	say("mutex", argument, g_held.owner);
	pthread_mutex_lock(argument);
	return NULL;
}

static void *run_reader(void *argument)
{
	say("rwlock-read", &g_held.written, g_held.owner);
	pthread_rwlock_rdlock(&g_held.written);
	return NULL;
}

static void *run_writer(void *argument)
{
	say("rwlock-write", argument,
	    argument == &g_held.written ? g_held.owner : 0);
	pthread_rwlock_wrlock(argument);
	return NULL;
}

static struct {
	pthread_mutex_t mutex;
	pthread_cond_t cond, timed;
	sem_t sem;
	pthread_barrier_t barrier;
} g_waited = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER,
	      PTHREAD_COND_INITIALIZER};

static void *run_cond(void *argument)
{
	pthread_mutex_lock(&g_waited.mutex);
	say("condition", &g_waited.cond, 0);
	for (;;)
		pthread_cond_wait(&g_waited.cond, &g_waited.mutex);
}

static void *run_timed_cond(void *argument)
{
	struct timespec end = {.tv_sec = 4000000000};

	pthread_mutex_lock(&g_waited.mutex);
	say("condition", &g_waited.timed, 0);
	for (;;)
		pthread_cond_timedwait(&g_waited.timed, &g_waited.mutex, &end);
}

static void *run_sem(void *argument)
{
	say("semaphore", &g_waited.sem, 0);
	while (sem_wait(&g_waited.sem) != 0)
		;
	return NULL;
}

static void *run_barrier(void *argument)
{
	say("barrier", &g_waited.barrier, 0);
	pthread_barrier_wait(&g_waited.barrier);
	return NULL;
}

static pthread_t g_joined;
static pid_t g_joined_tid;

static void *run_joined(void *argument)
{
	g_joined_tid = gettid();
	say("sigwait", NULL, 0);
	sigset_t set;
	int number;
	sigemptyset(&set);
	sigaddset(&set, SIGUSR2);
	for (;;)
		sigwait(&set, &number);
}

static void *run_join(void *argument)
{
	say("join", (char *)g_joined + 0x2d0, g_joined_tid);
	pthread_join(g_joined, NULL);
	return NULL;
}

static void *run_poll(void *argument)
{
	int fds[2];

	if (pipe(fds) != 0)
		abort();
	struct pollfd fd = {fds[0], POLLIN, 0};
	say("poll", NULL, 0);
	for (;;)
		poll(&fd, 1, -1);
}

static void *run_select(void *argument)
{
	int fds[2];
	fd_set set;

	if (pipe(fds) != 0)
		abort();
	say("select", NULL, 0);
	for (;;) {
		FD_ZERO(&set);
		FD_SET(fds[0], &set);
		select(fds[0] + 1, &set, NULL, NULL, NULL);
	}
}

static void *run_epoll(void *argument)
{
	struct epoll_event event;
	int fd = epoll_create1(0);

	say("epoll", NULL, 0);
	for (;;)
		epoll_wait(fd, &event, 1, -1);
}

static void *run_read(void *argument)
{
	int fds[2];
	char byte;

	if (pipe(fds) != 0)
		abort();
	say("read", NULL, 0);
	for (;;)
		if (read(fds[0], &byte, 1) == 1)
			abort();
}

static void *run_accept(void *argument)
{
	struct sockaddr_un name = {AF_UNIX, ""};
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	if (bind(fd, (void *)&name, sizeof(name.sun_family)) != 0 ||
	    listen(fd, 1) != 0)
		abort();
	say("accept", NULL, 0);
	for (;;)
		accept(fd, NULL, NULL);
}

static void *run_receive(void *argument)
{
	int fds[2];
	char byte;

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, fds) != 0)
		abort();
	say("receive", NULL, 0);
	for (;;)
		if (recv(fds[0], &byte, 1, 0) == 1)
			abort();
}

static void *run_child(void *argument)
{
	pid_t pid = fork();

	if (pid == 0) {
		close(1);
		close(2);
		for (;;)
			pause();
	}
	say("child", NULL, 0);
	for (;;)
		waitpid(pid, NULL, 0);
}

static void begin_held(void)
{
	make_mutex(&g_held.recursive, PTHREAD_MUTEX_RECURSIVE, 0, 0, 0);
	make_mutex(&g_held.checked, PTHREAD_MUTEX_ERRORCHECK, 0, 0, 0);
	make_mutex(&g_held.robust, PTHREAD_MUTEX_NORMAL, 1, 0, 0);
	make_mutex(&g_held.inheriting, PTHREAD_MUTEX_NORMAL, 0, 1, 0);
	pthread_rwlock_init(&g_held.written, NULL);
	pthread_rwlock_init(&g_held.read, NULL);
	pthread_barrier_init(&g_held.begun, NULL, 2);
	begin("holder", run_holder, NULL);
	pthread_barrier_wait(&g_held.begun);
	begin("recursive", run_mutex, &g_held.recursive);
	begin("checked", run_mutex, &g_held.checked);
	begin("robust", run_mutex, &g_held.robust);
	begin("inheriting", run_mutex, &g_held.inheriting);
	begin("reader", run_reader, NULL);
	begin("writer", run_writer, &g_held.read);
	begin("late writer", run_writer, &g_held.written);
}

static void begin_healthy(void)
{
	sem_init(&g_waited.sem, 0, 0);
	pthread_barrier_init(&g_waited.barrier, NULL, 3);
	static routine *const all[] = {
		run_cond,   run_cond,	 run_timed_cond, run_sem,
		run_poll,   run_select,	 run_epoll,	 run_read,
		run_accept, run_receive, run_child,	 run_barrier,
	};
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		begin("idle", all[i], NULL);
	g_joined = begin("joined", run_joined, NULL);
	while (!g_joined_tid)
		usleep(1000);
	begin("joiner", run_join, NULL);
}

int main(int argc, char **argv)
{
	sigset_t set;

	if (argc < 3)
		return 2;
	report = fopen(argv[1], "w");
	sigemptyset(&set);
	sigaddset(&set, SIGUSR2);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	if (strcmp(argv[2], "threads") == 0) {
		for (int i = 0; i < atoi(argv[3]); i++)
			begin("idle", i % 3 ? run_cond : run_sem, NULL);
	} else if (strcmp(argv[2], "rings") == 0) {
		begin_rings(atoi(argv[3]));
	} else {
		begin_healthy();
	}
	if (strcmp(argv[2], "all") == 0) {
		begin_ring(&g_three, g_places);
		begin_ring(&g_two, g_places + 3);
		pthread_join(begin("leaver", run_leaver, NULL), NULL);
		begin("orphan", run_orphan, NULL);
		begin("again", run_again, NULL);
		begin_held();
	}
	usleep(300000);
	say("pause", NULL, 0);
	fprintf(report, "ready\n");
	fclose(report);
	for (;;)
		pause();
}

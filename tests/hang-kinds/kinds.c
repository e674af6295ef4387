/*
 * Each kind of lock that a C program has, as a thread meets it that must wait.
 * Each thread writes a line before it does: its TID, what for, the object, and
 * the TID of who owns it or 0.
 *
 *	kinds REPORT threads|shared|gone|forked|once|loader|allocator|stdio
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/sem.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <threads.h>
#include <unistd.h>

#include "../programs/waiting.h"

static const struct timespec g_late = {.tv_sec = 4000000000};

static void rest(void)
{
	for (;;)
		sleep(1000);
}

static void make_rwlock(pthread_rwlock_t *lock, int kind, int shared)
{
	pthread_rwlockattr_t attr;

	pthread_rwlockattr_init(&attr);
	pthread_rwlockattr_setkind_np(&attr, kind);
	if (shared)
		pthread_rwlockattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);
	pthread_rwlock_init(lock, &attr);
}

/* What one sleeping thread holds, and others want. */
static struct {
	pthread_mutex_t adaptive, timed, both, timed_pi, monotonic;
	pthread_rwlock_t read, preferring, written;
	mtx_t plain;
	FILE *file;
	pid_t owner;
	sem_t begun;
} g_held;

static void *run_holder(void *argument)
{
	g_held.owner = gettid();
	pthread_mutex_lock(&g_held.adaptive);
	pthread_mutex_lock(&g_held.timed);
	pthread_mutex_lock(&g_held.both);
	pthread_mutex_lock(&g_held.timed_pi);
	pthread_mutex_lock(&g_held.monotonic);
	pthread_rwlock_rdlock(&g_held.read);
	pthread_rwlock_rdlock(&g_held.preferring);
	pthread_rwlock_wrlock(&g_held.written);
	mtx_lock(&g_held.plain);
	flockfile(g_held.file);
	sem_post(&g_held.begun);
	say("sleep", NULL, 0);
	rest();
	return argument;
}

static void *run_mutex(void *argument)
{
	say("mutex", argument, g_held.owner);
	pthread_mutex_lock(argument);
	return NULL;
}

static void *run_timed_mutex(void *argument)
{
	say("mutex", argument, g_held.owner);
	pthread_mutex_timedlock(argument, &g_late);
	return NULL;
}

static void *run_monotonic_mutex(void *argument)
{
	say("mutex", argument, g_held.owner);
	pthread_mutex_clocklock(argument, CLOCK_MONOTONIC, &g_late);
	return NULL;
}

static void *run_c_mutex(void *argument)
{
	say("mutex", argument, g_held.owner);
	mtx_lock(argument);
	return NULL;
}

static void *run_reader(void *argument)
{
	say("rwlock-read", argument,
	    argument == &g_held.written ? g_held.owner : 0);
	pthread_rwlock_rdlock(argument);
	return NULL;
}

static void *run_timed_reader(void *argument)
{
	say("rwlock-read", argument, g_held.owner);
	pthread_rwlock_timedrdlock(argument, &g_late);
	return NULL;
}

static void *run_writer(void *argument)
{
	say("rwlock-write", argument,
	    argument == &g_held.written ? g_held.owner : 0);
	pthread_rwlock_wrlock(argument);
	return NULL;
}

static void *run_timed_writer(void *argument)
{
	say("rwlock-write", argument, 0);
	pthread_rwlock_timedwrlock(argument, &g_late);
	return NULL;
}

static void *run_file(void *argument)
{
	/* _lock, the owner of which is told. */
	say("lock", ((FILE *)argument)->_lock, g_held.owner);
	fputc('x', argument);
	return NULL;
}

/* What is waited for, but by nobody owned. */
static struct {
	pthread_mutex_t mutex;
	pthread_cond_t monotonic;
	cnd_t changed;
	mtx_t plain;
	sem_t sem;
	pthread_spinlock_t spin;
} g_waited = {.mutex = PTHREAD_MUTEX_INITIALIZER,
	      .monotonic = PTHREAD_COND_INITIALIZER};

static void *run_cond(void *argument)
{
	pthread_mutex_lock(&g_waited.mutex);
	say("condition", &g_waited.monotonic, 0);
	for (;;)
		pthread_cond_clockwait(&g_waited.monotonic, &g_waited.mutex,
				       CLOCK_MONOTONIC, &g_late);
	return argument;
}

static void *run_c_cond(void *argument)
{
	mtx_lock(&g_waited.plain);
	say("condition", &g_waited.changed, 0);
	for (;;)
		cnd_wait(&g_waited.changed, &g_waited.plain);
	return argument;
}

static void *run_sem(void *argument)
{
	say("semaphore", &g_waited.sem, 0);
	sem_clockwait(&g_waited.sem, CLOCK_MONOTONIC, &g_late);
	return argument;
}

static void *run_spin(void *argument)
{
	say("spinlock", (void *)&g_waited.spin, 0);
	pthread_spin_lock(&g_waited.spin);
	return argument;
}

static void *run_system_v(void *argument)
{
	struct sembuf operation = {.sem_op = -1};
	int id = semget(IPC_PRIVATE, 1, 0600);

	say("semaphore-set", NULL, 0);
	fprintf(stderr, "set %d\n", id);
	semop(id, &operation, 1);
	return argument;
}

static void *run_queue(void *argument)
{
	struct mq_attr attr = {.mq_maxmsg = 1, .mq_msgsize = 1};
	char name[64], byte;

	snprintf(name, sizeof(name), "/kinds-%d", getpid());
	mqd_t queue = mq_open(name, O_CREAT | O_RDWR, 0600, &attr);
	mq_unlink(name);
	say("message", NULL, 0);
	mq_receive(queue, &byte, 1, NULL);
	return argument;
}

static void *run_file_lock(void *argument)
{
	int one = memfd_create("locked", 0);
	char name[64];

	snprintf(name, sizeof(name), "/proc/self/fd/%d", one);
	int other = open(name, O_RDWR);
	flock(one, LOCK_EX);
	say("file-lock", NULL, 0);
	flock(other, LOCK_EX);
	return argument;
}

static void begin_threads(void)
{
	make_mutex(&g_held.adaptive, PTHREAD_MUTEX_ADAPTIVE_NP, 0, 0, 0);
	make_mutex(&g_held.timed, PTHREAD_MUTEX_NORMAL, 0, 0, 0);
	make_mutex(&g_held.both, PTHREAD_MUTEX_RECURSIVE, 1, 1, 0);
	make_mutex(&g_held.timed_pi, PTHREAD_MUTEX_NORMAL, 0, 1, 0);
	make_mutex(&g_held.monotonic, PTHREAD_MUTEX_ERRORCHECK, 0, 0, 0);
	make_rwlock(&g_held.read, PTHREAD_RWLOCK_PREFER_READER_NP, 0);
	make_rwlock(&g_held.preferring,
		    PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP, 0);
	make_rwlock(&g_held.written, PTHREAD_RWLOCK_PREFER_READER_NP, 0);
	mtx_init(&g_held.plain, mtx_recursive);
	mtx_init(&g_waited.plain, mtx_plain);
	cnd_init(&g_waited.changed);
	sem_init(&g_held.begun, 0, 0);
	g_held.file = fopen("/dev/null", "w");
	begin("holder", run_holder, NULL);
	sem_wait(&g_held.begun);
	begin("adaptive", run_mutex, &g_held.adaptive);
	begin("timed", run_timed_mutex, &g_held.timed);
	begin("both", run_mutex, &g_held.both);
	begin("timed-pi", run_timed_mutex, &g_held.timed_pi);
	begin("monotonic", run_monotonic_mutex, &g_held.monotonic);
	begin("mtx", run_c_mutex, &g_held.plain);
	begin("writer", run_timed_writer, &g_held.read);
	begin("preferred", run_writer, &g_held.preferring);
	begin("late-reader", run_timed_reader, &g_held.written);
	begin("late-writer", run_writer, &g_held.written);
	begin("stdio", run_file, g_held.file);
	usleep(200000);
	begin("behind", run_reader, &g_held.preferring);
	sem_init(&g_waited.sem, 0, 0);
	pthread_spin_init(&g_waited.spin, PTHREAD_PROCESS_PRIVATE);
	pthread_spin_lock(&g_waited.spin);
	begin("cond", run_cond, NULL);
	begin("cnd", run_c_cond, NULL);
	begin("sem", run_sem, NULL);
	begin("spin", run_spin, NULL);
	begin("sysv", run_system_v, NULL);
	begin("queue", run_queue, NULL);
	begin("flock", run_file_lock, NULL);
}

/* In memory of several processes; the other one has all locks. */
struct shared {
	pthread_mutex_t plain, inheriting, robust;
	pthread_rwlock_t written;
	pthread_barrier_t begun;
};
static struct shared *g_shared;
static pid_t g_other;

static void *run_shared_mutex(void *argument)
{
	say("mutex", argument, g_other);
	pthread_mutex_lock(argument);
	return NULL;
}

static void *run_shared_writer(void *argument)
{
	say("rwlock-write", argument, g_other);
	pthread_rwlock_wrlock(argument);
	return NULL;
}

static void begin_shared(int is_gone)
{
	pthread_barrierattr_t attr;

	g_shared = mmap(NULL, sizeof(*g_shared), PROT_READ | PROT_WRITE,
			MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	make_mutex(&g_shared->plain, PTHREAD_MUTEX_NORMAL, 0, 0, 1);
	make_mutex(&g_shared->inheriting, PTHREAD_MUTEX_NORMAL, 0, 1, 1);
	make_mutex(&g_shared->robust, PTHREAD_MUTEX_NORMAL, 1, 0, 1);
	make_rwlock(&g_shared->written, PTHREAD_RWLOCK_PREFER_READER_NP, 1);
	pthread_barrierattr_init(&attr);
	pthread_barrierattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);
	pthread_barrier_init(&g_shared->begun, &attr, 2);
	g_other = fork();
	if (g_other == 0) {
		close(1);
		close(2);
		pthread_mutex_lock(&g_shared->plain);
		pthread_rwlock_wrlock(&g_shared->written);
		if (!is_gone) {
			pthread_mutex_lock(&g_shared->inheriting);
			pthread_mutex_lock(&g_shared->robust);
		}
		pthread_barrier_wait(&g_shared->begun);
		while (!is_gone && getppid() != 1)
			usleep(100000);
		_exit(0);
	}
	pthread_barrier_wait(&g_shared->begun);
	if (is_gone)
		waitpid(g_other, NULL, 0);
	begin("plain", run_shared_mutex, &g_shared->plain);
	begin("writer", run_shared_writer, &g_shared->written);
	if (is_gone)
		return;
	begin("inheriting", run_shared_mutex, &g_shared->inheriting);
	begin("robust", run_shared_mutex, &g_shared->robust);
}

/* A child of fork() lacks the thread that has the lock. */
static void begin_forked(void)
{
	int fds[2];
	char byte = 0;

	make_mutex(&g_held.timed, PTHREAD_MUTEX_NORMAL, 0, 0, 0);
	make_mutex(&g_held.adaptive, PTHREAD_MUTEX_NORMAL, 0, 0, 0);
	make_mutex(&g_held.both, PTHREAD_MUTEX_NORMAL, 0, 0, 0);
	make_mutex(&g_held.timed_pi, PTHREAD_MUTEX_NORMAL, 0, 0, 0);
	make_mutex(&g_held.monotonic, PTHREAD_MUTEX_NORMAL, 0, 0, 0);
	make_rwlock(&g_held.read, PTHREAD_RWLOCK_PREFER_READER_NP, 0);
	make_rwlock(&g_held.preferring, PTHREAD_RWLOCK_PREFER_READER_NP, 0);
	make_rwlock(&g_held.written, PTHREAD_RWLOCK_PREFER_READER_NP, 0);
	mtx_init(&g_held.plain, mtx_plain);
	sem_init(&g_held.begun, 0, 0);
	g_held.file = fopen("/dev/null", "w");
	if (pipe(fds) != 0)
		abort();
	begin("holder", run_holder, NULL);
	sem_wait(&g_held.begun);
	pid_t child = fork();
	if (child == 0) {
		fprintf(report, "child %d\n", getpid());
		say("mutex", &g_held.timed, g_held.owner);
		fprintf(report, "ready\n");
		fflush(report);
		pthread_mutex_lock(&g_held.timed);
	}
	close(fds[1]);
	for (;;)
		if (read(fds[0], &byte, 1) <= 0)
			pause();
}

/* The thread that runs the routine sleeps; another one's waits for itself. */
static pthread_once_t g_slow = PTHREAD_ONCE_INIT, g_again = PTHREAD_ONCE_INIT;

static void init_slow(void)
{
	g_held.owner = gettid();
	say("sleep", NULL, 0);
	rest();
}

static void init_again(void)
{
	say("once", &g_again, gettid());
	pthread_once(&g_again, init_again);
}

static void *run_once(void *argument)
{
	if (g_held.owner)
		say("once", argument, g_held.owner);
	pthread_once(argument, init_slow);
	return NULL;
}

static void *run_once_again(void *argument)
{
	pthread_once(&g_again, init_again);
	return argument;
}

static void begin_once(void)
{
	begin("runner", run_once, &g_slow);
	while (!g_held.owner)
		usleep(1000);
	begin("waiter", run_once, &g_slow);
	begin("again", run_once_again, NULL);
}

/* An interrupted malloc() is called again. */
static volatile unsigned g_num_calls, g_is_handling;
static volatile pid_t g_allocates;

static void handle(int number)
{
	g_is_handling = 1;
	void *volatile block = malloc(50000);
	free(block);
	g_is_handling = 0;
	(void)number;
}

static void *run_allocator(void *argument)
{
	void *volatile blocks[64] = {0};

	g_allocates = gettid();
	for (unsigned i = 0;; i++) {
		free(blocks[i % 64]);
		blocks[i % 64] = malloc(2000 + i % 7 * 1000);
		g_num_calls++;
	}
	return argument;
}

static void begin_allocator(void)
{
	sigset_t set;
	unsigned last = 0;

	signal(SIGALRM, handle);
	pthread_t thread = begin("allocator", run_allocator, NULL);
	sigemptyset(&set);
	sigaddset(&set, SIGALRM);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	for (unsigned same = 0; same < 200;) {
		pthread_kill(thread, SIGALRM);
		usleep(1000);
		same = g_is_handling && g_num_calls == last ? same + 1 : 0;
		last = g_num_calls;
	}
	fprintf(report, "%d allocator 0x0 %d\n", g_allocates, g_allocates);
}

/* Each has one and wants the other. */
static FILE *g_files[2];
static pid_t g_tids[2];
static pthread_barrier_t g_both;

static void *run_stdio(void *argument)
{
	int own = argument != NULL;

	g_tids[own] = gettid();
	flockfile(g_files[own]);
	pthread_barrier_wait(&g_both);
	say("lock", g_files[!own]->_lock, g_tids[!own]);
	fputc('x', g_files[!own]);
	return NULL;
}

/* The same, and one of them will give up. */
static pthread_mutex_t g_pair[2] = {PTHREAD_MUTEX_INITIALIZER,
				    PTHREAD_MUTEX_INITIALIZER};

static void *run_timed_ring(void *argument)
{
	int own = argument != NULL;

	g_tids[own] = gettid();
	pthread_mutex_lock(&g_pair[own]);
	pthread_barrier_wait(&g_both);
	say("mutex", &g_pair[!own], g_tids[!own]);
	if (own)
		pthread_mutex_lock(&g_pair[0]);
	else
		pthread_mutex_timedlock(&g_pair[1], &g_late);
	return NULL;
}

static void begin_timed_ring(void)
{
	pthread_barrier_init(&g_both, NULL, 2);
	begin("first", run_timed_ring, NULL);
	begin("second", run_timed_ring, &g_both);
}

static void begin_stdio(void)
{
	g_files[0] = fopen("/dev/null", "w");
	g_files[1] = fopen("/dev/null", "w");
	pthread_barrier_init(&g_both, NULL, 2);
	begin("first", run_stdio, NULL);
	begin("second", run_stdio, &g_both);
}

int main(int argc, char **argv)
{
	const char *mode = argc > 2 ? argv[2] : "";

	if (argc < 3)
		return 2;
	report = fopen(argv[1], "w");
	if (strcmp(mode, "threads") == 0)
		begin_threads();
	else if (strcmp(mode, "shared") == 0)
		begin_shared(0);
	else if (strcmp(mode, "gone") == 0)
		begin_shared(1);
	else if (strcmp(mode, "forked") == 0)
		begin_forked();
	else if (strcmp(mode, "once") == 0)
		begin_once();
	else if (strcmp(mode, "allocator") == 0)
		begin_allocator();
	else if (strcmp(mode, "timed") == 0)
		begin_timed_ring();
	else if (strcmp(mode, "stdio") == 0)
		begin_stdio();
	else
		return 2;
	usleep(300000);
	say("pause", NULL, 0);
	fprintf(report, "ready\n");
	fflush(report);
	for (;;)
		pause();
}

/*
 * Threads that check their own system calls, over and over: none may fail or
 * be interrupted, and none may stop moving.
 *
 *	busy LOG
 *
 * LOG gets "ready" at the beginning and a line for each error, "interrupted"
 * for EINTR.  LOG.rounds has how often all threads have moved on since the
 * time before; LOG.waiting the numbers of those that have yet to.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <math.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/select.h>
#include <sys/sem.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static FILE *report;
static pthread_mutex_t report_mutex = PTHREAD_MUTEX_INITIALIZER;

static void complain(const char *kind, const char *what, int errnum)
{
	pthread_mutex_lock(&report_mutex);
	fprintf(report, "%s %s: %s\n", kind, what, strerror(errnum));
	fflush(report);
	pthread_mutex_unlock(&report_mutex);
}

static void must(int holds, const char *what)
{
	if (!holds)
		complain(errno == EINTR ? "interrupted" : "wrong", what, errno);
}

static const struct timespec short_time = {.tv_nsec = 3000000};

static void once_nanosleep(void)
{
	must(nanosleep(&short_time, NULL) == 0, "nanosleep");
}

static void once_absolute_sleep(void)
{
	struct timespec end;

	clock_gettime(CLOCK_MONOTONIC, &end);
	end.tv_nsec += 3000000;
	if (end.tv_nsec >= 1000000000) {
		end.tv_sec++;
		end.tv_nsec -= 1000000000;
	}
	int errnum =
		clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &end, NULL);
	errno = errnum;
	must(errnum == 0, "clock_nanosleep");
}

static sem_t ping, pong;

static void once_ping(void)
{
	sem_post(&ping);
	must(sem_wait(&pong) == 0, "sem_wait");
}

static void once_pong(void)
{
	must(sem_wait(&ping) == 0, "sem_wait");
	sem_post(&pong);
}

static struct timespec soon(void)
{
	struct timespec end;

	clock_gettime(CLOCK_REALTIME, &end);
	end.tv_nsec += 3000000;
	if (end.tv_nsec >= 1000000000) {
		end.tv_sec++;
		end.tv_nsec -= 1000000000;
	}
	return end;
}

static void once_timed_sem(void)
{
	static sem_t never;
	struct timespec end = soon();

	must(sem_timedwait(&never, &end) == -1 && errno == ETIMEDOUT,
	     "sem_timedwait");
}

static void once_timed_cond(void)
{
	static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
	static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
	struct timespec end = soon();

	pthread_mutex_lock(&mutex);
	errno = pthread_cond_timedwait(&cond, &mutex, &end);
	must(errno == ETIMEDOUT, "pthread_cond_timedwait");
	pthread_mutex_unlock(&mutex);
}

static pthread_mutex_t contended = PTHREAD_MUTEX_INITIALIZER;
static uint64_t inside;

static void once_mutex(void)
{
	pthread_mutex_lock(&contended);
	uint64_t before = ++inside;
	sched_yield();
	must(inside == before, "mutex");
	pthread_mutex_unlock(&contended);
	usleep(300);
}

static int pipe_fds[2], eventfd_fd, timerfd_fd;

static void once_pipe_write(void)
{
	usleep(2000);
	must(write(pipe_fds[1], "x", 1) == 1, "write");
}

static void once_pipe_read(void)
{
	char byte;

	must(read(pipe_fds[0], &byte, 1) == 1 && byte == 'x', "read");
}

static void once_eventfd_write(void)
{
	uint64_t one = 1;

	usleep(2000);
	must(write(eventfd_fd, &one, 8) == 8, "eventfd write");
}

static void once_eventfd_read(void)
{
	uint64_t count;

	must(read(eventfd_fd, &count, 8) == 8, "eventfd read");
}

static void once_timerfd(void)
{
	struct itimerspec timer = {.it_value = short_time};
	uint64_t count;

	timerfd_settime(timerfd_fd, 0, &timer, NULL);
	must(read(timerfd_fd, &count, 8) == 8, "timerfd read");
}

static void once_poll(void)
{
	must(poll(NULL, 0, 3) == 0, "poll");
}

static void once_ppoll(void)
{
	sigset_t set;

	sigemptyset(&set);
	must(ppoll(NULL, 0, &short_time, &set) == 0, "ppoll");
}

static void once_select(void)
{
	struct timeval time = {.tv_usec = 3000};

	must(select(0, NULL, NULL, NULL, &time) == 0, "select");
}

static void once_pselect(void)
{
	must(pselect(0, NULL, NULL, NULL, &short_time, NULL) == 0, "pselect");
}

static void once_epoll(void)
{
	static int fd = -1;
	struct epoll_event event;

	if (fd < 0)
		fd = epoll_create1(0);
	must(epoll_wait(fd, &event, 1, 3) == 0, "epoll_wait");
}

static void once_epoll_pwait(void)
{
	static int fd = -1;
	struct epoll_event event;
	sigset_t set;

	sigemptyset(&set);
	if (fd < 0)
		fd = epoll_create1(0);
	must(epoll_pwait(fd, &event, 1, 3, &set) == 0, "epoll_pwait");
}

static int listener;
static struct sockaddr_un address = {AF_UNIX, ""};
static socklen_t address_size;

static void once_accept(void)
{
	char byte;

	int fd = accept(listener, NULL, NULL);
	must(fd >= 0, "accept");
	must(recv(fd, &byte, 1, 0) == 1, "recv");
	/* The other side closes: nothing else may hold it open. */
	must(recv(fd, &byte, 1, 0) == 0, "end of file");
	close(fd);
}

static void once_connect(void)
{
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	must(connect(fd, (void *)&address, address_size) == 0, "connect");
	must(send(fd, "x", 1, 0) == 1, "send");
	usleep(2000);
	close(fd);
}

static void once_timed_recv(void)
{
	static int fds[2] = {-1};
	const struct timeval time = {.tv_usec = 4000};
	char byte;

	if (fds[0] < 0) {
		socketpair(AF_UNIX, SOCK_STREAM, 0, fds);
		setsockopt(fds[0], SOL_SOCKET, SO_RCVTIMEO, &time,
			   sizeof(time));
	}
	must(recv(fds[0], &byte, 1, 0) == -1 &&
		     (errno == EAGAIN || errno == EWOULDBLOCK),
	     "timed recv");
}

static void once_sigtimedwait(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR2);
	must(sigtimedwait(&set, NULL, &short_time) == -1 && errno == EAGAIN,
	     "sigtimedwait");
}

static int semaphores;

static void once_semtimedop(void)
{
	struct sembuf operation = {0, -1, 0};

	must(semtimedop(semaphores, &operation, 1, &short_time) == -1 &&
		     errno == EAGAIN,
	     "semtimedop");
}

/* Signals are neither lost nor given twice. */
static pthread_t suspended;
static volatile sig_atomic_t num_signals;
static volatile int is_suspending;
static volatile uint64_t num_sent, num_woken;

static void on_signal(int number)
{
	num_signals++;
}

static void once_suspend(void)
{
	sigset_t set;

	pthread_sigmask(SIG_BLOCK, NULL, &set);
	sigdelset(&set, SIGUSR1);
	suspended = pthread_self();
	is_suspending = 1;
	int before = num_signals;
	sigsuspend(&set);
	if (num_signals != before + 1)
		complain("wrong", "sigsuspend", 0);
	num_woken++;
}

static void once_send(void)
{
	usleep(2000);
	if (!is_suspending || num_sent != num_woken)
		return;
	num_sent++;
	pthread_kill(suspended, SIGUSR1);
}

static void once_child(void)
{
	int status;
	pid_t pid = fork();

	if (pid == 0)
		_exit(7);
	must(waitpid(-1, &status, 0) == pid && WIFEXITED(status) &&
		     WEXITSTATUS(status) == 7,
	     "waitpid");
	must(waitpid(-1, &status, WNOHANG) == -1 && errno == ECHILD,
	     "no other child");
	usleep(2000);
}

static void *nothing(void *argument)
{
	return argument;
}

static void once_join(void)
{
	pthread_t thread;
	void *result = NULL;

	if (pthread_create(&thread, NULL, nothing, &thread) == 0)
		pthread_join(thread, &result);
	must(result == &thread, "pthread_join");
	usleep(1000);
}

/* Registers, of all kinds. */
static void once_compute(void)
{
	volatile double seed = 2;
	uint64_t a = 1, b = 2, c = 3, d = 4;
	double x = 1, y = seed;

	for (int i = 0; i < 200000; i++) {
		a = a * 6364136223846793005u + 1;
		b ^= a >> 7;
		c += b;
		d = d * 3 + c;
		x = sqrt(x * y + 1);
	}
	static uint64_t first;
	static double first_x;
	if (!first) {
		first = a ^ b ^ c ^ d;
		first_x = x;
	}
	if (first != (a ^ b ^ c ^ d) || first_x != x)
		complain("wrong", "computing", 0);
}

typedef void once(void);
static once *const all[] = {
	once_nanosleep,	  once_absolute_sleep, once_ping,
	once_pong,	  once_timed_sem,      once_timed_cond,
	once_mutex,	  once_mutex,	       once_pipe_write,
	once_pipe_read,	  once_eventfd_write,  once_eventfd_read,
	once_timerfd,	  once_poll,	       once_ppoll,
	once_select,	  once_pselect,	       once_epoll,
	once_epoll_pwait, once_accept,	       once_connect,
	once_timed_recv,  once_sigtimedwait,   once_semtimedop,
	once_suspend,	  once_send,	       once_child,
	once_join,	  once_compute,
};
enum { NUM = sizeof(all) / sizeof(all[0]) };
static volatile uint64_t counts[NUM];

static void *run(void *argument)
{
	intptr_t number = (intptr_t)argument;

	for (;;) {
		all[number]();
		counts[number]++;
	}
	return NULL;
}

static void write_file(const char *path, const char *text)
{
	char made[4096];

	snprintf(made, sizeof(made), "%s.new", path);
	FILE *file = fopen(made, "w");
	if (!file)
		return;
	fputs(text, file);
	fclose(file);
	rename(made, path);
}

/* No limit of time: on a loaded machine a fork() alone may take seconds. */
static void watch(const char *rounds_path, const char *waiting_path)
{
	static uint64_t before[NUM];
	long num_rounds = 0;

	for (;;) {
		char waiting[NUM * 4 + 1] = "", text[32];
		usleep(20000);
		for (int i = 0; i < NUM; i++)
			if (counts[i] == before[i])
				sprintf(waiting + strlen(waiting), " %d", i);
		write_file(waiting_path, waiting);
		if (waiting[0])
			continue;
		for (int i = 0; i < NUM; i++)
			before[i] = counts[i];
		sprintf(text, "%ld\n", ++num_rounds);
		write_file(rounds_path, text);
	}
}

int main(int argc, char **argv)
{
	sigset_t set;
	pthread_t thread;

	char rounds_path[4000], waiting_path[4000];

	if (argc < 2 || !(report = fopen(argv[1], "w")))
		return 2;
	snprintf(rounds_path, sizeof(rounds_path), "%s.rounds", argv[1]);
	snprintf(waiting_path, sizeof(waiting_path), "%s.waiting", argv[1]);
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigaddset(&set, SIGUSR2);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	signal(SIGUSR1, on_signal);
	if (pipe(pipe_fds) != 0)
		return 2;
	/* No copy of the process has this. */
	void *kept = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	madvise(kept, 1 << 20, MADV_DONTFORK);
	eventfd_fd = eventfd(0, 0);
	timerfd_fd = timerfd_create(CLOCK_MONOTONIC, 0);
	semaphores = semget(IPC_PRIVATE, 1, 0600);
	listener = socket(AF_UNIX, SOCK_STREAM, 0);
	if (bind(listener, (void *)&address, sizeof(sa_family_t)) != 0 ||
	    listen(listener, 8) != 0)
		return 2;
	address_size = sizeof(address);
	getsockname(listener, (void *)&address, &address_size);
	for (intptr_t i = 0; i < NUM; i++)
		if (pthread_create(&thread, NULL, run, (void *)i) != 0)
			return 2;
	fprintf(report, "ready\n");
	fflush(report);
	watch(rounds_path, waiting_path);
}

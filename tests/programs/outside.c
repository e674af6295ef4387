/*
 * Threads that wait for what is outside of their process, most of it in the
 * hands of a child that does nothing.  "ready CHILD" is written when all wait.
 *
 *	outside REPORT
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ONE_END, OTHER_END };

static int empty[2], full[2], local[2], connected[2];
static pid_t child;

static void *read_pipe(void *unused)
{
	char byte;

	read(empty[0], &byte, 1);
	return NULL;
}

static void *write_pipe(void *unused)
{
	static char zeros[1 << 16];

	while (write(full[1], zeros, sizeof(zeros)) > 0)
		;
	return NULL;
}

static void *receive_local(void *unused)
{
	char byte;

	recv(local[0], &byte, 1, 0);
	return NULL;
}

static void *receive_tcp(void *unused)
{
	char byte;

	recv(connected[0], &byte, 1, 0);
	return NULL;
}

static void *lock_file(void *unused)
{
	flock(open("flock", O_RDWR | O_CREAT, 0600), LOCK_EX);
	return NULL;
}

static void lock_record(int fd, int operation, off_t start, off_t length)
{
	struct flock lock = {
		.l_type = F_WRLCK, .l_start = start, .l_len = length};

	fcntl(fd, operation, &lock);
}

static void *lock_part(void *unused)
{
	lock_record(open("record", O_RDWR | O_CREAT, 0600), F_SETLKW, 10, 5);
	return NULL;
}

static void *wait_child(void *unused)
{
	waitpid(child, NULL, 0);
	return NULL;
}

static void *open_pipe(void *unused)
{
	open("fifo", O_RDONLY);
	return NULL;
}

static void *wait_signal(void *unused)
{
	sigset_t set;
	int signal;

	sigemptyset(&set);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGUSR1);
	sigwait(&set, &signal);
	return NULL;
}

/* A socket that listens, with so many waiting to be accepted. */
static int listen_at(struct sockaddr_in *address, int num)
{
	int listener = socket(AF_INET, SOCK_STREAM, 0);
	socklen_t size = sizeof(*address);

	*address = (struct sockaddr_in){.sin_family = AF_INET};
	address->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	bind(listener, (struct sockaddr *)address, size);
	listen(listener, num);
	getsockname(listener, (struct sockaddr *)address, &size);
	return listener;
}

static int connect_to(const struct sockaddr_in *address)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	connect(fd, (const struct sockaddr *)address, sizeof(*address));
	return fd;
}

/* No connection is accepted, and few are kept waiting for that. */
static void *connect_full(void *unused)
{
	struct sockaddr_in address;

	listen_at(&address, 0);
	for (;;)
		connect_to(&address);
}

static void *sleep_long(void *unused)
{
	sleep(100000);
	return NULL;
}

static void *poll_two(void *unused)
{
	struct pollfd fds[] = {{empty[0], POLLIN, 0}, {local[0], POLLIN, 0}};

	poll(fds, 2, 100000);
	return NULL;
}

static void connect_to_self(int *ends)
{
	struct sockaddr_in address;
	int listener = listen_at(&address, 1);

	ends[0] = connect_to(&address);
	ends[1] = accept(listener, NULL, NULL);
	close(listener);
}

/* Its ends are closed in the other process. */
static void keep(int end)
{
	close(empty[end == ONE_END ? 1 : 0]);
	close(full[end == ONE_END ? 0 : 1]);
	close(local[end == ONE_END ? 1 : 0]);
	close(connected[end == ONE_END ? 1 : 0]);
}

static void be_child(int ready)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	prctl(PR_SET_NAME, "outside-child");
	keep(OTHER_END);
	flock(open("flock", O_RDWR | O_CREAT, 0600), LOCK_EX);
	int fd = open("record", O_RDWR | O_CREAT, 0600);
	lock_record(fd, F_SETLK, 12, 1);
	write(ready, "x", 1);
	for (;;)
		pause();
}

static void begin(const char *name, void *(*run)(void *))
{
	pthread_t thread;

	pthread_create(&thread, NULL, run, NULL);
	pthread_setname_np(thread, name);
}

int main(int argc, char **argv)
{
	int ready[2];
	char byte;

	if (argc != 2 || pipe(empty) || pipe(full) || pipe(ready) ||
	    socketpair(AF_UNIX, SOCK_STREAM, 0, local))
		return 2;
	connect_to_self(connected);
	mkfifo("fifo", 0600);
	child = fork();
	if (child == 0)
		be_child(ready[1]);
	keep(ONE_END);
	read(ready[0], &byte, 1);
	begin("read", read_pipe);
	begin("write", write_pipe);
	begin("local", receive_local);
	begin("tcp", receive_tcp);
	begin("flock", lock_file);
	begin("record", lock_part);
	begin("child", wait_child);
	begin("fifo", open_pipe);
	begin("signal", wait_signal);
	begin("connect", connect_full);
	begin("sleep", sleep_long);
	begin("poll", poll_two);
	sleep(1);
	FILE *report = fopen(argv[1], "w");
	if (!report)
		return 2;
	fprintf(report, "ready %d\n", child);
	fclose(report);
	for (;;)
		pause();
}

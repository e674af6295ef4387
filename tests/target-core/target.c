/*
 * Has threads, mappings of all kinds, registers that can be told.  Crashes, or
 * with an argument waits.
 */
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

_Thread_local long in_tls = 0x7175;
long written = 5;
const char constant[] = "constant";
static pthread_barrier_t barrier;

static void *wait_here(void *argument)
{
	in_tls = (long)argument;
	pthread_barrier_wait(&barrier);
	pause();
	return NULL;
}

static char *map(int protection, int flags, int fd)
{
	return mmap(NULL, 1 << 16, protection, flags, fd, 0);
}

__attribute__((noinline)) void checkpoint(volatile int *address)
{
	*address = 1;
}

int main(int num, char **arguments)
{
	pthread_t thread;
	int fd = open("data", O_RDWR | O_CREAT, 0600);

	if (ftruncate(fd, 1 << 16) != 0)
		return 1;
	pthread_barrier_init(&barrier, NULL, 4);
	for (long i = 1; i < 4; i++)
		pthread_create(&thread, NULL, wait_here, (void *)i);
	pthread_barrier_wait(&barrier);
	map(PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	map(PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1)[0] = 1;
	map(PROT_READ | PROT_WRITE, MAP_SHARED, fd)[0] = 1;
	map(PROT_READ | PROT_WRITE, MAP_PRIVATE, fd)[0] = 1;
	char *left_out =
		map(PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	left_out[0] = 1;
	madvise(left_out, 1 << 16, MADV_DONTDUMP);
	written = 0x77;
	free(malloc(100));
	if (num > 1) {
		puts("ready");
		fflush(stdout);
		pause();
	}
	checkpoint((int *)0x123458);
	return 0;
}

/* Mostly memory that was never written: stacks of threads that wait for a lock,
 * a large block of malloc(), pages given back, an aligned block, and a text at
 * each end of a hole.  Ends with a core. */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#ifndef EMPTY
#define EMPTY (512 << 20)
#endif

#ifndef HOLE
#define HOLE (64 << 20)
#endif
#ifndef NUM_THREADS
#define NUM_THREADS 200
#endif

enum { STACK = 2 << 20 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int num_ready;
char *empty, *holed, *aligned, *volatile lost, *ends;

static void *wait(void *unused)
{
	char *volatile block = malloc(100); /* in an arena of its own or not */

	block = NULL;
	__atomic_add_fetch(&num_ready, 1, __ATOMIC_SEQ_CST);
	pthread_mutex_lock(&lock);
	return block ? block : unused;
}

int main(void)
{
	pthread_attr_t attr;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK);
	pthread_mutex_lock(&lock);
	empty = malloc(EMPTY);
	lost = malloc(HOLE);
	lost = NULL;
	holed = malloc(HOLE);
	memset(holed, 1, HOLE);
	madvise(holed + (1 << 20), HOLE / 2, MADV_DONTNEED);
	if (posix_memalign((void **)&aligned, 8 << 20, 16 << 20) == 0)
		aligned[0] = 1;

	/* In front of a hole, and behind it. */
	ends = mmap(NULL, HOLE, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ends = (char *)(((size_t)ends + 4095) & ~(size_t)4095);
	memset(ends, 1, 4096);
	memcpy(ends + 4096 - 6, "needle", 6);
	memset(ends + HOLE / 2, 1, 4096);
	memcpy(ends + HOLE / 2, "needle", 6);

	for (int i = 0; i < NUM_THREADS; i++) {
		pthread_t thread;

		if (pthread_create(&thread, &attr, wait, NULL) != 0)
			_exit(1);
	}
	while (__atomic_load_n(&num_ready, __ATOMIC_SEQ_CST) < NUM_THREADS)
		usleep(1000);
	usleep(100000); /* all are at the lock */
	abort();
}

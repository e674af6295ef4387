/*
 * Threads: blocks whose only pointers are in stacks of threads that have
 * ended, or in what such a thread returned.
 *
 *	threads REPORT
 *
 * Lines of REPORT: "lost ADDRESS" or "kept ADDRESS", at last "ready".  Sizes
 * differ, so that no freed block is given out again with an old pointer to it.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static FILE *report;
static pthread_barrier_t barrier;
/* Inverted, so that it is no pointer. */
static volatile unsigned long hidden;

static void say(const char *what, void *block)
{
	fprintf(report, "%s 0x%lx\n", what, (unsigned long)block);
}

/* Leaves copies of the pointer deep and shallow on the stack. */
static __attribute__((noinline)) void *leave(size_t size, const char *what)
{
	void *volatile copies[64];
	void *block = calloc(1, size);

	for (int i = 0; i < 64; i++)
		copies[i] = block;
	say(what, copies[7]);
	return copies[8];
}

static void *lose(void *size)
{
	hidden = ~(unsigned long)leave((size_t)size, "lost");
	return NULL;
}

static void *give_back(void *size)
{
	return leave((size_t)size, "kept");
}

static void *hold(void *size)
{
	void *volatile block = leave((size_t)size, "kept");

	pthread_barrier_wait(&barrier);
	pause();
	return block;
}

int main(int argc, char **argv)
{
	pthread_t threads[4];
	pthread_attr_t attributes;

	report = fopen(argc > 1 ? argv[1] : "report", "w");
	if (!report)
		return 1;
	pthread_barrier_init(&barrier, NULL, 2);
	pthread_attr_init(&attributes);
	pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);

	/* All at once, so that none gets the stack of another. */
	pthread_create(&threads[0], NULL, lose, (void *)104);
	pthread_create(&threads[1], &attributes, lose, (void *)136);
	pthread_create(&threads[2], NULL, give_back, (void *)168);
	pthread_create(&threads[3], NULL, hold, (void *)200);
	pthread_join(threads[0], NULL);
	pthread_barrier_wait(&barrier);
	sleep(1);
	fputs("ready\n", report);
	fclose(report);
	pause();
	return 0;
}

/*
 * Three threads wait.  Each had a block in a register that it kept over a call;
 * one will read the register again, the others will not.  Of further blocks
 * there are only numbers, one of which is called a pointer.
 */
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kept.h"

enum {
	STALE_SIZE = 1000,
	LIVE_SIZE = 2000,
	LOST_SIZE = 3000,
	NAMED_SIZE = 4000,
	NUMBER_SIZE = 5000,
	DISGUISED_SIZE = 6000,
	LOCAL_SIZE = 7000,
	NUM_THREADS = 3,
};

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static int num_waiting, is_over;
static unsigned long total;
static volatile struct {
	int size;
	unsigned long id;
} numbered;
static volatile uintptr_t disguised;

KEPT static void fill(char *block, size_t size)
{
	memset(block, 'x', size);
	__asm__ volatile("" : : "r"(block) : "memory");
}

KEPT static unsigned long sum(const char *block, size_t size)
{
	unsigned long all = 0;

	for (size_t i = 0; i < size; i++)
		all += block[i];
	return all;
}

KEPT static void wait_for_end(void)
{
	pthread_mutex_lock(&mutex);
	num_waiting++;
	pthread_cond_broadcast(&changed);
	while (!is_over)
		pthread_cond_wait(&changed, &mutex);
	pthread_mutex_unlock(&mutex);
}

static void *stale(void *unused)
{
	{
		char *block = malloc(STALE_SIZE);

		fill(block, STALE_SIZE);
		total += sum(block, STALE_SIZE);
	}
	scrub();
	wait_for_end();
	return NULL;
}

/* The debug info says that the block is still in the register. */
static void *named(void *unused)
{
	char *block = malloc(NAMED_SIZE);

	fill(block, NAMED_SIZE);
	total += sum(block, NAMED_SIZE);
	scrub();
	wait_for_end();
	return NULL;
}

static void *live(void *unused)
{
	char *block = malloc(LIVE_SIZE);
	volatile unsigned long number = (unsigned long)malloc(LOCAL_SIZE);

	fill(block, LIVE_SIZE);
	total += sum(block, LIVE_SIZE);
	scrub();
	wait_for_end();
	total += sum(block, LIVE_SIZE) + (number != 0);
	free(block);
	return NULL;
}

KEPT static void lose(void)
{
	fill(malloc(LOST_SIZE), LOST_SIZE);
}

int main(int argc, char **argv)
{
	pthread_t threads[NUM_THREADS];

	numbered.id = (unsigned long)malloc(NUMBER_SIZE);
	disguised = (uintptr_t)malloc(DISGUISED_SIZE);
	lose();
	scrub();
	pthread_create(&threads[0], NULL, stale, NULL);
	pthread_create(&threads[1], NULL, live, NULL);
	pthread_create(&threads[2], NULL, named, NULL);
	pthread_mutex_lock(&mutex);
	while (num_waiting < NUM_THREADS)
		pthread_cond_wait(&changed, &mutex);
	pthread_mutex_unlock(&mutex);
	usleep(100000); /* until they are in the kernel */
	if (argc < 2)
		abort();
	puts("ready");
	fflush(stdout);
	getchar();
	is_over = 1;
	pthread_cond_broadcast(&changed);
	for (int i = 0; i < NUM_THREADS; i++)
		pthread_join(threads[i], NULL);
	printf("%lu\n", total);
	return 0;
}

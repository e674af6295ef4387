/*
 * Threads in all positions: waiting in libc, in a signal handler, deep in a
 * recursion, without a frame pointer.  The last thing that it does is abort.
 */
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

static sem_t ready;

static __attribute__((noinline)) int deep(int depth)
{
	volatile char room[100];

	room[0] = depth;
	if (depth == 0) {
		sem_post(&ready);
		for (;;)
			pause();
	}
	return deep(depth - 1) + room[0];
}

static void *recurse(void *argument)
{
	return (void *)(long)deep(200);
}

static void on_signal(int number)
{
	sem_post(&ready);
	for (;;)
		sleep(1000);
}

static void *be_interrupted(void *argument)
{
	volatile long spin = 0;

	for (;;)
		spin++;
	return NULL;
}

static void *wait_for_lock(void *argument)
{
	sem_post(&ready);
	pthread_mutex_lock(argument);
	return NULL;
}

int main(void)
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	pthread_t threads[3];

	sem_init(&ready, 0, 0);
	signal(SIGUSR1, on_signal);
	pthread_mutex_lock(&lock);
	pthread_create(&threads[0], NULL, recurse, NULL);
	pthread_create(&threads[1], NULL, wait_for_lock, &lock);
	pthread_create(&threads[2], NULL, be_interrupted, NULL);
	usleep(20000);
	pthread_kill(threads[2], SIGUSR1);
	for (int i = 0; i < 3; i++)
		sem_wait(&ready);
	usleep(50000);
	abort();
}

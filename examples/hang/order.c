/* Two threads take the same two locks, in different order. */
#include <pthread.h>
#include <unistd.h>

static pthread_mutex_t cache = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t journal = PTHREAD_MUTEX_INITIALIZER;

static void *flush(void *argument)
{
	pthread_mutex_lock(&cache);
	usleep(50000);
	pthread_mutex_lock(&journal);
	return NULL;
}

static void *commit(void *argument)
{
	pthread_mutex_lock(&journal);
	usleep(50000);
	pthread_mutex_lock(&cache);
	return NULL;
}

static void *client(void *argument)
{
	usleep(100000);
	pthread_mutex_lock(&cache);
	return NULL;
}

int main(void)
{
	pthread_t threads[4];

	pthread_create(&threads[0], NULL, flush, NULL);
	pthread_create(&threads[1], NULL, commit, NULL);
	pthread_create(&threads[2], NULL, client, NULL);
	pthread_create(&threads[3], NULL, client, NULL);
	pthread_join(threads[0], NULL);
}

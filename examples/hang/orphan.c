/* A thread ends and takes its lock along. */
#include <pthread.h>
#include <unistd.h>

static pthread_mutex_t config = PTHREAD_MUTEX_INITIALIZER;

static void *reload(void *argument)
{
	pthread_mutex_lock(&config);
	return NULL;
}

static void *reader(void *argument)
{
	pthread_mutex_lock(&config);
	return NULL;
}

int main(void)
{
	pthread_t first, second;

	pthread_create(&first, NULL, reload, NULL);
	pthread_join(first, NULL);
	pthread_create(&second, NULL, reader, NULL);
	pthread_join(second, NULL);
}

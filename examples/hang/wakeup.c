/* The signal comes before anybody waits for it: nobody will wake up. */
#include <pthread.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t has_work = PTHREAD_COND_INITIALIZER;

static void *consumer(void *argument)
{
	usleep(50000);
	pthread_mutex_lock(&lock);
	pthread_cond_wait(&has_work, &lock);
	pthread_mutex_unlock(&lock);
	return NULL;
}

int main(void)
{
	pthread_t thread;

	pthread_create(&thread, NULL, consumer, NULL);
	pthread_cond_signal(&has_work);
	pthread_join(thread, NULL);
}

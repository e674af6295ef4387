/* Three workers, each with the next one's lock in mind. */
#include <pthread.h>
#include <unistd.h>

static struct {
	pthread_mutex_t lock;
	int balance;
} accounts[3];
static pthread_barrier_t all_begun;

static void *worker(void *argument)
{
	long mine = (long)argument;

	pthread_mutex_lock(&accounts[mine].lock);
	pthread_barrier_wait(&all_begun);
	pthread_mutex_lock(&accounts[(mine + 1) % 3].lock);
	return NULL;
}

int main(void)
{
	pthread_t threads[3];

	pthread_barrier_init(&all_begun, NULL, 3);
	for (long i = 0; i < 3; i++)
		pthread_mutex_init(&accounts[i].lock, NULL);
	for (long i = 0; i < 3; i++)
		pthread_create(&threads[i], NULL, worker, (void *)i);
	pthread_join(threads[0], NULL);
}

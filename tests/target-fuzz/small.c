/* A small core: no C library's arena, one thread more, a library mapped. */
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

_Thread_local int in_tls = 1;
int object = 2;

static void *wait_here(void *argument)
{
	pause();
	return argument;
}

int main(void)
{
	pthread_attr_t attributes;
	pthread_t thread;

	pthread_attr_init(&attributes);
	pthread_attr_setstacksize(&attributes, 1 << 16);
	pthread_create(&thread, &attributes, wait_here, NULL);
	usleep(10000);
	abort();
}

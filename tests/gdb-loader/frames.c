/* Two threads, some frames, a list: something for GDB to stand in. */
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

struct item {
	struct item *next;
	int number;
};

struct item *g_list;
int g_array[4] = {1, 2, 3, 4};

static void *worker(void *unused)
{
	for (;;)
		pause();
	return NULL;
}

__attribute__((noinline)) void checkpoint(struct item *list)
{
	__asm__ volatile("" : : "r"(list) : "memory");
}

__attribute__((noinline)) void descend(int depth, struct item *list)
{
	if (depth > 0)
		descend(depth - 1, list);
	else
		checkpoint(list);
	__asm__ volatile("");
}

int main(void)
{
	pthread_t thread;

	for (int i = 0; i < 100; i++) {
		struct item *item = malloc(sizeof(*item));
		item->next = g_list;
		item->number = i;
		g_list = item;
	}
	pthread_create(&thread, NULL, worker, NULL);
	usleep(50000);
	descend(3, g_list);
	descend(2, g_list);
	return 0;
}

/*
 * A store of items that grows between two checkpoints.  Arguments: how many
 * items at first, how many more, and "abort" for a core by the kernel.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct item {
	struct item *next;
	int number;
	char name[24];
};

struct store {
	struct item *items;
	int num_items;
};

struct store g_store;

static void *worker(void *unused)
{
	for (;;)
		pause();
	return NULL;
}

static void fill(struct store *store, int count)
{
	for (int i = 0; i < count; i++) {
		struct item *item = malloc(sizeof(*item));
		item->number = store->num_items++;
		snprintf(item->name, sizeof(item->name), "item %d",
			 item->number);
		item->next = store->items;
		store->items = item;
	}
}

__attribute__((noinline)) void checkpoint(struct store *store)
{
	__asm__ volatile("" : : "r"(store) : "memory");
}

__attribute__((noinline)) void visit(struct store *store, int depth)
{
	if (depth > 0)
		visit(store, depth - 1);
	else
		checkpoint(store);
	__asm__ volatile("");
}

int main(int argc, char **argv)
{
	pthread_t thread;

	if (argc < 3)
		return 2;
	fill(&g_store, atoi(argv[1]));
	pthread_create(&thread, NULL, worker, NULL);
	usleep(20000);
	visit(&g_store, 3);
	fill(&g_store, atoi(argv[2]));
	visit(&g_store, 2);
	if (argc > 3)
		abort();
	return 0;
}

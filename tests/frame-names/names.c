/* Blocks that only locals hold: in memory, in registers, of inlined calls. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct node {
	struct node *next;
	char *text;
	long more[3];
};

struct graph {
	struct node *nodes[20];
	int num;
};

static volatile int num_waiting;

static struct node *node_new(const char *text)
{
	struct node *node = calloc(1, sizeof(*node));

	node->text = strdup(text);
	return node;
}

static void *hidden(const void *pointer)
{
	return (void *)~(unsigned long)pointer;
}

static inline __attribute__((always_inline)) int inner(struct node *outer)
{
	struct {
		struct node *first, *second;
	} pair = {node_new("inner"), outer};

	pair.first->next = outer;
	__asm__ volatile("" : : "r"(&pair) : "memory");
	num_waiting++;
	pause();
	return pair.first->text[0];
}

__attribute__((noinline)) int worker(struct node *job, int depth)
{
	if (depth)
		return worker(job, depth - 1) + job->text[0];
	return inner(job);
}

static void *run(void *argument)
{
	return (void *)(long)worker(node_new("job"), 3);
}

/* @list stays in a register that is preserved. */
__attribute__((noinline)) static int crash(struct graph *graph, void *kept)
{
	struct node *list = node_new("list");

	graph->nodes[17] = node_new("17");
	__asm__ volatile("" : : "r"(graph) : "memory");
	abort();
	return list->text[0] + (kept == list);
}

int main(int argc, char **argv)
{
	struct graph graph = {.num = 20};
	void *kept = hidden(node_new("lost"));
	pthread_t thread;

	if (argc > 1)
		pthread_create(&thread, NULL, run, NULL);
	while (argc > 1 && num_waiting == 0)
		usleep(1000);
	return crash(&graph, kept);
}

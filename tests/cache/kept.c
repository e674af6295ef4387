/*
 * Kept: a program with something to say of a void *, that aborts.
 */
#include <stdlib.h>

struct box {
	void *content;
};

struct toy {
	long weight;
	struct toy *next;
};

__attribute__((noinline)) static long weigh(struct box *box)
{
	struct toy *toy = box->content;
	long sum = 0;

	for (; toy; toy = toy->next)
		sum += toy->weight;
	return sum;
}

/* Words at computed places of the bytes behind it, as interpreters keep. */
struct bag {
	long num;
	unsigned char bytes[];
};

__attribute__((noinline)) static long weigh_last(struct bag *bag, long i)
{
	return (*(struct toy **)(bag->bytes + 8 * i))->weight;
}

struct box *volatile g_box;
struct bag *volatile g_bag;

int main(void)
{
	struct toy *toy = malloc(sizeof(*toy));

	*toy = (struct toy){3, NULL};
	g_box = malloc(sizeof(*g_box));
	g_box->content = toy;
	g_bag = malloc(sizeof(*g_bag) + 4 * sizeof(toy));
	g_bag->num = 4;
	for (long i = 0; i < 4; i++)
		((struct toy **)g_bag->bytes)[i] = toy;
	if (weigh(g_box) == 3 && weigh_last(g_bag, g_bag->num - 1) == 3)
		abort();
	return 0;
}

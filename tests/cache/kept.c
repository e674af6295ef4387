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

struct box *volatile g_box;

int main(void)
{
	struct toy *toy = malloc(sizeof(*toy));

	*toy = (struct toy){3, NULL};
	g_box = malloc(sizeof(*g_box));
	g_box->content = toy;
	if (weigh(g_box) == 3)
		abort();
	return 0;
}

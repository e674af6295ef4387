/* A stack of 20,000 frames; a local of each end holds a block. */
#include <stdlib.h>

struct node {
	struct node *next;
	long more[4];
};

__attribute__((noinline)) static long down(struct node *above, long level)
{
	struct node *innermost;

	if (level > 0)
		return down(above, level - 1) + above->more[0];
	innermost = calloc(1, sizeof(*innermost));
	innermost->more[0] = 1;
	abort();
	return innermost->more[0];
}

int main(void)
{
	struct node *outermost = calloc(1, sizeof(*outermost));
	long got;

	outermost->next = calloc(1, sizeof(*outermost));
	got = down(NULL, 20000);
	return (int)(got + outermost->more[0]);
}

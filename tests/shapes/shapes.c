/*
 * A program of which, built without debug info, no type is known.  Says how
 * many blocks of each kind it made, and ends by abort():
 *	BLOCKS SIZE WHAT-ITS-WORDS-ARE
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct node {
	struct node *next; /* null in the last */
	struct leaf *leaf; /* null in every third */
	void (*call)(void);
	long number;
};
struct leaf {
	long numbers[9];
};
struct other {
	long number;
	struct node *node;
	long more[2]; /* the size of a node, other words */
};

static struct node *nodes;
static struct other *others[200];
static long *single;

static void called(void)
{
	puts("called");
}

static void fill(void)
{
	for (long i = 0; i < 600; i++) {
		struct node *node = calloc(1, sizeof(*node));
		node->next = nodes;
		node->call = called;
		node->number = i;
		if (i % 3) {
			node->leaf = calloc(1, sizeof(*node->leaf));
			node->leaf->numbers[3] = i;
		}
		nodes = node;
	}
	for (long i = 0; i < 200; i++) {
		others[i] = calloc(1, sizeof(*others[i]));
		others[i]->number = i;
		others[i]->node = nodes;
		others[i]->more[1] = -i;
	}
	single = calloc(1, 1000);
}

int main(void)
{
	fill();
	printf("600 40 +0 +8 +16\n");
	printf("400 72 \n");
	printf("200 40 +8\n");
	fflush(stdout);
	abort();
}

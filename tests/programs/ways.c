/*
 * Ways: lists and trees of nodes whose numbers are known.
 *
 * buckets[] lead to 10 lists of 100 nodes, root to a tree of 1023, every tenth
 * list node to a note, and 7 nodes are lost.  Ends with a core.
 */
#include <stdlib.h>

struct note {
	long number;
	char text[40];
};

struct node {
	struct node *next;
	struct note *note;
	long number;
};

struct leaf {
	struct leaf *left, *right;
	struct node *node;
};

struct table {
	struct node *buckets[10];
	struct leaf *root;
};

struct table *table;

static struct node *add(struct node *next, long number)
{
	struct node *node = calloc(1, sizeof(*node));

	node->next = next;
	node->number = number;
	if (number % 10 == 0) {
		node->note = calloc(1, sizeof(*node->note));
		node->note->number = number;
	}
	return node;
}

/* As a heap in an array: leaf i has leaves 2 i + 1 and 2 i + 2. */
static struct leaf *grow(int num)
{
	struct leaf **leaves = calloc(num, sizeof(*leaves)), *root;

	for (int i = 0; i < num; i++)
		leaves[i] = calloc(1, sizeof(**leaves));
	for (int i = 0; 2 * i + 2 < num; i++) {
		leaves[i]->left = leaves[2 * i + 1];
		leaves[i]->right = leaves[2 * i + 2];
	}
	root = leaves[0];
	leaves[num - 1]->node = add(NULL, 1);
	free(leaves);
	return root;
}

static void lose(void)
{
	for (int i = 0; i < 7; i++) {
		struct node *volatile node = add(NULL, 3);

		node->note = NULL;
		node = NULL;
	}
}

int main(void)
{
	table = calloc(1, sizeof(*table));
	lose();
	for (int i = 0; i < 1000; i++)
		table->buckets[i % 10] = add(table->buckets[i % 10], i / 10);
	table->root = grow(1023);
	abort();
}

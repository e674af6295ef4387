/*
 * A radix tree whose nodes keep their children and values among bytes, at
 * places that code computes.  Prints how many of each type it made, and ends by
 * abort().
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Not static either: so compilers pass what is declared. */
#define noinline __attribute__((noinline))

/* As many characters, and aligned behind them: a child for each, a value. */
struct node {
	uint32_t has_value : 1;
	uint32_t num_chars : 31;
	unsigned char data[];
};
struct user {
	struct user *friend;
	long number;
	double balance[5];
};
struct node *tree;

static size_t node_size(unsigned num, unsigned has_value)
{
	size_t chars = (sizeof(struct node) + num + 7) & -(size_t)8;

	return chars + (num + has_value) * sizeof(void *);
}

noinline struct node *node_new(unsigned num, unsigned has_value)
{
	struct node *node = calloc(1, node_size(num, has_value));

	node->num_chars = num;
	node->has_value = has_value;
	return node;
}

noinline struct node *node_child(const struct node *node, unsigned number)
{
	const unsigned char *place =
		(const unsigned char *)node + node_size(number, 0) +
		(node_size(node->num_chars, 0) - node_size(number, 0)) -
		(node->num_chars - number) * sizeof(void *);
	struct node *child;

	memcpy(&child, place, sizeof(child));
	return child;
}

noinline void node_set_child(struct node *node, unsigned number, int c,
			     struct node *child)
{
	size_t place = node_size(node->num_chars, 0) -
		       (node->num_chars - number) * sizeof(void *);

	node->data[number] = c;
	memcpy((unsigned char *)node + place, &child, sizeof(child));
}

noinline void *node_value(const struct node *node)
{
	void *value;

	memcpy(&value,
	       (const unsigned char *)node + node_size(node->num_chars, 0),
	       sizeof(value));
	return value;
}

noinline void node_set_value(struct node *node, void *value)
{
	memcpy((unsigned char *)node + node_size(node->num_chars, 0), &value,
	       sizeof(value));
}

noinline struct user *user_new(long number)
{
	static struct user *last;
	struct user *user = calloc(1, sizeof(*user));

	user->number = number;
	user->friend = last;
	last = number % 2 ? NULL : user;
	return user;
}

noinline long user_number(const struct node *node)
{
	const struct user *user = node_value(node);

	return user->number + (user->friend ? user->friend->number : 0);
}

noinline long blob_length(const struct node *node)
{
	const unsigned char *blob = node_value(node);

	return blob[0] + blob[1];
}

noinline unsigned char *blob_new(long number)
{
	unsigned char *blob = malloc(3000);

	memset(blob, 0x90 + number, 3000);
	return blob;
}

int main(void)
{
	long sum = 0;

	tree = node_new(20, 0);
	for (unsigned i = 0; i < 20; i++) {
		struct node *inner = node_new(10, 0);
		for (unsigned k = 0; k < 10; k++) {
			struct node *leaf = node_new(0, 1);
			if (k == 9)
				node_set_value(leaf, blob_new(i));
			else
				node_set_value(leaf, user_new(i * 10 + k));
			node_set_child(inner, k, 'a' + k, leaf);
		}
		node_set_child(tree, i, 'A' + i, inner);
	}
	for (unsigned i = 0; i < 20; i++)
		for (unsigned k = 0; k < 10; k++) {
			struct node *inner = node_child(tree, i);
			struct node *leaf = node_child(inner, k);
			sum += k == 9 ? blob_length(leaf) : user_number(leaf);
		}
	fprintf(stderr, "%ld\n", sum);
	puts("node 221\nuser 180\nunsigned_char 20");
	fflush(stdout);
	abort();
}

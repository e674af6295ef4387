/*
 * Lists, rings and trees that nothing leads to any more, and two types of which
 * nobody can say which one is lost.  Prints how many of each type there are,
 * and ends by abort().
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define noinline __attribute__((noinline))

enum { NUM_CHAINS = 10, NUM_NODES = 50 };

struct message {
	struct message *next;
	int number;
	char body[40];
};
struct peer {
	char name[16];
	struct peer *neighbour;
	char *address;
};
struct node {
	struct node *left, *right, *parent;
	long key[6];
};
struct stop {
	long place[8];
	struct stop *before, *behind;
};
/* Of equal layout, and both are allocated. */
struct debit {
	struct debit *next;
	long amount[12];
};
struct credit {
	struct credit *next;
	long amount[12];
};

/* So that compilers leave nothing out. */
void *volatile last_made;

noinline void messages_lose(void)
{
	struct message *first = NULL;

	for (int i = 0; i < NUM_NODES; i++) {
		struct message *message = malloc(sizeof(*message));
		message->next = first;
		message->number = i;
		strcpy(message->body, "a message in a chain");
		last_made = first = message;
	}
}

noinline struct peer *peer_new(const char *name)
{
	struct peer *peer = calloc(1, sizeof(*peer));

	strcpy(peer->name, name);
	peer->address = strdup("an address that is not inline");
	return peer;
}

noinline void peers_lose(void)
{
	struct peer *first = peer_new("first"), *last = first;

	for (int i = 1; i < NUM_NODES; i++) {
		last->neighbour = peer_new("other");
		last = last->neighbour;
	}
	last->neighbour = last_made = first;
}

noinline struct node *node_new(struct node *parent, long key)
{
	struct node *node = calloc(1, sizeof(*node));

	node->parent = parent;
	node->key[0] = key;
	last_made = node;
	return node;
}

/* Each on the way down has a sibling that is a leaf. */
noinline void nodes_lose(void)
{
	struct node *node = node_new(NULL, 0);

	for (int i = 1; i < NUM_NODES; i += 2) {
		node->left = node_new(node, i);
		node->right = node_new(node, i + 1);
		node = i % 4 == 1 ? node->left : node->right;
	}
}

noinline void stops_lose(void)
{
	struct stop *last = NULL;

	for (int i = 0; i < NUM_NODES; i++) {
		struct stop *stop = calloc(1, sizeof(*stop));
		stop->place[0] = i;
		stop->before = last;
		if (last)
			last->behind = stop;
		last_made = last = stop;
	}
}

noinline struct debit *debit_new(struct debit *next)
{
	struct debit *debit = calloc(1, sizeof(*debit));

	debit->next = next;
	debit->amount[0] = 1;
	last_made = debit;
	return debit;
}

noinline struct credit *credit_new(struct credit *next)
{
	struct credit *credit = calloc(1, sizeof(*credit));

	credit->next = next;
	credit->amount[0] = 1;
	last_made = credit;
	return credit;
}

noinline void accounts_lose(void)
{
	struct debit *debits = NULL;
	struct credit *credits = NULL;

	for (int i = 0; i < NUM_NODES; i++) {
		debits = debit_new(debits);
		credits = credit_new(credits);
	}
}

/* Pointers that still lie on the stack would hold what they lead to. */
noinline void stack_sweep(void)
{
	volatile char old[32 * 1024];

	for (size_t i = 0; i < sizeof(old); i++)
		old[i] = 0;
}

int main(void)
{
	for (int i = 0; i < NUM_CHAINS; i++) {
		messages_lose();
		peers_lose();
		nodes_lose();
		stops_lose();
		accounts_lose();
	}
	last_made = NULL;
	stack_sweep();
	printf("message %d\npeer %d\nnode %d\nstop %d\ndebit 0\ncredit 0\n",
	       NUM_CHAINS * NUM_NODES, NUM_CHAINS * NUM_NODES,
	       NUM_CHAINS * (NUM_NODES + 1), NUM_CHAINS * NUM_NODES);
	fflush(stdout);
	abort();
}

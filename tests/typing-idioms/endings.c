/*
 * Objects allocated shorter than their type: it ends in an array, or in a union
 * with one, and there is of it what is needed.  Others are told by a pointer to
 * such a type, too, and are something else.
 * Prints how many of each type it made, and ends by abort().
 */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Not static either: so compilers pass what is declared. */
#define noinline __attribute__((noinline))

enum { NUM_NAMES = 500, NUM_BUCKETS = 64, NAME_SIZE = 50, MOST = 32 };

/* The name itself, a pointer to it, or to a longer one. */
struct record {
	struct record *next, *bucket_next;
	long until;
	unsigned id, flags;
	union {
		char chars[NAME_SIZE];
		struct longname *full;
		const char *other;
	} name;
};

struct longname {
	struct longname *free_next;
	char chars[1025];
};

#define BARE_RECORD (sizeof(struct record) - NAME_SIZE)

/* A tree's node, of which leaves have no children. */
struct node {
	struct node *parent;
	int num_keys, depth;
	long keys[5];
	struct node *children[6];
};

/* As many users as it says. */
struct group {
	struct group *next;
	int num_users;
	struct {
		int limit;
		struct record *users[MOST];
	} members;
};

/* What has another kind is shorter, and something else. */
struct message {
	struct message *next;
	int kind, size;
	char text[200];
};

struct samples {
	struct message *next;
	int kind, size;
	double values[6];
};

struct record *buckets[NUM_BUCKETS], *last_record;
struct node *root;
struct group *groups;
struct message *messages[2 * NUM_NAMES];
static int num_nodes, num_groups, num_messages;

noinline struct record *record_add(size_t size, int id)
{
	struct record *record = calloc(1, size);

	record->id = id;
	record->until = 1700000000 + id;
	record->bucket_next = buckets[id % NUM_BUCKETS];
	buckets[id % NUM_BUCKETS] = record;
	record->next = last_record;
	last_record = record;
	return record;
}

noinline void name_add(int id)
{
	static const char *const kinds[] = {"host", "some-alias-of",
					    "a-service-called"};
	char name[NAME_SIZE];
	int length = snprintf(name, sizeof(name), "%s%d.test", kinds[id % 3],
			      id * id);
	struct record *record = record_add(BARE_RECORD + length + 1, id);

	memcpy(record->name.chars, name, length + 1);
}

noinline void other_add(int id, const char *name)
{
	record_add(BARE_RECORD + sizeof(char *), id)->name.other = name;
}

noinline struct node *node_make(struct node *parent, int depth)
{
	size_t size = depth == 0 ? offsetof(struct node, children)
				 : sizeof(struct node);
	struct node *node = calloc(1, size);

	node->parent = parent;
	node->depth = depth;
	node->num_keys = 5;
	num_nodes++;
	for (int i = 0; i < 5; i++)
		node->keys[i] = i * 1000 + num_nodes;
	for (int i = 0; depth > 0 && i < 6; i++)
		node->children[i] = node_make(node, depth - 1);
	return node;
}

noinline void group_add(int num)
{
	struct group *group = calloc(1, offsetof(struct group, members.users) +
						num * sizeof(void *));
	struct record *record = last_record;

	group->num_users = num;
	group->members.limit = 7;
	for (int i = 0; i < num; i++, record = record->next)
		group->members.users[i] = record;
	group->next = groups;
	groups = group;
	num_groups++;
}

noinline void message_add(struct message *message, int kind, int size)
{
	message->kind = kind;
	message->size = size;
	message->next = NULL;
	messages[num_messages++] = message;
}

noinline void text_add(int number)
{
	char text[200];
	int length = snprintf(text, sizeof(text),
			      "what is to be said, by number %d", number);
	struct message *message =
		malloc(offsetof(struct message, text) + length + 1);

	memcpy(message->text, text, length + 1);
	message_add(message, 1, length);
}

noinline void samples_add(int number)
{
	struct samples *samples = malloc(sizeof(*samples));

	for (int i = 0; i < 6; i++)
		samples->values[i] = number / (i + 1.3);
	message_add((struct message *)samples, 2, 6);
}

int main(void)
{
	static char buffer[4096];

	setvbuf(stdout, buffer, _IOFBF, sizeof(buffer));
	for (int i = 0; i < NUM_NAMES; i++) {
		name_add(i);
		other_add(i, buckets[i % NUM_BUCKETS]->name.chars);
		text_add(i);
		samples_add(i);
	}
	root = node_make(NULL, 3);
	for (int i = 0; i < 20; i++)
		group_add(i + 1);
	printf("record %d\nnode %d\ngroup %d\nmessage %d\n", 2 * NUM_NAMES,
	       num_nodes, num_groups, NUM_NAMES);
	fflush(stdout);
	abort();
}

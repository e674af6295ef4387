/*
 * Items whose name is an array of one character at their end, and to whose
 * names alone a table has pointers; variables whose value, declared as text, is
 * a table in some.
 * Prints how many of each type it made, and ends by abort().
 */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Not static either: so compilers pass what is declared. */
#define noinline __attribute__((noinline))

enum { NUM_ITEMS = 400, NUM_VARIABLES = 100, NUM_BUCKETS = 32 };

struct item {
	long kind;
	void *value;
	char flags;
	char name[1];
};

struct key {
	unsigned long hash;
	char *name; /* of an item */
};

struct bucket {
	struct bucket *next;
	char *key, *data;
	unsigned hash;
};

struct table {
	struct bucket **buckets;
	int num_buckets, num_entries;
};

struct variable {
	char *name;
	char *value; /* or a table */
	int is_table, context;
};

struct key keys[NUM_ITEMS];
struct variable *variables[2 * NUM_VARIABLES];
static int num_buckets;

noinline void item_add(int number)
{
	char name[40];
	int length = snprintf(name, sizeof(name), "item.%d", number);
	struct item *item = malloc(offsetof(struct item, name) + length + 1);

	item->kind = number % 3;
	item->value = NULL;
	item->flags = 3;
	memcpy(item->name, name, length + 1);
	keys[number] = (struct key){number * 31, item->name};
}

noinline void table_set(struct table *table, const char *key, int number)
{
	struct bucket *bucket = malloc(sizeof(*bucket));

	bucket->key = strdup(key);
	bucket->data = strdup("what belongs to it");
	bucket->hash = number * 2654435761u;
	bucket->next = table->buckets[number % NUM_BUCKETS];
	table->buckets[number % NUM_BUCKETS] = bucket;
	table->num_entries++;
	num_buckets++;
}

noinline struct table *table_of(struct variable *variable)
{
	return variable->is_table ? (struct table *)variable->value : NULL;
}

noinline struct table *table_make(void)
{
	struct table *table = malloc(sizeof(*table));

	table->buckets = calloc(NUM_BUCKETS, sizeof(*table->buckets));
	table->num_buckets = NUM_BUCKETS;
	table->num_entries = 0;
	return table;
}

noinline void variable_add(int number, int is_table)
{
	struct variable *variable = malloc(sizeof(*variable));
	char name[40];

	snprintf(name, sizeof(name), "the_variable_%d", number);
	variable->name = strdup(name);
	variable->is_table = is_table;
	variable->context = 0;
	variable->value = is_table ? (char *)table_make() : strdup("its text");
	for (int i = 0; is_table && i < 5; i++)
		table_set(table_of(variable), name, i);
	variables[number] = variable;
}

int main(void)
{
	static char buffer[4096];

	setvbuf(stdout, buffer, _IOFBF, sizeof(buffer));
	for (int i = 0; i < NUM_ITEMS; i++)
		item_add(i);
	for (int i = 0; i < 2 * NUM_VARIABLES; i++)
		variable_add(i, i % 2);
	printf("item %d\nvariable %d\ntable %d\nbucket %d\n", NUM_ITEMS,
	       2 * NUM_VARIABLES, NUM_VARIABLES, num_buckets);
	fflush(stdout);
	abort();
}

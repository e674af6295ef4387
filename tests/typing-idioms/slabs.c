/*
 * A program that cuts large blocks into values and entries of tables, all of
 * whose pointers are in unions: what is in a value, its kind says; of an entry
 * nothing does.  Prints how many blocks of each type it made, and ends by
 * abort().
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define keep(value) __asm__ volatile("" : : "g"(value) : "memory")

enum {
	PER_SLAB = 50,
	NUM_BUCKETS = 61,
	NUM_TABLES = 40,
	NUM_KEYS = 150,
	NUM_ITEMS = 20,
};

struct value {
	union {
		struct {
			union {
				struct value *value;
				long number;
			} left;
			union {
				struct value *value;
				union entry **buckets;
				struct value **items;
				char **lines;
			} right;
			char *name;
		} pair;
		struct {
			double number;
			size_t length;
			int width;
			char *text;
		} scalar;
	} as;
	enum {
		SCALAR = 100,
		TABLE,
		VECTOR,
		ALIAS,
	} kind;
	enum { CONSTANT = 1, SHARED = 2, OLD = 4 } flags;
	long num_users;
};

/* An entry by name, or one that two numbers share. */
union entry {
	struct {
		union entry *next;
		char *text;
		size_t length, hash;
		struct value *key, *value;
	} named;
	struct {
		union entry *next;
		long number[2];
		struct value *values[2];
		size_t num;
	} numbered;
};

struct value *root;

/* What can be handed out again, and what was never used. */
static struct {
	const char *name;
	size_t size;
	void *first;
	long num;
} slabs[] = {
	{"value", sizeof(struct value), NULL, 0},
	{"entry", sizeof(union entry), NULL, 0},
};

static long num_tables, num_vectors, num_texts;

static void *element_new(int which)
{
	size_t size = slabs[which].size;

	if (!slabs[which].first) {
		char *slab = malloc(PER_SLAB * size);
		for (int i = PER_SLAB - 1; i >= 0; i--) {
			*(void **)(slab + i * size) = slabs[which].first;
			slabs[which].first = slab + i * size;
		}
		slabs[which].num++;
	}
	void *element = slabs[which].first;
	slabs[which].first = *(void **)element;
	return memset(element, 0, size);
}

static struct value *value_new(int kind)
{
	struct value *value = element_new(0);

	value->kind = kind;
	value->flags = CONSTANT;
	value->num_users = 1;
	return value;
}

static void value_free(struct value *value)
{
	*(void **)value = slabs[0].first;
	slabs[0].first = value;
}

static struct value *scalar_new(int number)
{
	struct value *value = value_new(SCALAR);
	char text[64];

	snprintf(text, sizeof(text), "the scalar whose number is %d", number);
	value->as.scalar.number = number;
	value->as.scalar.text = strdup(text);
	value->as.scalar.length = strlen(text);
	num_texts++;
	return value;
}

static struct value *table_new(void)
{
	struct value *table = value_new(TABLE);

	table->as.pair.right.buckets =
		calloc(NUM_BUCKETS, sizeof(union entry *));
	num_tables++;
	return table;
}

static struct value *table_add(struct value *table, struct value *value,
			       int number)
{
	struct value *key = scalar_new(number);
	union entry **head =
		&table->as.pair.right.buckets[number * 7919u % NUM_BUCKETS];
	union entry *entry = element_new(1);

	entry->named.next = *head;
	entry->named.text = key->as.scalar.text;
	entry->named.length = key->as.scalar.length;
	entry->named.hash = number * 2654435761u;
	entry->named.key = key;
	entry->named.value = value;
	*head = entry;
	return value;
}

static struct value *vector_new(void)
{
	struct value *vector = value_new(VECTOR);

	vector->as.pair.right.items =
		calloc(NUM_ITEMS + 12, sizeof(struct value *));
	for (int i = 0; i < NUM_ITEMS; i++)
		vector->as.pair.right.items[i] = value_new(SCALAR);
	num_vectors++;
	return vector;
}

int main(void)
{
	static char output[4096];
	struct value *old = NULL;

	setvbuf(stdout, output, _IOFBF, sizeof(output));
	root = table_new();
	for (int i = 0; i < NUM_TABLES; i++) {
		struct value *table = table_add(root, table_new(), i);
		for (int k = 0; k < NUM_KEYS; k++)
			table_add(table, k % 50 ? scalar_new(k) : vector_new(),
				  k);
		if (old)
			value_free(old);
		old = value_new(ALIAS);
	}
	keep(root);
	for (int i = 0; i < 2; i++)
		printf("%s %ld\n", slabs[i].name, slabs[i].num);
	printf("entry_* %ld\nvalue_* %ld\nchar %ld\n", num_tables, num_vectors,
	       num_texts);
	fflush(stdout);
	abort();
}

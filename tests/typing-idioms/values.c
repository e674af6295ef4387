/*
 * Values of several types behind `void *`, some of which are no pointers but
 * numbers.  Prints how many of each type it made, and ends by abort().
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Not static either: so compilers pass what is declared. */
#define noinline __attribute__((noinline))

enum { NUMBER, PAIR, BLOB, NUM_KINDS };

/* All of these are of one size class. */
struct value {
	unsigned kind : 4, flags : 28;
	int refs;
	void *data;
};
struct pair {
	struct ring *ring;
	struct leaf *leaf;
};
struct blob {
	uint32_t kind, length;
	signed char contents[];
};
struct stats {
	size_t lines, words;
};

struct ring {
	struct ring *next;
	long number[7];
};
struct leaf {
	double weight[9];
};
struct entry {
	char *key;
	void *value;
	struct entry *next;
};
struct entry *values, *stats;

noinline void entry_add(struct entry **list, const char *key, void *value)
{
	struct entry *entry = calloc(1, sizeof(*entry));

	entry->key = strdup(key);
	entry->value = value;
	entry->next = *list;
	*list = entry;
}

noinline struct pair *pair_new(void)
{
	struct pair *pair = malloc(sizeof(*pair));

	pair->ring = calloc(1, sizeof(*pair->ring));
	pair->ring->next = pair->ring;
	pair->leaf = calloc(1, sizeof(*pair->leaf));
	return pair;
}

noinline struct blob *blob_new(unsigned length)
{
	struct blob *blob = malloc(sizeof(*blob) + length);

	blob->kind = 1;
	blob->length = length;
	memset(blob->contents, 0x81, length);
	return blob;
}

noinline struct value *value_new(unsigned kind, long number)
{
	struct value *value = malloc(sizeof(*value));

	value->kind = kind;
	value->flags = 0;
	value->refs = 1;
	if (kind == PAIR)
		value->data = pair_new();
	else if (kind == BLOB)
		value->data = blob_new(100 + number % 100);
	else
		value->data = (void *)(number * 1000003 + 100000);
	return value;
}

noinline struct stats *stats_new(long number)
{
	struct stats *one = malloc(sizeof(*one));

	one->lines = number;
	one->words = number * 10 + 1000000;
	return one;
}

noinline long value_sum(const struct entry *entry)
{
	const struct value *value = entry->value;

	if (value->kind == PAIR) {
		const struct pair *pair = value->data;
		return pair->ring->number[0] + (long)pair->leaf->weight[0];
	}
	if (value->kind == BLOB) {
		const struct blob *blob = value->data;
		return blob->contents[blob->length - 1];
	}
	return (long)value->data;
}

noinline long stats_sum(const struct entry *entry)
{
	const struct stats *one = entry->value;

	return one->lines + one->words;
}

int main(void)
{
	long sum = 0;

	for (long i = 0; i < 300; i++)
		entry_add(&values, "a value", value_new(i % NUM_KINDS, i));
	for (long i = 0; i < 30; i++)
		entry_add(&stats, "statistics", stats_new(i));
	for (struct entry *entry = values; entry; entry = entry->next)
		sum += value_sum(entry);
	for (struct entry *entry = stats; entry; entry = entry->next)
		sum += stats_sum(entry);
	fprintf(stderr, "%ld\n", sum);
	puts("entry 330\nvalue 300\npair 100\nring 100\nleaf 100\nblob 100\n"
	     "stats 30");
	fflush(stdout);
	abort();
}

/*
 * Objects that begin with a count of references, behind a small value that
 * says of which kind they are: lists, records with a table of numbers behind
 * their elements, and texts, all reached by a pointer to the count alone.
 * Prints how many of each type it made, and ends by abort().
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Not static either: so compilers pass what is declared. */
#define noinline __attribute__((noinline))

enum { NUM_RECORDS = 3000 };

enum kind { NUMBER, TEXT, LIST, RECORD };

struct counter {
	int count;
};

struct value {
	unsigned char kind;
	int size;
	union {
		struct counter *shared;
		double number;
	} u;
};

struct text {
	struct counter counter;
	unsigned hash, length, capacity;
	char bytes[];
};

struct list {
	struct counter counter;
	int length, capacity;
	struct value items[];
};

struct slot {
	int next;
	unsigned hash;
	struct value name, value;
};

struct record {
	struct counter counter;
	int next_free;
	struct slot slots[];
};

struct holder {
	struct value all;
	int is_done;
};
struct holder *holder;
static int num_texts, num_lists, num_records;

noinline struct value text_value(const char *text)
{
	size_t length = strlen(text);
	struct text *made = malloc(sizeof(*made) + 2 * length + 1);

	made->counter.count = 1;
	made->hash = length * 31;
	made->length = length;
	made->capacity = 2 * length;
	memset(made->bytes, 0, 2 * length + 1);
	memcpy(made->bytes, text, length);
	num_texts++;
	return (struct value){TEXT, 0, {&made->counter}};
}

noinline struct value list_value(int capacity)
{
	struct list *list =
		malloc(sizeof(*list) + capacity * sizeof(struct value));

	list->counter.count = 1;
	list->length = 0;
	list->capacity = capacity;
	num_lists++;
	return (struct value){LIST, 0, {&list->counter}};
}

noinline void list_add(struct value value, struct value item)
{
	struct list *list = (struct list *)value.u.shared;

	if (list->length < list->capacity)
		list->items[list->length++] = item;
}

noinline struct value number_value(double number)
{
	struct value value = {NUMBER, 0, {0}};

	value.u.number = number;
	return value;
}

/* Behind the slots are twice as many numbers: the heads of chains. */
noinline struct value record_value(int capacity)
{
	size_t size = sizeof(struct record) + capacity * sizeof(struct slot);
	struct record *record = malloc(size + 2 * capacity * sizeof(int));

	record->counter.count = 1;
	record->next_free = 0;
	memset(record->slots, 0, capacity * sizeof(struct slot));
	memset((char *)record + size, 0xff, 2 * capacity * sizeof(int));
	num_records++;
	return (struct value){RECORD, capacity, {&record->counter}};
}

noinline void record_set(struct value value, const char *name,
			 struct value item)
{
	struct record *record = (struct record *)value.u.shared;
	struct slot *slot = &record->slots[record->next_free++];

	slot->next = -1;
	slot->hash = strlen(name);
	slot->name = text_value(name);
	slot->value = item;
}

noinline void fill(struct value all)
{
	char text[64];

	for (int i = 0; i < NUM_RECORDS; i++) {
		struct value record = record_value(8);
		struct value numbers = list_value(16);

		for (int k = 0; k < 3; k++)
			list_add(numbers, number_value(i / (k + 1.5)));
		snprintf(text, sizeof(text), "the name of number %d", i);
		record_set(record, "name of it", text_value(text));
		record_set(record, "numbers", numbers);
		record_set(record, "weight", number_value(i * 0.7));
		list_add(all, record);
	}
}

int main(void)
{
	static char buffer[4096];

	setvbuf(stdout, buffer, _IOFBF, sizeof(buffer));
	holder = calloc(1, sizeof(*holder));
	holder->all = list_value(NUM_RECORDS + 100);
	fill(holder->all);
	printf("record %d\nlist %d\ntext %d\ncounter 0\n", num_records,
	       num_lists, num_texts);
	fflush(stdout);
	abort();
}

/*
 * Tables as uthash's macros make them: the links are a member of what a table
 * holds, at the offset that the table knows, and those along a table have no
 * type.  What is held has tables of its own, and one type is as large as
 * another.  Countries are declared to lead to the next one, besides.  Prints
 * how many of each type it made, and ends by abort().
 */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NUM_BUCKETS = 32, NUM_COUNTRIES = 20, NUM_TOWNS = 12, NUM_SHIPS = 30 };

typedef struct UT_hash_handle {
	struct UT_hash_table *tbl;
	void *prev, *next;
	struct UT_hash_handle *hh_prev, *hh_next;
	void *key;
	unsigned keylen, hashv;
} UT_hash_handle;

typedef struct UT_hash_bucket {
	UT_hash_handle *hh_head;
	unsigned count, expand_mult;
} UT_hash_bucket;

typedef struct UT_hash_table {
	UT_hash_bucket *buckets;
	unsigned num_buckets, log2_num_buckets, num_items;
	UT_hash_handle *tail;
	ptrdiff_t hho;
	unsigned ideal_chain_maxlen, nonideal_items, ineff_expands, noexpand;
	unsigned signature;
} UT_hash_table;

/* In countries and ships the links are first, and both are as large. */
struct town {
	long people, area;
	UT_hash_handle by_number;
	long number;
};
struct country {
	UT_hash_handle by_number;
	struct country *neighbour;
	struct town *towns;
	struct ship *ships;
	long number;
};
struct ship {
	UT_hash_handle by_number;
	struct country *home;
	struct ship *boats;
	void *cargo;
	long number;
};

struct country *countries;
static unsigned num_towns, num_countries, num_ships;

/* The object's handle is at @offset; @first is the table's first object. */
static void *add(void *first, void *object, ptrdiff_t offset, long *key)
{
	UT_hash_handle *handle = (UT_hash_handle *)((char *)object + offset);
	UT_hash_handle *head = (UT_hash_handle *)((char *)first + offset);
	UT_hash_table *table = first ? head->tbl : calloc(1, sizeof(*table));

	if (!first) {
		table->buckets = calloc(NUM_BUCKETS, sizeof(UT_hash_bucket));
		table->num_buckets = NUM_BUCKETS;
		table->log2_num_buckets = 5;
		table->hho = offset;
		table->signature = 0xa0111fe1;
	} else {
		handle->prev = (char *)table->tail - offset;
		table->tail->next = object;
	}
	table->tail = handle;
	table->num_items++;
	handle->tbl = table;
	handle->key = key;
	handle->keylen = sizeof(*key);
	handle->hashv = (unsigned)*key * 2654435761U;

	UT_hash_bucket *bucket =
		&table->buckets[handle->hashv & (NUM_BUCKETS - 1)];
	handle->hh_next = bucket->hh_head;
	if (bucket->hh_head)
		bucket->hh_head->hh_prev = handle;
	bucket->hh_head = handle;
	bucket->count++;
	return first ? first : object;
}

static struct ship *ship_add(struct ship *first, long number)
{
	struct ship *ship = calloc(1, sizeof(*ship));

	num_ships++;
	ship->number = number;
	return add(first, ship, offsetof(struct ship, by_number),
		   &ship->number);
}

static struct country *country_add(struct country *last, long number)
{
	struct country *country = calloc(1, sizeof(*country));

	num_countries++;
	if (last)
		last->neighbour = country;
	country->number = number;
	countries = add(countries, country, offsetof(struct country, by_number),
			&country->number);
	for (long i = 0; i < NUM_TOWNS; i++) {
		struct town *town = calloc(1, sizeof(*town));
		num_towns++;
		town->number = i;
		country->towns =
			add(country->towns, town,
			    offsetof(struct town, by_number), &town->number);
	}
	for (long i = 0; i < NUM_SHIPS; i++)
		country->ships = ship_add(country->ships, i);
	for (long i = 0; i < 2; i++)
		country->ships->boats = ship_add(country->ships->boats, i);
	return country;
}

int main(void)
{
	struct country *last = NULL;

	for (long i = 0; i < NUM_COUNTRIES; i++)
		last = country_add(last, i);
	printf("country %u\ntown %u\nship %u\n", num_countries, num_towns,
	       num_ships);
	fflush(stdout);
	abort();
}

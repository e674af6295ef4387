/*
 * Of some blocks there are only numbers in other blocks.  Some of these are
 * pointers all the same, and must count as such.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "kept.h"

/* Blocks besides, of which nothing is to be seen. */
#ifndef NUM_MORE
#define NUM_MORE 0
#endif

enum {
	INTEGER_SIZE = 1000,
	BEHIND_SIZE = 2000, /* the one before leads to it */
	DOUBLE_SIZE = 3000,
	ELEMENT_SIZE = 4000,
	TAGGED_SIZE = 5000,
	DISGUISED_SIZE = 6000,
	ALONE_SIZE = 7000,
	UNION_SIZE = 8000,
	BOTH_SIZE = 9000,
	LOST_SIZE = 10000,
	STORED_SIZE = 11000,
	NUM_ITEMS = 200,
	NUM_SHARES = 100,
};

struct item {
	struct item *next;
	uint64_t id;
	double share;
	uintptr_t tagged;
	unsigned long disguised;
	union {
		double number;
		void *pointer;
	} either;
	unsigned long store[3];
};

struct alone {
	uint64_t id;
	int unused[20];
};

struct item *volatile items;
struct alone *volatile alone;
double *volatile shares;
void *volatile both;
void **volatile more;

KEPT static char *block(size_t size)
{
	char *made = malloc(size);

	memset(made, 'x', size);
	return made;
}

/* By no register that numbers are in. */
KEPT static void store(double *place, char *pointer)
{
	memcpy(place, &pointer, sizeof(pointer));
}

KEPT static void add_item(int number)
{
	struct item *item = calloc(1, sizeof(*item));

	item->id = 1000000007ull * (number + 1);
	item->share = 1.0 / (number + 1);
	item->tagged = (uintptr_t)block(30) | 1;
	item->disguised = (unsigned long)block(30);
	item->next = items;
	items = item;
}

KEPT static struct item *item_number(int number)
{
	struct item *item = items;

	while (number-- > 0)
		item = item->next;
	return item;
}

KEPT static void hide(void)
{
	char *behind = block(BEHIND_SIZE), *integer = block(INTEGER_SIZE);

	memcpy(integer, &behind, sizeof(behind));
	item_number(10)->id = (uint64_t)integer;
	store(&item_number(20)->share, block(DOUBLE_SIZE));
	store(&shares[NUM_SHARES / 2], block(ELEMENT_SIZE));
	item_number(30)->tagged = (uintptr_t)block(TAGGED_SIZE) | 1;
	item_number(40)->disguised = (unsigned long)block(DISGUISED_SIZE);
	alone->id = (uint64_t)block(ALONE_SIZE);
	item_number(50)->either.pointer = block(UNION_SIZE);
	both = block(BOTH_SIZE);
	item_number(60)->id = (uint64_t)both;
	item_number(70)->store[1] = (unsigned long)block(STORED_SIZE);
	uint64_t *lost = malloc(sizeof(*lost));
	*lost = (uint64_t)block(LOST_SIZE);
}

int main(void)
{
	for (int i = 0; i < NUM_MORE; i++) {
		void **link = malloc(24);
		*link = more;
		more = link;
	}
	for (int i = 0; i < NUM_ITEMS; i++)
		add_item(i);
	alone = calloc(1, sizeof(*alone));
	shares = calloc(NUM_SHARES, sizeof(*shares));
	for (int i = 0; i < NUM_SHARES; i++)
		shares[i] = i + 0.5;
	hide();
	scrub();
	abort();
}

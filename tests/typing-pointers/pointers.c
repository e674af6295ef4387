/*
 * Arrays of pointers that no declaration leads to: a number holds their
 * address.  Says what each block is, and ends by abort():
 *	items ADDRESS	pointers to items
 *	no ADDRESS	something else
 */
#include <stdio.h>
#include <stdlib.h>

struct item {
	struct item *next;
	long value[4];
};
struct thing {
	struct thing *next;
	long value[6];
};

struct item *items;
struct thing *things;
long hidden[8];

static void keep(unsigned number, void *block, const char *kind)
{
	hidden[number] = (long)block;
	printf("%s %p\n", kind, block);
}

static void fill(void)
{
	for (long i = 0; i < 100; i++) {
		struct item *item = calloc(1, sizeof(*item));
		struct thing *thing = calloc(1, sizeof(*thing));
		item->next = items;
		item->value[0] = i;
		items = item;
		thing->next = things;
		things = thing;
	}
}

/* Every @step-th is an item, others are a thing or a number. */
static void array(unsigned number, unsigned step, long other, const char *kind)
{
	long *array = calloc(60, sizeof(*array));
	struct item *item = items;

	for (unsigned i = 0; i < 60; i++, item = item->next)
		array[i] = i % step ? (long)item : other;
	keep(number, array, kind);
}

int main(void)
{
	fill();
	array(0, 100, (long)things, "items"); /* but the first */
	array(1, 3, 0, "items");
	array(2, 3, (long)things, "no");
	array(3, 2, 77, "no");
	/* One pointer again and again, and too few. */
	long *same = calloc(60, sizeof(*same));
	for (unsigned i = 0; i < 60; i++)
		same[i] = (long)items;
	keep(4, same, "no");
	long *few = calloc(60, sizeof(*few));
	few[3] = (long)items;
	few[4] = (long)items->next;
	keep(5, few, "no");
	fflush(stdout);
	abort();
}

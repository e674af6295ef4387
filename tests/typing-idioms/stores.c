/*
 * A program that keeps stores for later: a store is the head of its block, the
 * rest of which it hands out piece by piece, and has its link as bytes.  Its
 * rows are elements that point into their own block, and no heads.  Prints how
 * many of each type it made, and ends by abort().
 */
#include <stdio.h>
#include <stdlib.h>

enum { STORES = 30, ROWS = 64 };

struct store {
	char *next, *large;
	size_t num_large, first_size, room;
	char *data;
	size_t limit, unused;
};
struct row {
	char *text;
	size_t size;
};
struct cache {
	struct store *kept[2];
	struct row *rows;
	int num;
};

struct cache *cache;

static struct store *store_new(size_t size)
{
	struct store *store = calloc(1, size);

	store->first_size = size;
	store->data = (char *)(store + 1);
	store->room = size - sizeof(*store);
	return store;
}

static __attribute__((noinline)) void keep(struct store *store, int which)
{
	store->next = (char *)cache->kept[which];
	cache->kept[which] = store;
	cache->num++;
}

static __attribute__((noinline)) struct store *take(int which)
{
	struct store *store = cache->kept[which];

	if (store) {
		cache->kept[which] = (struct store *)store->next;
		store->next = NULL;
	}
	return store;
}

static void use(struct store *store, size_t size)
{
	store->data += size;
	store->room -= size;
}

int main(void)
{
	cache = calloc(1, sizeof(*cache));
	/* Room for as many heads, and for no number of them. */
	for (int i = 0; i < STORES; i++) {
		keep(store_new(4096), 0);
		keep(store_new(3000), 1);
	}
	for (int i = 0; i < 2; i++) {
		struct store *store = take(i);
		use(store, 128);
		keep(store, i);
	}
	cache->rows = calloc(ROWS, sizeof(*cache->rows));
	for (int i = 0; i < ROWS; i++) {
		cache->rows[i].text = (char *)&cache->rows[i / 2];
		cache->rows[i].size = 8;
	}
	printf("cache 1\nstore %d\nrow 1\n", 2 * STORES);
	fflush(stdout);
	abort();
}

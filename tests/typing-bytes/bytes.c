/*
 * A program that keeps memory by `void *`: for nothing, as objects, and from
 * where nobody sees.  Says of each block what it is, and ends by abort():
 *	KIND ADDRESS
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define keep(value) __asm__ volatile("" : "+g"(value) : : "memory")

/* Memory of any size, never taken for anything. */
struct cache {
	unsigned num;
	void **buffers;
	void *last;
};

/* An object, which only the code knows. */
struct point {
	long x, y, z;
};
struct box {
	void *content;
	long number;
};

/* What comes from a place without a type: nothing is proved. */
struct parcel {
	void *content;
	long number;
};

/* The same, but an address is in it. */
struct letter {
	void *content;
	long number;
};

struct cache *cache;
struct box *boxes[10];
struct parcel *parcels[10];
struct letter *letters[10];

static __attribute__((noinline)) void say(const char *kind, const void *at)
{
	printf("%s %p\n", kind, at);
}

/* As any program has its own. */
static __attribute__((noinline)) void *get(size_t size)
{
	void *memory = malloc(size);

	if (!memory)
		abort();
	return memory;
}

static __attribute__((noinline)) void fill_cache(void)
{
	cache = calloc(1, sizeof(*cache));
	cache->buffers = calloc(40, sizeof(*cache->buffers));
	for (unsigned i = 0; i < 40; i++) {
		size_t size = 100 + 17 * i;
		void *memory = get(size);
		memset(memory, 0, size);
		cache->buffers[i] = memory;
		cache->num++;
		say("proved", memory);
	}
	cache->last = malloc(5000);
	memset(cache->last, 7, 5000);
	say("proved", cache->last);
}

static __attribute__((noinline)) long sum(void)
{
	long all = 0;

	for (int i = 0; i < 10; i++) {
		struct point *point = boxes[i]->content;
		all += point->x + point->y + point->z;
	}
	return all;
}

static __attribute__((noinline)) void fill_boxes(void)
{
	for (int i = 0; i < 10; i++) {
		struct point *point = calloc(1, sizeof(*point));
		boxes[i] = calloc(1, sizeof(*boxes[i]));
		point->x = i;
		boxes[i]->content = point;
		say("object", point);
	}
}

/* The address comes from where no code is read: a number. */
static __attribute__((noinline)) void *unseen(size_t size)
{
	unsigned long number = (unsigned long)calloc(1, size) ^ 0x5555;

	keep(number);
	return (void *)(number ^ 0x5555);
}

static __attribute__((noinline)) void fill_parcels(void)
{
	for (int i = 0; i < 10; i++) {
		parcels[i] = calloc(1, sizeof(*parcels[i]));
		parcels[i]->content = unseen(200);
		say("likely", parcels[i]->content);
		letters[i] = calloc(1, sizeof(*letters[i]));
		letters[i]->content = unseen(200);
		((void **)letters[i]->content)[3] = parcels[i];
		say("unknown", letters[i]->content);
	}
}

int main(void)
{
	fill_cache();
	fill_boxes();
	fill_parcels();
	printf("sum %ld\n", sum());
	fflush(stdout);
	abort();
}

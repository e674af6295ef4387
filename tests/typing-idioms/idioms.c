/*
 * A program of C idioms that declarations alone say little of.  Prints how
 * many of each type it made, and ends by abort().
 */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define keep(value) __asm__ volatile("" : : "g"(value) : "memory")

/* An intrusive list: the only root points into the elements. */
struct link {
	struct link *next, *prev;
};
struct job {
	long number;
	char *title;
	struct link link;
	long cost[5];
};
struct link jobs;

/* The only root points to a member: unique by offset and size. */
struct state {
	int depth;
	struct job *last;
};
struct whole {
	struct whole *self;
	struct state state;
	char rest[400];
	struct leaf *leaf;
};
struct leaf {
	long a, b, c, d, e, f, g, h, i;
};
struct state *current;

/* Everything behind a header of 16 bytes. */
struct counted {
	long refs, size;
};
struct wrapped {
	struct wrapped *next;
	long a, b, c, d;
};
struct wrapped *wrapped;

static void *counted_new(size_t size)
{
	struct counted *header = calloc(1, sizeof(*header) + size);

	header->refs = 1;
	header->size = size;
	return header + 1;
}

/* An array with a mapping of its own, up to a page larger. */
struct connection {
	struct connection *free;
	struct peer *peer;
	long fd, data[9];
};
struct peer {
	long port[7];
};
struct connection *connections;

/* A page from which objects are cut. */
struct page {
	struct page *next;
	size_t used;
};
struct cut {
	struct cut *next;
	struct peer *peer;
	long value;
};
struct page *pages;
struct cut *cuts;

static void *cut_new(size_t size)
{
	if (!pages || pages->used + size > 4000) {
		struct page *page = calloc(1, 4000);
		page->next = pages;
		page->used = sizeof(*page);
		pages = page;
	}
	void *result = (char *)pages + pages->used;
	pages->used += size;
	return result;
}

static void fill(void)
{
	jobs.next = jobs.prev = &jobs;
	for (long i = 0; i < 50; i++) {
		struct job *job = calloc(1, sizeof(*job));
		job->number = i;
		job->title = strdup("a job to be done");
		job->link.next = &jobs;
		job->link.prev = jobs.prev;
		jobs.prev->next = &job->link;
		jobs.prev = &job->link;
	}
	struct whole *whole = calloc(1, sizeof(*whole));
	whole->self = whole;
	whole->leaf = calloc(1, sizeof(*whole->leaf));
	current = &whole->state;
	for (int i = 0; i < 20; i++) {
		struct wrapped *one = counted_new(sizeof(*one));
		one->next = wrapped;
		wrapped = one;
	}
	connections = calloc(3000, sizeof(*connections));
	for (int i = 0; i < 2999; i++)
		connections[i].free = &connections[i + 1];
	for (int i = 0; i < 3000; i += 100)
		connections[i].peer = calloc(1, sizeof(struct peer));
	for (int i = 0; i < 300; i++) {
		struct cut *cut = cut_new(sizeof(*cut));
		cut->next = cuts;
		cut->peer = i % 10 ? NULL : calloc(1, sizeof(struct peer));
		cuts = cut;
	}
}

/* Known to a local alone. */
struct only {
	struct only *next;
	struct peer *peer;
	long more[8];
};

static __attribute__((noinline)) void finish(void)
{
	struct only *volatile only = NULL;

	for (int i = 0; i < 7; i++) {
		struct only *one = calloc(1, sizeof(*one));
		one->next = only;
		one->peer = calloc(1, sizeof(*one->peer));
		only = one;
	}
	keep(only);
	abort();
}

int main(void)
{
	fill();
	puts("job 50\nwhole 1\nleaf 1\nwrapped 20\nconnection 1\npeer 67\n"
	     "page 2\nonly 7");
	fflush(stdout);
	keep(jobs.next);
	finish();
}

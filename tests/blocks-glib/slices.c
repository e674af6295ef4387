/*
 * Slices of GLib's of many sizes, by several threads, of which some are given
 * back.  Prints each: "used ADDRESS SIZE" or "gone ADDRESS SIZE", and ends by
 * abort().
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern const unsigned glib_minor_version;
void *g_slice_alloc(size_t size);
void g_slice_free1(size_t size, void *slice);

enum { NUM_SLICES = 6000, NUM_THREADS = 3, LARGEST = 1000 };

static struct slice {
	void *address;
	size_t size;
	int is_gone;
} slices[NUM_THREADS][NUM_SLICES];
static pthread_barrier_t barrier;

static void *make(void *context)
{
	struct slice *mine = context;
	unsigned seed = mine - slices[0];

	for (int i = 0; i < NUM_SLICES; i++) {
		/* Small ones are many, as in programs. */
		size_t size = 1 + rand_r(&seed) % (i % 8 ? 128 : LARGEST);
		mine[i].size = size;
		mine[i].address = g_slice_alloc(size);
		memset(mine[i].address, 0, size);
	}
	/* What is one thread's may be given back by another. */
	pthread_barrier_wait(&barrier);
	for (int i = 0; i < NUM_SLICES; i++) {
		struct slice *slice =
			&slices[i % NUM_THREADS][mine == slices[0]   ? i
						 : mine == slices[1] ? i - 1
								     : i - 2];
		if (i < 3 || rand_r(&seed) % 5 < 3 || slice->is_gone)
			continue;
		slice->is_gone = 1;
		g_slice_free1(slice->size, slice->address);
	}
	pthread_barrier_wait(&barrier);
	pthread_barrier_wait(&barrier);
	return NULL;
}

int main(void)
{
	pthread_t threads[NUM_THREADS];

	pthread_barrier_init(&barrier, NULL, NUM_THREADS + 1);
	for (int i = 0; i < NUM_THREADS; i++)
		pthread_create(&threads[i], NULL, make, slices[i]);
	pthread_barrier_wait(&barrier);
	pthread_barrier_wait(&barrier);
	fprintf(stderr, "%u\n", glib_minor_version);
	for (int i = 0; i < NUM_THREADS; i++)
		for (int k = 0; k < NUM_SLICES; k++)
			printf("%s %p %zu\n",
			       slices[i][k].is_gone ? "gone" : "used",
			       slices[i][k].address,
			       (slices[i][k].size + 15) & ~(size_t)15);
	fflush(stdout);
	abort();
}

/*
 * Brk: a heap that cannot grow in one piece.
 *
 *	brk foreign	others move the break in between
 *	brk blocked	a mapping is in the way, so malloc takes from mmap
 */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define NUM_BLOCKS 40000

static void *blocks[NUM_BLOCKS];

static void grow(int from, int to)
{
	for (int i = from; i < to; i++)
		blocks[i] = malloc(40 + i % 300);
}

int main(int argc, char **argv)
{
	int is_foreign = argc > 1 && strcmp(argv[1], "foreign") == 0;

	grow(0, 10000);
	if (!is_foreign)
		mmap(sbrk(0), 4096, PROT_NONE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	for (int i = 1; i < 4; i++) {
		if (is_foreign)
			memset(sbrk(12344), 'A', 12344);
		grow(i * 10000, (i + 1) * 10000);
	}
	for (int i = 0; i < NUM_BLOCKS; i += 3)
		free(blocks[i]);
	abort();
}

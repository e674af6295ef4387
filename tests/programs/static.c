/*
 * Static: linked with nothing but its own libc, whose first sbrk() is not
 * malloc's.  Prints its blocks as "used ADDRESS USABLE", then ends with a core.
 */
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>

#define NUM_BLOCKS 20000

static void *blocks[NUM_BLOCKS];

static size_t size_of(int i)
{
	return i % 1000 == 0 ? 200000 : 24 + i % 700;
}

int main(void)
{
	static char buffer[1 << 20];

	/* So that what is printed takes no memory of the heap. */
	setvbuf(stdout, buffer, _IOFBF, sizeof(buffer));
	for (int i = 0; i < NUM_BLOCKS; i++)
		blocks[i] = malloc(size_of(i));
	for (int i = 0; i < NUM_BLOCKS; i++) {
		if (i % 3 == 0)
			free(blocks[i]);
		else
			printf("used 0x%lx %zu\n", (unsigned long)blocks[i],
			       malloc_usable_size(blocks[i]));
	}
	fflush(stdout);
	abort();
}

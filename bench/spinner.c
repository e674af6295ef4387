/*
 * spinner MB LOG: a heap of MB megabytes in blocks of 240 bytes, and a thread
 * that never sleeps.  LOG gets "ready", then "held MS" for each time that it
 * was held up longer than ever before.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { BLOCK_SIZE = 240, BLOCKS_OF_MB = 4096 };

static FILE *report;

static int64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * INT64_C(1000000000) + time.tv_nsec;
}

int main(int argc, char **argv)
{
	int64_t worst = 1000000;

	if (argc != 3 || !(report = fopen(argv[2], "w")))
		return 2;
	for (long i = 0; i < atol(argv[1]) * BLOCKS_OF_MB; i++) {
		char *block = malloc(BLOCK_SIZE);
		if (!block)
			return 1;
		memset(block, 1, BLOCK_SIZE);
	}
	fprintf(report, "ready\n");
	fflush(report);
	for (int64_t before = now();;) {
		int64_t time = now();
		if (time - before <= worst) {
			before = time;
			continue;
		}
		worst = time - before;
		fprintf(report, "held %.1f\n", worst / 1e6);
		fflush(report);
		before = now();
	}
}

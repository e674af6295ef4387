/*
 * spinner MB LOG: a heap of MB megabytes in blocks of 240 bytes, and a thread
 * that never sleeps.  LOG gets "ready", then "held MS" for each time that it
 * was held up longer than ever before, but for waiting for a processor.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { BLOCK_SIZE = 240, BLOCKS_OF_MB = 4096 };

static FILE *report;

static int64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * INT64_C(1000000000) + time.tv_nsec;
}

/* Nanoseconds that it was ready to run, with no processor free. */
static int64_t delayed(int fd)
{
	char text[128] = "";

	if (pread(fd, text, sizeof(text) - 1, 0) <= 0)
		return 0;
	const char *second = strchr(text, ' ');
	return second ? strtoll(second, NULL, 10) : 0;
}

int main(int argc, char **argv)
{
	int64_t worst = 100000;

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
	int fd = open("/proc/thread-self/schedstat", O_RDONLY);
	for (int64_t before = now() - delayed(fd);;) {
		int64_t time = now() - delayed(fd);
		int64_t held = time - before;
		before = time;
		if (held <= worst)
			continue;
		worst = held;
		fprintf(report, "held %.1f\n", worst / 1e6);
		fflush(report);
		before = now() - delayed(fd);
	}
}

/*
 * held heap MB LOG: a heap of MB megabytes in blocks of 240 bytes, and a thread
 * that never sleeps.
 * held server PORT LOG: asks a redis server on this machine over and over
 * whether it is there.
 *
 * LOG gets "ready", then "held MS" for each time that the loop, or the answer,
 * took longer than ever before, but for our own wait for a processor.
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"

enum { BLOCK_SIZE = 240, BLOCKS_OF_MB = 4096 };

static const int64_t least_told = 100000;

/* Nanoseconds that it was ready to run, with no processor free. */
static int64_t delayed(int fd)
{
	char text[128] = "";

	if (pread(fd, text, sizeof(text) - 1, 0) <= 0)
		return 0;
	const char *second = strchr(text, ' ');
	return second ? strtoll(second, NULL, 10) : 0;
}

static bool heap_fill(long num_blocks)
{
	for (long i = 0; i < num_blocks; i++) {
		char *block = malloc(BLOCK_SIZE);
		if (!block)
			return false;
		memset(block, 1, BLOCK_SIZE);
	}
	return true;
}

static int server_connect(int port)
{
	const struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	int server = socket(AF_INET, SOCK_STREAM, 0);

	if (connect(server, (const struct sockaddr *)&address,
		    sizeof(address)) == 0)
		return server;
	close(server);
	return -1;
}

/* Or, without a server, nothing is asked. */
static bool is_answered(int server)
{
	static const char question[] = "PING\r\n";
	char answer[64];

	if (server < 0)
		return true;
	return write(server, question, sizeof(question) - 1) ==
		       sizeof(question) - 1 &&
	       read(server, answer, sizeof(answer)) > 0;
}

int main(int argc, char **argv)
{
	int64_t worst = least_told;
	int server = -1;
	FILE *log;

	if (argc != 4 || !(log = fopen(argv[3], "w")))
		return 2;
	if (strcmp(argv[1], "server") == 0) {
		server = server_connect(atoi(argv[2]));
		if (server < 0)
			return 1;
	} else if (!heap_fill(atol(argv[2]) * BLOCKS_OF_MB)) {
		return 1;
	}
	fprintf(log, "ready\n");
	fflush(log);
	int fd = open("/proc/thread-self/schedstat", O_RDONLY);
	for (int64_t before = cw_clock_now() - delayed(fd);;) {
		if (!is_answered(server))
			return 1;
		int64_t time = cw_clock_now() - delayed(fd);
		int64_t held = time - before;
		before = time;
		if (held <= worst)
			continue;
		worst = held;
		fprintf(log, "held %.1f\n", worst / 1e6);
		fflush(log);
		before = cw_clock_now() - delayed(fd);
	}
}

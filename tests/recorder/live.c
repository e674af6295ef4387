/*
 * Live: the blocks that a recorded program had not freed.
 *
 *	live FILE		"0xADDRESS USABLE-SIZE" a line, by address
 *	live --requested FILE	"0xADDRESS REQUESTED-SIZE" a line
 *
 * Knows nothing of the library that is tested.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "record.h"

struct block {
	uint64_t address;
	uint64_t number; /* of the record: the last one of an address counts */
};

static int by_address(const void *left, const void *right)
{
	const struct block *a = left, *b = right;

	if (a->address != b->address)
		return a->address < b->address ? -1 : 1;
	return (a->number > b->number) - (a->number < b->number);
}

int main(int argc, char **argv)
{
	bool is_requested = argc > 1 && strcmp(argv[1], "--requested") == 0;
	struct stat stat;
	int fd = argc == 2 + is_requested ? open(argv[argc - 1], O_RDONLY) : -1;

	if (fd < 0 || fstat(fd, &stat) != 0) {
		perror("live");
		return 2;
	}
	const struct record *records =
		mmap(NULL, stat.st_size, PROT_READ, MAP_SHARED, fd, 0);
	if (records == MAP_FAILED) {
		perror("live");
		return 2;
	}

	/* Records are written in order, apart from those that threads were
	 * writing when the program stopped. */
	uint64_t max = stat.st_size / sizeof(*records), num = 0, end = 0;
	for (uint64_t i = 0; i < max && i < end + 64; i++)
		if (records[i].size_and_kind)
			end = i + 1;
	struct block *blocks = malloc((end + 1) * sizeof(*blocks));
	for (uint64_t i = 0; i < end; i++)
		if (records[i].size_and_kind)
			blocks[num++] = (struct block){records[i].address, i};
	qsort(blocks, num, sizeof(*blocks), by_address);

	for (uint64_t i = 0; i < num; i++) {
		const struct record *last = &records[blocks[i].number];

		if (i + 1 < num && blocks[i + 1].address == blocks[i].address)
			continue;
		uint64_t size = last->size_and_kind >> 24;
		if (is_requested)
			size -= last->size_and_kind >> 8 & RECORD_MAX_SLACK;
		if ((last->size_and_kind & 0xff) == RECORD_MALLOC)
			printf("0x%" PRIx64 " %" PRIu64 "\n", last->address,
			       size);
	}
	free(blocks);
	return 0;
}

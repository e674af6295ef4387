/*
 * Marks: what a Go program's own heap dump says of its objects, held against
 * what is seen in its core.
 *
 *	marks CORE DUMP		a line for each object whose words that are
 *				pointers differ, for each used block that the
 *				dump has not, and the other way round
 *
 * The dump is debug.WriteHeapDump()'s, in which the runtime reads its own marks
 * and pointers.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "heap/heap.h"

enum { TAG_OBJECT = 1, TAG_TYPE = 3, TAG_PARAMS = 6, TAG_ITAB = 8 };

struct dump {
	unsigned char *bytes;
	size_t size, at;
};

static bool load(const char *path, struct dump *dump)
{
	FILE *file = fopen(path, "rb");

	if (!file)
		return false;
	fseek(file, 0, SEEK_END);
	dump->size = ftell(file);
	rewind(file);
	dump->bytes = malloc(dump->size + 1);
	dump->at = 0;
	bool is_read = fread(dump->bytes, 1, dump->size, file) == dump->size;
	fclose(file);
	return is_read;
}

static uint64_t number(struct dump *dump)
{
	uint64_t value = 0;

	for (unsigned shift = 0; dump->at < dump->size; shift += 7) {
		unsigned char byte = dump->bytes[dump->at++];

		value |= (uint64_t)(byte & 0x7f) << shift;
		if (!(byte & 0x80))
			break;
	}
	return value;
}

static void skip_text(struct dump *dump)
{
	uint64_t size = number(dump);

	dump->at += size;
}

static void skip_numbers(struct dump *dump, unsigned num)
{
	while (num--)
		number(dump);
}

struct check {
	const struct cw_heap *heap;
	uint64_t *is_seen; /* by granule */
	uint64_t num_objects, num_pointers, num_wrong;
};

static void check_object(struct check *check, struct dump *dump)
{
	const struct cw_block_index *index = &check->heap->index;
	cw_addr address = number(dump);
	uint64_t size = number(dump), kind;
	uint64_t first = cw_block_index_granule(index, address);
	uint64_t num = 0, num_missing = 0;
	struct cw_block block;
	/* Behind the last object of a span there are only bits. */
	bool is_block = cw_heap_block_at(check->heap, address, &block) &&
			block.address == address;

	dump->at += size;
	while ((kind = number(dump)) != 0) {
		uint64_t offset = number(dump);

		num++;
		num_missing += is_block && !cw_bit_test(index->pointers,
							first + offset / 8);
	}
	if (!is_block)
		return;
	cw_bit_set(check->is_seen, first);
	if (cw_bit_test(index->unused, first)) {
		printf("gone 0x%" PRIx64 "\n", address);
		return;
	}
	uint64_t num_ours = 0;
	for (uint64_t i = 0; i < size / 8; i++)
		num_ours += cw_bit_test(index->pointers, first + i);
	if (num_missing || num_ours != num)
		printf("pointers 0x%" PRIx64 " size %" PRIu64 ": %" PRIu64
		       ", not %" PRIu64 ", missing %" PRIu64 "\n",
		       address, size, num_ours, num, num_missing);
	check->num_objects++;
	check->num_pointers += num;
}

static bool check_dump(struct check *check, struct dump *dump)
{
	static const char magic[] = "go1.7 heap dump\n";

	if (dump->size < sizeof(magic) ||
	    memcmp(dump->bytes, magic, sizeof(magic) - 1) != 0)
		return false;
	dump->at = sizeof(magic) - 1;
	while (dump->at < dump->size) {
		switch (number(dump)) {
		case TAG_OBJECT:
			check_object(check, dump);
			break;
		case TAG_TYPE:
			skip_numbers(dump, 2);
			skip_text(dump);
			number(dump);
			break;
		case TAG_PARAMS:
			skip_numbers(dump, 4);
			skip_text(dump);
			skip_text(dump);
			number(dump);
			break;
		case TAG_ITAB:
			skip_numbers(dump, 2);
			break;
		default: /* goroutines: behind all objects */
			return true;
		}
	}
	return false;
}

static void print_new(const struct check *check)
{
	struct cw_block_cursor cursor = cw_heap_blocks(check->heap);
	struct cw_block block;

	while (cw_block_cursor_next(&cursor, &block))
		if (block.state == CW_BLOCK_USED &&
		    block.region->kind == CW_REGION_SPANS &&
		    !cw_bit_test(check->is_seen, block.granule))
			printf("new 0x%" PRIx64 "\n", block.address);
}

int main(int argc, char **argv)
{
	struct cw_target_options options = {0};
	struct cw_target *target;
	struct check check = {0};
	struct cw_heap *heap;
	struct dump dump;

	if (argc != 3 || !load(argv[2], &dump))
		return 2;
	struct cw_error *err = cw_target_open_core(argv[1], &options, &target);
	struct cw_debug *debug = err ? NULL : cw_debug_create(target);
	if (!err)
		err = cw_heap_create(target, debug, NULL, &heap);
	if (err) {
		fprintf(stderr, "marks: %s\n", cw_error_message(err));
		return 3;
	}
	if (!heap->index.pointers)
		return 3;
	check.heap = heap;
	check.is_seen = calloc(cw_bits_words(heap->index.num_granules), 8);
	if (!check_dump(&check, &dump))
		return 3;
	print_new(&check);
	printf("objects %" PRIu64 " pointers %" PRIu64 "\n", check.num_objects,
	       check.num_pointers);
	free(check.is_seen);
	free(dump.bytes);
	cw_heap_destroy(heap);
	cw_debug_destroy(debug);
	cw_target_close(target);
	return 0;
}

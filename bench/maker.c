/*
 * Maker: a process whose heap has a given shape and about a given number of
 * blocks, all of glibc's malloc; then it aborts, for a core.
 *
 *	maker kind|hostile|lists BLOCKS
 *
 * kind: tables of entries with texts, made one after the other, as programs
 * do; a tenth freed again.  hostile: blocks linked in random order, with more
 * random pointers.  lists: long lists whose blocks lie side by side, and every
 * tenth one is lost.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct entry {
	struct entry *next;
	char *text;
	uint64_t number, words[2];
};

static uint64_t state = 88172645463325252;

static uint64_t draw(uint64_t limit)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (state >> 11) % limit;
}

static void *volatile root; /* never read */
static struct entry ***volatile typed_root;

static void *must(void *block)
{
	if (!block)
		exit(1);
	return block;
}

static void make_kind(size_t num)
{
	enum { BUCKETS = 4096, ENTRIES = 3 * BUCKETS };
	struct entry ***tables =
		must(calloc(num / ENTRIES + 2, sizeof(void *)));

	typed_root = tables;
	while (num > 2 * ENTRIES) {
		struct entry **table =
			must(calloc(BUCKETS, sizeof(struct entry *)));

		*tables++ = table;
		for (size_t i = 0; i < ENTRIES; i++) {
			struct entry *entry = must(calloc(1, sizeof(*entry)));
			size_t length = 8 + draw(64);

			entry->text = must(malloc(length));
			memset(entry->text, 'a' + i % 26, length);
			entry->number = i;
			entry->next = table[i % BUCKETS];
			table[i % BUCKETS] = entry;
		}
		for (size_t i = 0; i < BUCKETS; i += 3) {
			free(table[i]->text);
			table[i]->text = NULL;
		}
		num -= 2 * ENTRIES;
	}
}

static void make_hostile(size_t num)
{
	void ***blocks = must(malloc(num * sizeof(*blocks)));

	for (size_t i = 0; i < num; i++)
		blocks[i] = must(calloc(1, 40 + 16 * draw(4)));
	for (size_t i = num; i-- > 1;) {
		size_t other = draw(i + 1);
		void **block = blocks[i];

		blocks[i] = blocks[other];
		blocks[other] = block;
	}
	for (size_t i = 0; i < num; i++) {
		blocks[i][0] = i + 1 < num ? blocks[i + 1] : NULL;
		for (size_t j = 1 + draw(4); j-- > 1;)
			blocks[i][j] = blocks[draw(num)];
	}
	root = blocks[0];
	free(blocks);
}

static void make_lists(size_t num)
{
	enum { LENGTH = 1000 };
	void **lists = must(calloc(num / LENGTH + 1, sizeof(void *)));

	root = lists;
	for (size_t i = 0; i < num / LENGTH; i++) {
		for (size_t j = 0; j < LENGTH; j++) {
			void **block = must(calloc(1, 40));
			block[0] = lists[i];
			lists[i] = block;
		}
		if (i % 10 == 9)
			lists[i] = NULL;
	}
}

int main(int argc, char **argv)
{
	if (argc != 3)
		return 2;
	size_t num = strtoull(argv[2], NULL, 10);
	if (strcmp(argv[1], "kind") == 0)
		make_kind(num);
	else if (strcmp(argv[1], "hostile") == 0)
		make_hostile(num);
	else if (strcmp(argv[1], "lists") == 0)
		make_lists(num);
	else
		return 2;
	abort();
}

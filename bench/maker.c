/*
 * Maker: a process whose heap has a given shape and about a given number of
 * blocks, all of glibc's malloc; then it aborts, for a core.
 *
 *	maker kind|hostile|lists|mixed BLOCKS
 *
 * kind: tables of entries with texts, made one after the other, as programs
 * do; a tenth freed again.  hostile: blocks linked in random order, with more
 * random pointers.  lists: long lists whose blocks lie side by side, and every
 * tenth one is lost.  mixed: many types, behind pointers of all sorts: tables
 *of lists, trees, arrays of objects and of pointers, texts, and void * of which
 * only the code says what it is.
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

struct point {
	double x, y, z;
};

struct path {
	struct point *points;
	size_t num, capacity;
};

struct note {
	char *text;
	struct entry *about;
	long stamps[3];
};

struct item {
	struct item *next;
	char *name;
	void *content; /* of which the kind says what it is */
	int kind;
};

struct node {
	struct node *left, *right;
	uint64_t key;
	void *value; /* an item */
};

struct table {
	struct item **buckets;
	size_t num_buckets;
	struct node *sorted;
	struct item **all;
	size_t num;
};

static struct table **volatile tables_root;

static char *text_make(size_t length)
{
	char *text = must(malloc(length + 1));

	memset(text, 'a' + length % 26, length);
	text[length] = '\0';
	return text;
}

static void *content_make(int kind, size_t i)
{
	struct path *path;
	struct note *note;

	switch (kind) {
	case 0:
		path = must(calloc(1, sizeof(*path)));
		path->num = path->capacity = 1 + draw(9);
		path->points = must(calloc(path->num, sizeof(struct point)));
		path->points[0].x = i;
		return path;
	case 1:
		note = must(calloc(1, sizeof(*note)));
		note->text = text_make(4 + draw(120));
		note->stamps[0] = i;
		return note;
	default:
		return text_make(8 + draw(24));
	}
}

/* What the code says of item.content. */
static double item_weigh(const struct item *item)
{
	if (item->kind == 0) {
		const struct path *path = item->content;
		return path->points[path->num - 1].x;
	}
	if (item->kind == 1) {
		const struct note *note = item->content;
		return note->stamps[0] + (note->text ? note->text[0] : 0);
	}
	return ((const char *)item->content)[0];
}

/* So that the compiler keeps it as it is. */
static double (*volatile weigh)(const struct item *) = item_weigh;

static __attribute__((noinline)) double node_weigh(const struct node *node)
{
	const struct item *item = node->value;

	return weigh(item) + node->key;
}

static void node_add(struct table *table, struct item *item)
{
	struct node *node = must(calloc(1, sizeof(*node)));
	struct node **at = &table->sorted;

	node->key = draw(UINT64_MAX >> 11);
	node->value = item;
	while (*at)
		at = node->key < (*at)->key ? &(*at)->left : &(*at)->right;
	*at = node;
}

static struct table *table_make(size_t num)
{
	struct table *table = must(calloc(1, sizeof(*table)));

	table->num_buckets = num / 2 + 1;
	table->buckets = must(calloc(table->num_buckets, sizeof(void *)));
	table->all = must(calloc(num, sizeof(void *)));
	table->num = num;
	for (size_t i = 0; i < num; i++) {
		struct item *item = must(calloc(1, sizeof(*item)));
		struct item **bucket = &table->buckets[i % table->num_buckets];

		item->name = text_make(3 + draw(40));
		item->kind = draw(3);
		item->content = content_make(item->kind, i);
		item->next = *bucket;
		*bucket = table->all[i] = item;
		node_add(table, item);
	}
	return table;
}

static void make_mixed(size_t num)
{
	enum { ITEMS = 5000, BLOCKS_AN_ITEM = 5 };
	size_t num_tables = num / (ITEMS * BLOCKS_AN_ITEM) + 1;
	static volatile double weight;

	tables_root = must(calloc(num_tables, sizeof(*tables_root)));
	for (size_t i = 0; i < num_tables; i++) {
		tables_root[i] = table_make(ITEMS);
		weight += node_weigh(tables_root[i]->sorted);
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
	else if (strcmp(argv[1], "mixed") == 0)
		make_mixed(num);
	else
		return 2;
	abort();
}

/*
 * A cache of pages: its type is hidden from those who hold it, it was allocated
 * in one piece with its group, and each page with the headers behind its bytes.
 * Prints how many of each type it made, and ends by abort().
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PAGE = 2048, PAGES = 100, BUCKETS = 1000 };

struct hidden; /* defined nowhere */

struct page {
	void *content, *extra;
};
struct header {
	struct page page;
	unsigned key, is_local;
	struct header *next;
	struct cache *cache;
	struct header *newer, *older;
};
struct group {
	long limit, used, spare[5];
	struct header newest;
};
struct cache {
	struct group *group;
	int page_size, extra_size;
	unsigned num_pages, num_buckets;
	struct header **buckets;
	struct header *free;
};
struct handle {
	struct page *page;
	void *content, *extra;
	struct pager *pager;
	unsigned number, references;
};
struct node {
	char is_set, rest[7];
	unsigned char *content, *end;
	struct handle *handle;
};
struct pager {
	struct hidden *cache;
	struct label *label;
	unsigned num_pages;
};
struct label {
	long word[11];
};

struct pager *main_pager;

static __attribute__((noinline)) struct hidden *cache_new(void)
{
	struct cache *cache =
		calloc(1, sizeof(struct cache) + sizeof(struct group));

	cache->group = (struct group *)(cache + 1);
	cache->group->newest.newer = &cache->group->newest;
	cache->group->newest.older = &cache->group->newest;
	cache->page_size = PAGE;
	cache->extra_size = sizeof(struct handle) + sizeof(struct node);
	cache->num_buckets = BUCKETS;
	cache->buckets = calloc(BUCKETS, sizeof(*cache->buckets));
	return (struct hidden *)cache;
}

static __attribute__((noinline)) struct page *cache_page(struct hidden *hidden,
							 unsigned key)
{
	struct cache *cache = (struct cache *)hidden;
	struct header **bucket = &cache->buckets[key % cache->num_buckets];
	struct header *header = *bucket;

	while (header && header->key != key)
		header = header->next;
	if (header)
		return &header->page;
	char *bytes = malloc(PAGE + sizeof(*header) + cache->extra_size);
	memset(bytes, key, PAGE);
	header = (struct header *)(bytes + PAGE);
	memset(header, 0, sizeof(*header) + cache->extra_size);
	header->page.content = bytes;
	header->page.extra = header + 1;
	header->key = key;
	header->cache = cache;
	header->next = *bucket;
	*bucket = header;
	cache->num_pages++;
	return &header->page;
}

static __attribute__((noinline)) struct handle *
handle_of(struct pager *pager, struct page *page, unsigned number)
{
	struct handle *handle = (struct handle *)page->extra;

	if (!handle->page) {
		handle->page = page;
		handle->content = page->content;
		handle->extra = handle + 1;
		handle->pager = pager;
		handle->number = number;
		pager->num_pages++;
	}
	handle->references++;
	return handle;
}

static __attribute__((noinline)) struct node *node_of(struct handle *handle)
{
	struct node *node = (struct node *)handle->extra;

	if (!node->is_set) {
		node->is_set = 1;
		node->content = handle->content;
		node->end = node->content + PAGE;
		node->handle = handle;
	}
	return node;
}

int main(void)
{
	main_pager = calloc(1, sizeof(*main_pager));
	main_pager->cache = cache_new();
	main_pager->label = calloc(1, sizeof(*main_pager->label));
	for (unsigned i = 1; i <= PAGES; i++)
		node_of(handle_of(main_pager, cache_page(main_pager->cache, i),
				  i));
	puts("pager 1\nlabel 1\ncache 1\nheader_* 1\nunsigned_char 100");
	fflush(stdout);
	abort();
}

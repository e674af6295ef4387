/*
 * A small server that has done its work badly and then dies.
 *
 * What it still uses: a cache of 1,000 pages, reached from g_cache, and the
 * text of each.  What it has lost, and what corewalk ought to find in its
 * core, as four kinds of leak and nothing else:
 *
 *	1 buffer	whose only pointer was overwritten
 *	10 chains	of 500 messages, the first of each forgotten
 *	100 rings	of 20 peers, each the next one's neighbour
 *	1 ring		of two shared_ptr, a folder and its document
 */
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <memory>
#include <string>

struct page {
	std::string url;
	char *text;
};

struct message {
	message *next;
	int number;
	char body[40];
};

struct peer {
	char name[16];
	peer *neighbour;
	long bytes_sent;
};

struct document;

struct folder {
	std::string title;
	std::shared_ptr<document> first;
};

struct document {
	/* A weak_ptr here would be right. */
	std::shared_ptr<folder> parent;
	char text[100];
};

std::map<int, page> g_cache;
char *g_buffer;

static void fill_cache()
{
	for (int i = 0; i < 1000; i++) {
		std::string url =
			"https://example.org/page/" + std::to_string(i);
		g_cache[i] = page{url, strdup("the text of a page")};
	}
}

static void lose_buffer()
{
	g_buffer = static_cast<char *>(malloc(3000));
	strcpy(g_buffer, "nobody will read this again");
	g_buffer = static_cast<char *>(malloc(64));
	strcpy(g_buffer, "the buffer in use");
}

static void lose_chain()
{
	message *first = nullptr;
	for (int i = 0; i < 500; i++)
		first = new message{first, i, "a message in a chain"};
}

static void lose_ring()
{
	peer *first = new peer{"peer", nullptr, 0};
	peer *last = first;
	for (int i = 1; i < 20; i++)
		last = last->neighbour = new peer{"peer", nullptr, i};
	last->neighbour = first;
}

static void lose_shared_ring()
{
	auto shelf = std::make_shared<folder>();
	shelf->title = "a folder with a title that is too long to be inline";
	shelf->first = std::make_shared<document>();
	shelf->first->parent = shelf;
}

/*
 * Overwrites what the calls before left on the stack: a forgotten pointer
 * that still lies there would be an honest doubt about a leak.
 */
static void sweep_stack()
{
	volatile char old[32 * 1024];
	for (size_t i = 0; i < sizeof(old); i++)
		old[i] = 0;
}

int main()
{
	fill_cache();
	lose_buffer();
	for (int i = 0; i < 10; i++)
		lose_chain();
	for (int i = 0; i < 100; i++)
		lose_ring();
	lose_shared_ring();
	sweep_stack();
	/* Its arguments take the place of old pointers in registers. */
	fprintf(stderr,
		"%zu pages in use; lost: %d buffer, %d chains, %d + %d rings\n",
		g_cache.size(), 1, 10, 100, 1);
	abort();
}

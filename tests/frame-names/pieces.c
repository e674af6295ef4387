/* A global of which clang makes one for each member. */
#include <stdlib.h>
#include <string.h>

struct item {
	struct item *next;
	char *text;
	long more[2];
};

static struct {
	struct item *first, *last;
	long num;
} items;

static struct item *volatile seen;

__attribute__((noinline)) static void item_add(const char *text)
{
	struct item *item = calloc(1, sizeof(*item));

	item->text = strdup(text);
	if (items.last)
		items.last->next = item;
	else
		items.first = item;
	items.last = item;
	items.num++;
}

int main(int argc, char **argv)
{
	for (int i = 0; i < 3; i++)
		item_add("text");
	if (argc > 5) {
		for (struct item *item = items.first; item; item = item->next)
			seen = item;
		return (int)items.num;
	}
	abort();
}

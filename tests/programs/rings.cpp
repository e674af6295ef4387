/*
 * Rings of every kind, and paths through containers.
 *
 * Planted: ten rings of three that share each other, and one whose count is one
 * too high (a release is missing); both unreachable.  Held by globals: parents
 * with children, a list linked both ways, a ring of items, two objects that
 * count for themselves.  Prints what the test asks for, then aborts.
 */
#include <cstdio>
#include <cstdlib>
#include <map>
#include <memory>
#include <new>
#include <string>
#include <unordered_map>
#include <vector>

struct Node {
	std::shared_ptr<Node> next;
	std::weak_ptr<Node> back;
	int id;
};

struct Item {
	Item *next, *prev;
	long value;
};

struct Child;
struct Parent {
	std::vector<Child *> kids;
};
struct Child {
	Parent *parent;
	int number;
};

struct Counted {
	long serial;
	int refs;
	Counted *peer;
};

struct Entry {
	std::string name;
	Entry *other;
};

struct World {
	std::vector<std::shared_ptr<Node>> graph;
	std::unique_ptr<Entry> best;
};

std::unordered_map<std::string, Entry> g_cache;
std::map<int, Entry *> g_map;
World *g_world;
Parent *g_parent;
Item *g_list, *g_ring;
Counted *g_counted;

__attribute__((noinline)) static void plant_lost()
{
	for (int i = 0; i < 10; i++) {
		auto a = std::make_shared<Node>(), b = std::make_shared<Node>(),
		     c = std::make_shared<Node>();
		a->next = b, b->next = c, c->next = a;
		b->back = a, c->back = b;
	}
	auto a = std::make_shared<Node>(), b = std::make_shared<Node>();
	a->next = b, b->next = a;
	/* One more count that nobody will take back. */
	alignas(std::shared_ptr<Node>) unsigned char lost[sizeof(a)];
	new (lost) std::shared_ptr<Node>(a);
}

static Item *make_items(int number, bool is_ring)
{
	Item *first = new Item{nullptr, nullptr, 0}, *last = first;

	for (int i = 1; i < number; i++) {
		last->next = new Item{nullptr, last, i};
		last = last->next;
	}
	if (is_ring)
		last->next = first, first->prev = last;
	return first;
}

static void plant_held()
{
	g_parent = new Parent;
	for (int i = 0; i < 6; i++)
		g_parent->kids.push_back(new Child{g_parent, i});
	g_list = make_items(7, false);
	g_ring = make_items(5, true);
	g_counted = new Counted{1, 2, nullptr};
	g_counted->peer = new Counted{2, 1, g_counted};
	g_world = new World;
	for (int i = 0; i < 50; i++)
		g_world->graph.push_back(std::make_shared<Node>());
	for (int i = 0; i < 49; i++)
		g_world->graph[i]->next = g_world->graph[i + 1];
	g_world->best = std::make_unique<Entry>();
	g_world->best->other = new Entry{"best's", nullptr};
	for (int i = 0; i < 100; i++)
		g_map[i * 7] = new Entry{"x", nullptr};
	g_cache["user:42"].name = "a name that is too long to be kept inside";
	g_cache["user:43"].other = new Entry{"43's", nullptr};
}

__attribute__((noinline)) static void clear_stack()
{
	volatile char bytes[16384];

	for (unsigned i = 0; i < sizeof(bytes); i++)
		bytes[i] = 0;
}

int main()
{
	plant_held();
	plant_lost();
	clear_stack();
	printf("g_cache[\"user:43\"].other %p\n",
	       (void *)g_cache["user:43"].other);
	printf("g_cache[\"user:42\"].name %p\n",
	       (const void *)g_cache["user:42"].name.data());
	printf("g_map[49] %p\n", (void *)g_map[49]);
	printf("g_world->graph[17] %p\n", (void *)g_world->graph[17].get());
	printf("g_world->best->other %p\n", (void *)g_world->best->other);
	printf("g_parent->kids[3] %p\n", (void *)g_parent->kids[3]);
	printf("g_list->next->next %p\n", (void *)g_list->next->next);
	fflush(stdout);
	abort();
}

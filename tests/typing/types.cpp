/*
 * Types that declared pointers lead to, each with a count that is known:
 *
 *	item		1000	a list from a global; each has text and extras
 *	extra		1000	arrays of three
 *	char		1000
 *	item *		1	the table of a global
 *	packet		10	with a flexible array of pointers to picks
 *	pick		40
 *	session		3	thread-locals of three threads
 *	Circle, Square	60, 40	behind pointers to their base class
 *	hidden		1	behind a void *, which says nothing
 */
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <pthread.h>
#include <unistd.h>

struct extra {
	long weight;
	double score[5];
};

struct item {
	item *next;
	char *label;
	extra *extras;
};

struct pick {
	long a, b, c, d, e, f, g;
};

struct packet {
	long num;
	pick *refs[];
};

struct session {
	int number;
	char name[40];
};

struct hidden {
	char text[100];
};

struct Shape {
	virtual ~Shape() = default;
	long id = 0;
};

struct Circle : Shape {
	double radius = 0;
};

struct Square : Shape {
	double sides[9] = {};
};

static struct {
	struct {
		item *head;
		item **table;
	} list;
	packet *packets[10];
	Shape *shapes[100];
	void *unknown;
} registry;

static thread_local session *current;

template <typename T> static T *make(size_t count = 1)
{
	return static_cast<T *>(calloc(count, sizeof(T)));
}

static void fill_list()
{
	registry.list.table = make<item *>(64);
	for (int i = 0; i < 1000; i++) {
		item *added = make<item>();
		added->next = registry.list.head;
		added->label = static_cast<char *>(malloc(50));
		snprintf(added->label, 50, "label number %d", i);
		added->extras = make<extra>(3);
		registry.list.head = added;
		registry.list.table[i % 64] = added;
	}
}

static void fill_others()
{
	for (int i = 0; i < 10; i++) {
		auto size = sizeof(packet) + 4 * sizeof(pick *);
		registry.packets[i] = static_cast<packet *>(calloc(1, size));
		for (int k = 0; k < 4; k++)
			registry.packets[i]->refs[k] = make<pick>();
	}
	for (int i = 0; i < 100; i++)
		registry.shapes[i] =
			i < 60 ? static_cast<Shape *>(new Circle) : new Square;
	registry.unknown = make<hidden>();
}

static pthread_barrier_t ready;

static void *run(void *)
{
	current = make<session>();
	pthread_barrier_wait(&ready);
	for (;;)
		pause();
}

int main()
{
	pthread_t thread;

	fill_list();
	fill_others();
	pthread_barrier_init(&ready, nullptr, 3);
	pthread_create(&thread, nullptr, run, nullptr);
	pthread_create(&thread, nullptr, run, nullptr);
	current = make<session>();
	pthread_barrier_wait(&ready);
	printf("%p %d\n", static_cast<void *>(registry.list.table[5]),
	       current->number);
	fflush(stdout);
	abort();
}

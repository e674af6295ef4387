/*
 * Classes with virtual bases, whose fields alone hold other blocks.
 *
 * Prints each such block with the path to it, then "count TYPE NUMBER", and
 * dies for a core.
 */
#include <cstdio>
#include <cstdlib>

struct item {
	long number;
	item *next;
};

struct label {
	long number[3];
};

struct note {
	long number[5];
};

struct tail {
	long number[7];
};

struct top {
	virtual ~top()
	{
	}
	item *held;
	long pad[2];
};

/* Without data: it has the object's own vtable pointer. */
struct quiet {
	virtual ~quiet()
	{
	}
	virtual int speak()
	{
		return 1;
	}
};

struct left : virtual top {
	label *on_left;
};

struct right : virtual top, virtual quiet {
	note *on_right;
	int speak() override
	{
		return 2;
	}
};

struct bottom : left, right {
	tail *on_bottom;
};

/* A virtual base that has one itself. */
struct deep : virtual left {
	tail *on_deep;
};

struct whole {
	long before;
	bottom inside;
	deep last;
};

/* Only pointers to bases lead to them. */
top *g_top;
right *g_right;
left *g_left;
whole *g_whole;
deep g_deep;

static item *make_items()
{
	return new item{1, new item{2, nullptr}};
}

static void fill(bottom *of)
{
	of->held = make_items();
	of->on_left = new label();
	of->on_right = new note();
	of->on_bottom = new tail();
}

static void fill(deep *of)
{
	of->held = make_items();
	of->on_left = new label();
	of->on_deep = new tail();
}

template <typename T> static void say(const char *name, T *of)
{
	printf("%s.held %p\n", name, (void *)of->held);
	printf("%s.held->next %p\n", name, (void *)of->held->next);
	printf("%s.on_left %p\n", name, (void *)of->on_left);
}

int main()
{
	bottom *one = new bottom, *two = new bottom, *three = new bottom;

	fill(one), fill(two), fill(three);
	g_top = one, g_right = two, g_left = three;
	g_whole = new whole;
	fill(&g_whole->inside);
	fill(&g_whole->last);
	fill(&g_deep);
	say("g_whole->inside", &g_whole->inside);
	say("g_whole->last", &g_whole->last);
	say("g_deep", &g_deep);
	say("g_top", one);
	say("g_right", two);
	say("g_left", three);
	printf("g_whole->inside.on_right %p\n",
	       (void *)g_whole->inside.on_right);
	printf("g_whole->last.on_deep %p\n", (void *)g_whole->last.on_deep);
	printf("g_right.on_bottom %p\n", (void *)two->on_bottom);
	printf("count item 12\ncount label 6\ncount note 4\ncount tail 6\n");
	printf("count bottom 3\ncount whole 1\n");
	fflush(stdout);
	abort();
}

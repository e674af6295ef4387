/*
 * Containers of a program's own and of the library, whose counters are right;
 * "broken" makes some wrong, and says which, before it ends by abort():
 *	counter ADDRESS EXPECTED FOUND
 *	field NUMBER WRONG
 */
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <list>
#include <map>

struct entry {
	entry *next;
	long key;
};

/* A table of chains. */
struct table {
	entry **buckets;
	unsigned num_buckets;
	unsigned used;
};

/* A list that is ended by nothing, and what has nothing to do with it. */
struct item {
	item *next, *prev;
	long value[2];
};
struct queue {
	item *first, *last;
	long len;
	int num_waiting; /* any number */
	int count;	 /* always one: no accident may be learned */
};

/* A long list of what has a number that counts something else. */
struct peer {
	peer *next;
	unsigned name_len;
	char name[20];
};

/* An array of objects, with as many as it has room for. */
struct pair {
	long a, b, c;
};
struct vec {
	pair *pairs;
	unsigned long size;
};

/* Pointers to a type that is not what is there. */
struct shape {
	long kind, x, y, z;
};
struct colour {
	shape *other;
	double red, green, blue, alpha;
};
struct palette {
	colour *one;
	palette *next;
};
struct drawing {
	shape *outline;
	drawing *next;
};

static table *tables[50];
static queue *queues[60];
static peer *peers;
static vec *vecs[40];
static drawing *drawings;
static palette *palettes;
static long scratch[30]; /* inverted addresses */
static std::map<long, long> maps[30];
static std::list<long> lists[30];

static void fill()
{
	for (int i = 0; i < 50; i++) {
		table *t = tables[i] = new table();
		t->num_buckets = 16;
		t->buckets = new entry *[16]();
		for (int k = 0; k < 3 + i % 20; k++) {
			entry **bucket = &t->buckets[k * 7 % 16];
			*bucket = new entry{*bucket, k};
			t->used++;
		}
	}
	for (int i = 0; i < 60; i++) {
		queue *q = queues[i] = new queue();
		q->num_waiting = i * i % 13;
		q->count = 1;
		for (int k = 0; k < 1 + i % 9; k++) {
			item *one = new item{nullptr, q->last, {k, k}};
			(q->last ? q->last->next : q->first) = one;
			q->last = one;
			q->len++;
		}
	}
	for (unsigned i = 0; i < 400; i++)
		peers = new peer{peers, 3 + i % 9, "what it is called"};
	for (int i = 0; i < 40; i++) {
		vecs[i] = new vec();
		vecs[i]->size = 2 + i % 5;
		vecs[i]->pairs = new pair[2 + i % 5]();
	}
	for (int i = 0; i < 30; i++) {
		auto one = new colour{nullptr, 1, 2, 3, 4};
		palettes = new palette{one, palettes};
		scratch[i] = ~reinterpret_cast<long>(one);
		drawings = new drawing{new shape{i, 1, 2, 3}, drawings};
		for (int k = 0; k < i; k++) {
			maps[i][k] = k;
			lists[i].push_back(k);
		}
	}
}

static void say(const void *at, long expected, long found)
{
	printf("counter %p %ld %ld\n", at, expected, found);
}

static void break_some()
{
	tables[7]->used += 2;
	say(tables[7], tables[7]->used, tables[7]->used - 2);
	/* An entry is lost: its chain is cut. */
	table *cut = tables[19];
	for (int i = 0; i < 16; i++)
		if (cut->buckets[i] && !cut->buckets[i]->next) {
			cut->buckets[i] = nullptr;
			break;
		}
	say(cut, cut->used, cut->used - 1);
	queues[30]->len--;
	say(queues[30], queues[30]->len, queues[30]->len + 1);
	unsigned num = 0;
	for (drawing *at = drawings; at; at = at->next)
		if (num++ % 3 == 0)
			at->outline =
				reinterpret_cast<shape *>(~scratch[num - 1]);
	printf("field 30 10\n");
}

int main(int argc, char **argv)
{
	fill();
	if (argc > 1 && strcmp(argv[1], "broken") == 0)
		break_some();
	fflush(stdout);
	abort();
}

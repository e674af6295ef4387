/*
 * A program of objects that only a number in them tells apart.  Prints how many
 * of each type it made, and ends by abort().
 */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define keep(value) __asm__ volatile("" : : "g"(value) : "memory")

struct job {
	long number[5];
};

/*
 * A tagged header: objects of many types in one list, and the same sizes.  Only
 * .kind tells them apart.
 */
#define HEADER                                                                 \
	struct thing *next;                                                    \
	unsigned char kind, color
struct thing {
	HEADER;
};
struct number {
	HEADER;
	short base;
	double value[3];
};
struct pair {
	HEADER;
	struct thing *left, *right;
	struct text *label;
};
struct text {
	HEADER;
	unsigned hash;
	size_t length;
	char chars[];
};
struct blob { /* what has no readers is cut off before them, then bytes */
	HEADER;
	short num_readers;
	size_t size;
	struct pair *owner;
	struct thing *readers[1];
};
struct thing *things;

/* A tagged union, whose objects are as small as their alternative is. */
union value {
	struct common {
		union value *next;
		int refs : 24, tag : 8;
	} head;
	struct integral {
		struct common head;
		long whole;
	} whole;
	struct rational {
		struct common head;
		double real[2];
		union value *unit;
	} real;
	struct row {
		struct common head;
		size_t num;
		union value *items[1];
	} list;
	struct invocation {
		struct common head;
		void (*function)(void);
		union value *arguments;
		struct job *job;
		long line[12];
	} call;
};
union value *values;

enum { NUMBER, PAIR, TEXT, BLOB, WHOLE, REAL, LIST, CALL, NUM_KINDS };
static struct {
	const char *name;
	long num;
} kinds[NUM_KINDS] = {
	{"number"},   {"pair"},	    {"text"}, {"blob"},
	{"integral"}, {"rational"}, {"row"},  {"invocation"},
};

/* The next of a row that looks random. */
static unsigned draw(void)
{
	static unsigned long state = 12345;

	state = state * 6364136223846793005 + 1442695040888963407;
	return state >> 40;
}

static void *thing_new(int kind, size_t size)
{
	struct thing *thing = calloc(1, size);

	thing->next = things;
	thing->kind = kind + 3;
	thing->color = draw() % 3;
	kinds[kind].num++;
	return things = thing;
}

static void things_fill(void)
{
	struct text *label = NULL;
	struct pair *pair = NULL;

	for (int i = 0; i < 2000; i++) {
		struct thing *last = things;
		unsigned long size = 50 + draw() % 300;
		switch (draw() % 4) {
		case NUMBER: {
			struct number *number =
				thing_new(NUMBER, sizeof(*number));
			number->base = draw();
			for (int k = 0; k < 3; k++)
				number->value[k] = draw() / 7.0;
			break;
		}
		case PAIR:
			pair = thing_new(PAIR, sizeof(*pair));
			pair->left = draw() % 2 ? last : NULL;
			pair->right = last;
			pair->label = label;
			break;
		case TEXT:
			size = 4 + draw() % 57;
			label = thing_new(TEXT, sizeof(*label) + size + 1);
			label->length = size;
			memset(label->chars, 'a' + draw() % 26, label->length);
			label->chars[label->length] = 0;
			break;
		default: {
			size_t head = offsetof(struct blob, readers);
			struct blob *blob = thing_new(BLOB, head + size);
			blob->size = size;
			blob->owner = pair;
			for (unsigned k = 0; k < size; k++)
				((unsigned char *)blob)[head + k] = draw();
		}
		}
	}
}

static union value *value_new(int kind, size_t size)
{
	union value *value = calloc(1, size);

	value->head.next = values;
	value->head.tag = kind;
	value->head.refs = 1 + draw() % 3;
	kinds[kind].num++;
	return values = value;
}

static void values_fill(void)
{
	for (int i = 0; i < 1000; i++) {
		union value *last = values;
		size_t num = draw() % 5;
		switch (WHOLE + draw() % 4) {
		case WHOLE:
			value_new(WHOLE, sizeof(struct integral))->whole.whole =
				draw();
			break;
		case REAL:
			value_new(REAL, sizeof(struct rational))->real.unit =
				last;
			values->real.real[0] = draw() / 3.0;
			values->real.real[1] = draw() / 3.0;
			break;
		case LIST:
			value_new(LIST, offsetof(struct row, items) +
						num * sizeof(union value *))
				->list.num = num;
			for (size_t k = 0; k < num; k++)
				values->list.items[k] = last;
			break;
		default:
			value_new(CALL, sizeof(struct invocation))
				->call.arguments = last;
			values->call.function = things_fill;
			values->call.line[3] = i;
		}
	}
}

/* A word of flags, whose last byte is a kind. */
struct cell {
	struct cell *next;
	unsigned flags;
};
struct atom {
	struct cell *next;
	unsigned flags;
	double number, error;
};
struct cons {
	struct cell *next;
	unsigned flags;
	struct cell *first, *rest;
};
struct cell *cells;

static long num_atoms, num_cons;

static void cells_fill(void)
{
	for (int i = 0; i < 900; i++) {
		unsigned marks = draw() % 4096;
		if (draw() % 3) {
			struct atom *atom = calloc(1, sizeof(*atom));
			atom->flags = 7u << 24 | marks;
			atom->number = draw() / 9.0;
			atom->error = draw() / 1e9;
			atom->next = cells;
			cells = (struct cell *)atom;
			num_atoms++;
		} else {
			struct cons *cons = calloc(1, sizeof(*cons));
			cons->flags = 9u << 24 | marks;
			cons->first = cons->rest = cells;
			cons->next = cells;
			cells = (struct cell *)cons;
			num_cons++;
		}
	}
}

int main(void)
{
	cells_fill();
	things_fill();
	values_fill();
	for (int i = 0; i < NUM_KINDS; i++)
		printf("%s %ld\n", kinds[i].name, kinds[i].num);
	printf("atom %ld\ncons %ld\n", num_atoms, num_cons);
	fflush(stdout);
	keep(things);
	keep(values);
	keep(cells);
	abort();
}

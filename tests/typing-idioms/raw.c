/*
 * Objects behind `void *` some of whose members nobody has set yet, so that
 * there is what was there before, and lists whose first entry is cut short.
 * Prints how many of each type it made, and ends by abort().
 */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Not static either: so compilers pass what is declared. */
#define noinline __attribute__((noinline))

enum { NUM_PARTS = 6 };

struct part {
	struct part *self;
	long number[9];
};
/* None of the types is found but through another. */
struct session {
	int number, state;
	struct part *part[NUM_PARTS];
	struct session *peer;
	struct part *spare;
	char name[300];
};
struct link {
	struct link *next;
	void *value;
};

/* What follows is cut off where a term is a word. */
struct term {
	int kind, flags;
	const char *word;
	struct term *left, *right;
	struct terms *rest;
	long row, column;
	struct part *owner;
};
struct terms {
	int num, num_alloc;
	struct item {
		struct term *term;
		char *name;
		long order;
	} item[1];
};
struct rule {
	int kind;
	union {
		struct {
			char *text;
			struct terms *terms;
		} list;
		struct {
			char *text;
			struct part *part;
		} plain;
	} as;
	struct rule *next;
};

struct link *sessions;
struct rule *rules;

noinline void *dirty(size_t size)
{
	void *bytes = malloc(size);

	return memset(bytes, 0x61, size);
}

noinline struct part *part_new(long number)
{
	struct part *part = calloc(1, sizeof(*part));

	part->self = part;
	part->number[0] = number;
	return part;
}

noinline struct session *session_new(int number)
{
	struct session *session = dirty(sizeof(*session));

	session->number = number;
	session->state = 1;
	for (int i = 0; i < NUM_PARTS; i++)
		session->part[i] = part_new(i);
	session->peer = sessions ? sessions->value : session;
	snprintf(session->name, sizeof(session->name), "number %d", number);
	if (number % 2)
		session->spare = NULL;
	return session;
}

noinline void session_add(struct session *session)
{
	struct link *link = calloc(1, sizeof(*link));

	link->value = session;
	link->next = sessions;
	sessions = link;
}

noinline int session_numbers(const struct link *link)
{
	int sum = 0;

	for (; link; link = link->next) {
		const struct session *session = link->value;
		sum += session->number + !session->peer;
	}
	return sum;
}

/* A term and what is left of it, with its word, in one piece. */
noinline struct term *term_new(int kind)
{
	const size_t cut = offsetof(struct term, rest);
	char *bytes = dirty(2 * cut + 16);
	struct term *term = (struct term *)bytes;
	struct term *left = (struct term *)(bytes + cut);

	memset(term, 0, cut);
	memset(left, 0, cut);
	term->kind = kind;
	term->left = left;
	left->word = strcpy(bytes + 2 * cut, "'a word'");
	return term;
}

noinline struct terms *terms_new(int kind)
{
	const int num_alloc = 4;
	struct terms *terms =
		calloc(1, sizeof(*terms) + num_alloc * sizeof(terms->item[0]));

	terms->num = 1;
	terms->num_alloc = num_alloc;
	terms->item[0].term = term_new(kind);
	return terms;
}

noinline void rule_add(int number)
{
	struct rule *rule = calloc(1, sizeof(*rule));

	rule->kind = number % 2;
	rule->as.list.text = strdup("the text of a rule");
	if (rule->kind)
		rule->as.list.terms = terms_new(number);
	else
		rule->as.plain.part = part_new(number);
	rule->next = rules;
	rules = rule;
}

int main(void)
{
	for (int i = 0; i < 50; i++) {
		session_add(session_new(i));
		rule_add(i);
	}
	fprintf(stderr, "%d\n", session_numbers(sessions));
	printf("session 50\nlink 50\npart %d\nrule 50\nterms 25\n",
	       50 * NUM_PARTS + 25);
	fflush(stdout);
	abort();
}

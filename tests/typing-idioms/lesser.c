/*
 * A program whose pointers are declared to more than there is: to the largest
 * of the types in a list, and to one element of a table of lists.  Prints how
 * many of each type it made, and ends by abort().
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define keep(value) __asm__ volatile("" : : "g"(value) : "memory")

/* Hosts of which less is known are shorter, and in the same list. */
struct host {
	unsigned short flags, length;
	char *name;
	struct host *next;
	int number, group;
	struct place *place;
	char interface[20];
	long queries[6];
};
struct fixed {
	unsigned short flags, length;
	char *name;
	struct host *next;
	struct place *home;
	long since[3];
};
struct place {
	double x, y, z;
	long number[7];
};
struct host *hosts;

/* The first of each list is in the table itself. */
struct entry {
	struct entry *next;
	char *name;
	struct user *user;
	int is_valid;
};
struct user {
	long number[9];
	struct entry *entry;
};
struct table {
	struct entry *entries;
	int size, num_used;
};
struct table *users;

enum { HOST, FIXED, PLACE, ENTRY, USER, TABLE, CHAR, NUM_KINDS };
static struct {
	const char *name;
	long num;
} kinds[NUM_KINDS] = {
	{"host"}, {"fixed"}, {"place"}, {"entry"},
	{"user"}, {"table"}, {"char"},
};

static void *made(int kind, size_t size)
{
	kinds[kind].num++;
	return calloc(1, size);
}
#define NEW(kind, type) ((struct type *)made(kind, sizeof(struct type)))

static char *text_new(const char *what, int number)
{
	char *text = made(CHAR, 24);

	snprintf(text, 24, "%s number %d", what, number);
	return text;
}

static struct place *place_new(int number)
{
	struct place *place = NEW(PLACE, place);

	place->x = number;
	return place;
}

static void host_add(int number)
{
	struct host *host;

	if (number % 3 == 0) {
		host = NEW(HOST, host);
		host->place = place_new(number);
		host->number = number;
	} else {
		struct fixed *fixed = NEW(FIXED, fixed);
		fixed->home = place_new(number);
		fixed->since[0] = number;
		host = (struct host *)fixed;
	}
	host->name = text_new("host", number);
	host->next = hosts;
	hosts = host;
}

static void user_add(int number)
{
	struct entry *entry = &users->entries[number * 7 % users->size];

	if (entry->is_valid) {
		struct entry *second = NEW(ENTRY, entry);
		second->next = entry->next;
		entry->next = second;
		entry = second;
	}
	entry->name = text_new("user", number);
	entry->user = NEW(USER, user);
	entry->user->number[0] = number;
	entry->is_valid = 1;
	users->num_used++;
}

int main(void)
{
	static char output[4096];

	setvbuf(stdout, output, _IOFBF, sizeof(output));
	for (int i = 0; i < 200; i++)
		host_add(i);
	users = NEW(TABLE, table);
	users->size = 64;
	users->entries = made(ENTRY, users->size * sizeof(struct entry));
	for (int i = 0; i < 150; i++)
		user_add(i);
	keep(users);
	for (int i = 0; i < NUM_KINDS; i++)
		printf("%s %ld\n", kinds[i].name, kinds[i].num);
	fflush(stdout);
	abort();
}

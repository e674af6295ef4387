/*
 * A parent with a list, a child that makes it longer, and becomes another
 * program: the one named by the arguments.  What records are only code tells.
 */
#include <stdlib.h>
#include <unistd.h>

struct entry {
	struct entry *next;
	long number;
};

struct record {
	long number;
	struct record *next;
	char text[40];
};

struct entry *g_entries;
void *g_records[40];

static void add(long count)
{
	while (count-- > 0) {
		struct entry *entry = malloc(sizeof(*entry));
		entry->number = count;
		entry->next = g_entries;
		g_entries = entry;
	}
}

__attribute__((noinline)) void checkpoint(void)
{
	__asm__ volatile("" : : : "memory");
}

__attribute__((noinline)) void keep(int i)
{
	struct record *record = malloc(sizeof(*record));

	record->number = i;
	record->next = NULL;
	record->text[0] = '\0';
	g_records[i] = record;
}

int main(int argc, char **argv)
{
	add(100);
	for (int i = 0; i < 40; i++)
		keep(i);
	if (fork() == 0) {
		add(50);
		checkpoint();
		execv(argv[1], argv + 1);
		_exit(1);
	}
	checkpoint();
	add(7);
	checkpoint();
	return argc == 0;
}

/*
 * A parent with a list, a child that makes it longer, and becomes another
 * program: the one named by the arguments.  A handler of signals looks too.
 */
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

struct entry {
	struct entry *next;
	long number;
};

struct entry *g_entries;

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

/* In the middle of a function that has the only pointer in a register. */
static void handler(int number)
{
	checkpoint();
}

int main(int argc, char **argv)
{
	add(100);
	signal(SIGUSR1, handler);
	if (fork() == 0) {
		add(50);
		checkpoint();
		execv(argv[1], argv + 1);
		_exit(1);
	}
	checkpoint();
	raise(SIGUSR1);
	add(7);
	checkpoint();
	return argc == 0;
}

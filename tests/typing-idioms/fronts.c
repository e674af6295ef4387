/*
 * A program whose allocator writes down before each piece how large it is: all
 * pointers lead behind that.  Some pieces hold several things, such as a table
 * of pointers behind others, and which member of a union holds, a kind says.
 * Prints how many of each type it made, and ends by abort().  One text is
 * that which stdout holds.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ENTRIES = 40, CURSORS = 5 };

static __attribute__((noinline)) void *get(size_t size)
{
	size_t rounded = (size + 7) & ~(size_t)7;
	size_t *front = calloc(1, sizeof(*front) + rounded);

	*front = rounded;
	return front + 1;
}

struct item {
	long value;
	char *name;
	struct item *more;
};
struct list {
	int num, num_alloc;
	struct item items[1];
};
struct view {
	long rows[6];
	struct view *older;
};
struct entry {
	char *name;
	struct entry *next;
	int kind;
	union {
		struct {
			int offset;
			struct list *defaults;
		} table;
		struct {
			int count;
			struct view *view;
		} view;
	} u;
};
struct module {
	void *methods, *data;
	char *name;
	long references;
};
struct cursor {
	long position, key;
	struct entry *entry;
	struct leaf *leaf;
	char is_valid;
};
struct leaf {
	long bytes[13];
};
struct step {
	char code, flags;
	short extra;
	int a, b, c, d, e;
};
struct machine {
	struct step *steps;
	struct cursor **cursors;
	struct module *module;
	int num_steps, num_cursors;
};

struct entry *entries;
struct machine *machine;

static struct list *list_new(void)
{
	/* One more than there are: so it is often written. */
	struct list *list = get(sizeof(struct list) + 4 * sizeof(struct item));

	list->num = 2;
	list->num_alloc = 4;
	for (int i = 0; i < 2; i++)
		list->items[i].value = i;
	return list;
}

static void entries_fill(void)
{
	for (int i = 0; i < ENTRIES; i++) {
		struct entry *entry = get(sizeof(*entry));
		entry->name = strcpy(get(20), "a name of an entry");
		entry->next = entries;
		entry->kind = i % 2;
		if (entry->kind)
			entry->u.table.defaults = list_new();
		else
			entry->u.view.view = get(sizeof(struct view));
		entries = entry;
	}
}

static struct module *module_new(const char *name)
{
	struct module *module = get(sizeof(*module) + strlen(name) + 1);

	module->name = strcpy((char *)(module + 1), name);
	module->references = 1;
	return module;
}

static void machine_fill(void)
{
	machine = get(sizeof(*machine));
	machine->num_steps = 60;
	machine->steps = get(100 * sizeof(*machine->steps));
	machine->module = module_new("completion");
	/* The room that the steps leave. */
	machine->cursors = (struct cursor **)(machine->steps + 90);
	machine->num_cursors = CURSORS;
	for (int i = 1; i < CURSORS; i++) {
		struct cursor *cursor = get(sizeof(*cursor));
		cursor->entry = entries;
		cursor->leaf = get(sizeof(*cursor->leaf));
		machine->cursors[i] = cursor;
	}
}

int main(void)
{
	entries_fill();
	machine_fill();
	puts("entry 40\nlist 20\nview 20\nchar 41\nmachine 1\nstep 1\n"
	     "module 1\ncursor 4\nleaf 4");
	fflush(stdout);
	abort();
}

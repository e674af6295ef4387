/*
 * An interpreter that only a local of main() holds: variables that embed the
 * entry of a hash table, whose hash is kept in a `void *`; objects cut from
 * larger blocks, which say by a pointer to a table of functions what they are;
 * and traces of variables, of which code knows by a `void *` alone.
 * Prints how many of each type it made, and ends by abort().
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Not static either: so compilers pass what is declared. */
#define noinline __attribute__((noinline))

enum { NUM_VARIABLES = 600, NUM_BUCKETS = 64, CHUNK = 100 };

struct table;

struct entry {
	struct entry *next;
	struct table *table;
	void *hash; /* a number */
	void *data;
	union {
		char *word;
		struct object *object;
	} key;
};

struct table {
	struct entry **buckets;
	struct entry *first[4];
	int num_buckets, num_entries;
	void *(*find)(struct table *table, const char *key);
};

struct kind {
	const char *name;
	void (*update)(struct object *object);
};

struct object {
	int references;
	char *bytes;
	int length;
	const struct kind *kind;
	union {
		long number;
		double real;
		void *other;
		struct {
			void *first, *second;
		} two;
	} value;
};

struct variable {
	int flags;
	union {
		struct object *object;
		struct table *table;
		struct variable *link;
	} value;
	int references;
	struct entry entry;
};

struct trace {
	void (*call)(void *data, int flags);
	void *data;
	int flags;
	char text[20];
};

/* What others see of it. */
struct shown {
	char *result;
	void (*release)(char *result);
	int line;
};

struct interpreter {
	char *message;
	void (*release)(char *message);
	int line_number;
	struct space *global;
	struct table traces;
	struct object *free_objects;
	int num_objects;
};

struct space {
	char *name;
	struct shown *interpreter;
	struct table variables;
};

static void number_update(struct object *object)
{
	object->length = 0;
}

const struct kind number_kind = {"number", number_update};
static int num_chunks, num_variables, num_traces, num_entries;

static void *find(struct table *table, const char *key)
{
	return table->num_entries > 0 && key ? table->buckets[0] : NULL;
}

static void trace_call(void *data, int flags)
{
	((struct trace *)data)->flags = flags;
}

static void release(char *result)
{
	free(result);
}

noinline void objects_add(struct interpreter *interpreter)
{
	struct object *objects = malloc(CHUNK * sizeof(*objects));

	for (int i = 0; i < CHUNK; i++) {
		objects[i].value.two.first = interpreter->free_objects;
		interpreter->free_objects = &objects[i];
	}
	num_chunks++;
}

noinline struct object *object_make(struct interpreter *interpreter, int number)
{
	struct object *object;

	if (!interpreter->free_objects)
		objects_add(interpreter);
	object = interpreter->free_objects;
	interpreter->free_objects = object->value.two.first;
	memset(object, 0, sizeof(*object));
	object->references = 1;
	object->kind = &number_kind;
	object->value.number = number;
	return object;
}

noinline void table_init(struct table *table)
{
	memset(table, 0, sizeof(*table));
	table->buckets = calloc(NUM_BUCKETS, sizeof(struct entry *));
	table->num_buckets = NUM_BUCKETS;
	table->find = find;
}

noinline void table_add(struct table *table, struct entry *entry, unsigned hash)
{
	hash = hash * 2654435761u;
	entry->hash = (void *)(size_t)hash;
	entry->table = table;
	entry->next = table->buckets[hash % NUM_BUCKETS];
	table->buckets[hash % NUM_BUCKETS] = entry;
	table->num_entries++;
}

noinline struct variable *variable_make(struct interpreter *interpreter,
					struct space *space, int number)
{
	struct variable *variable = calloc(1, sizeof(*variable));

	variable->references = 1;
	variable->value.object = object_make(interpreter, number);
	variable->entry.key.object = object_make(interpreter, -number);
	table_add(&space->variables, &variable->entry, number);
	num_variables++;
	return variable;
}

noinline void trace_add(struct interpreter *interpreter,
			struct variable *variable, int number)
{
	struct entry *entry = calloc(1, sizeof(*entry));
	struct trace *trace = calloc(1, sizeof(*trace));

	trace->call = trace_call;
	trace->data = trace;
	snprintf(trace->text, sizeof(trace->text), "trace %d", number);
	entry->key.word = (char *)variable;
	entry->data = trace;
	table_add(&interpreter->traces, entry, number);
	num_traces++;
	num_entries++;
}

noinline void fill(struct interpreter *interpreter)
{
	struct space *space = calloc(1, sizeof(*space));

	space->name = strdup("::");
	space->interpreter = (struct shown *)interpreter;
	table_init(&space->variables);
	table_init(&interpreter->traces);
	interpreter->global = space;
	for (int i = 0; i < NUM_VARIABLES; i++) {
		struct variable *variable =
			variable_make(interpreter, space, i);
		if (i % 3 == 0)
			trace_add(interpreter, variable, i);
	}
}

noinline void run(struct interpreter *interpreter)
{
	interpreter->line_number = interpreter->num_objects;
	printf("object %d\nvariable %d\ntrace %d\nentry %d\n"
	       "interpreter 1\nspace 1\n",
	       num_chunks, num_variables, num_traces, num_entries);
	fflush(stdout);
	abort();
}

int main(void)
{
	static char buffer[4096];
	struct interpreter *interpreter;

	setvbuf(stdout, buffer, _IOFBF, sizeof(buffer));
	interpreter = calloc(1, sizeof(*interpreter));
	interpreter->message = strdup("ready");
	interpreter->release = release;
	fill(interpreter);
	run(interpreter);
	return interpreter->num_objects;
}

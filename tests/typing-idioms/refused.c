/*
 * What a pointer could lead to by its declaration, or by what code makes of it
 * elsewhere, and does not: objects where text is declared, small numbers and
 * data where a structure has pointers and functions.
 * Prints how many of each type it made, and ends by abort().
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Not static either: so compilers pass what is declared. */
#define noinline __attribute__((noinline))

enum { NUM_VARIABLES = 60, NUM_ENTRIES = 40, NUM_REAL = 4 };

/* The value of some is a command, which has pointers in a union alone. */
struct variable {
	struct variable *next;
	char *value;
	int is_function;
};
struct simple {
	double weight[9];
};
struct loop {
	double weight[5];
};
struct command {
	int type, flags;
	long line;
	union {
		struct simple *simple;
		struct loop *loop;
	} body;
};

/* What an entry's data are seldom; else they are what code never looks at. */
struct token {
	long number[12];
};
struct reply {
	int epoch;
	struct token *token, *fix;
	void *more;
};
struct handler {
	void (*run)(void *);
	void *data;
};
struct entry {
	struct entry *next;
	void *reply, *handler, *object;
};

/* Its functions were never set: where they would be is what was there. */
struct functions {
	int version, flags;
	void (*run[1])(void *);
	void (*stop)(void *);
	void (*pause)(void *);
};
struct object {
	struct object *left, *right, *up, *down;
};
struct table {
	struct functions *functions;
	long has_functions, number[6];
};

struct variable *variables;
struct entry *entries;
struct table *tables[NUM_ENTRIES];

noinline void nothing(void *data)
{
	fprintf(stderr, "%p\n", data);
}

noinline void *filled(size_t size, const void *bytes, size_t length)
{
	return memcpy(calloc(1, size), bytes, length);
}

noinline struct command *command_new(int type)
{
	struct command *command = malloc(sizeof(*command));

	command->type = type;
	command->flags = 0;
	command->line = type;
	if (type == 1)
		command->body.simple = calloc(1, sizeof(struct simple));
	else
		command->body.loop = calloc(1, sizeof(struct loop));
	return command;
}

noinline void variable_add(int number)
{
	struct variable *variable = calloc(1, sizeof(*variable));

	variable->is_function = number % 2;
	if (variable->is_function)
		variable->value = (char *)command_new(1 + number % 4 / 2);
	else
		variable->value = strdup("what a variable is set to");
	variable->next = variables;
	variables = variable;
}

noinline long variable_sum(const struct variable *variable)
{
	if (!variable->is_function)
		return strlen(variable->value);
	const struct command *command = (const struct command *)variable->value;
	return command->type == 1 ? command->body.simple->weight[0]
				  : command->body.loop->weight[0];
}

noinline struct reply *reply_new(void)
{
	struct reply *reply = calloc(1, sizeof(*reply));

	reply->token = calloc(1, sizeof(*reply->token));
	reply->fix = calloc(1, sizeof(*reply->fix));
	return reply;
}

noinline struct handler *handler_new(void)
{
	struct handler *handler = calloc(1, sizeof(*handler));

	handler->run = nothing;
	return handler;
}

noinline struct object *object_new(void)
{
	struct object *object = calloc(1, sizeof(*object));

	object->left = object->right = object->up = object->down = object;
	return object;
}

noinline void entry_add(int number)
{
	struct entry *entry = calloc(1, sizeof(*entry));

	entry->object = object_new();
	if (number < NUM_REAL) {
		entry->reply = reply_new();
		entry->handler = handler_new();
	} else {
		void *token = calloc(1, sizeof(struct token));
		void *some[] = {(void *)1, (void *)3, token, token};
		void *trace[] = {(void *)nothing, NULL,
				 (void *)0x10060, NULL,
				 (void *)32,	  (void *)2};
		entry->reply = filled(32, some, sizeof(some));
		entry->handler = filled(56, trace, sizeof(trace));
	}
	entry->next = entries;
	entries = entry;
	tables[number] = calloc(1, sizeof(struct table));
	tables[number]->functions = entry->object;
}

noinline long entry_sum(const struct entry *entry)
{
	const struct reply *reply = entry->reply;
	const struct handler *handler = entry->handler;
	const struct object *object = entry->object;

	handler->run(handler->data);
	return reply->token->number[0] + reply->fix->number[0] +
	       (object->left == object->right);
}

int main(void)
{
	long sum = 0, i = 0;

	for (i = 0; i < NUM_VARIABLES; i++)
		variable_add(i);
	for (i = 0; i < NUM_ENTRIES; i++)
		entry_add(i);
	for (struct variable *one = variables; one; one = one->next)
		sum += variable_sum(one);
	i = NUM_ENTRIES;
	for (struct entry *one = entries; one; one = one->next)
		sum += --i < NUM_REAL ? entry_sum(one) : 0;
	for (i = 0; i < NUM_ENTRIES; i++)
		if (tables[i]->has_functions)
			tables[i]->functions->stop(tables[i]);
	fprintf(stderr, "%ld\n", sum);
	puts("variable 60\ncommand 30\nsimple 15\nloop 15\nentry 40\nreply 4\n"
	     "handler 4\nfunctions 0\ntable 40\nobject 40");
	fflush(stdout);
	abort();
}

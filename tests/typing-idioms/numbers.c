/*
 * Objects that begin with one header: where some have a pointer others have a
 * small number or a function.  Prints how many of each type it made, and ends
 * by abort().
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* Not static either: so compilers pass what is declared. */
#define noinline __attribute__((noinline))

enum { VECTOR = 1, SCOPE, METHOD, NUM_KINDS };

struct header {
	uint32_t flags; /* the kind is in some of them */
	uint32_t refs;
	struct header *next, *last;
};
struct object {
	struct header header;
	struct object *prototype;
	long number[2];
};
/* All of these are of one size class. */
struct vector {
	struct object object;
	uint32_t length, is_fixed;
};
struct scope {
	struct object object;
	struct object *target;
	uint32_t has_this;
};
struct method {
	struct object object;
	int (*call)(int);
	short num_arguments;
};

struct header *all;
struct object *first;

noinline void *object_new(size_t size, uint32_t kind)
{
	struct object *object = calloc(1, size);

	object->header.flags = kind << 27 | 0x1081;
	object->header.refs = 1;
	object->header.next = all;
	if (all)
		all->last = &object->header;
	object->prototype = first;
	first = object;
	all = &object->header;
	return object;
}

noinline int call_one(int number)
{
	return number + 1;
}

noinline struct scope *scope_of(struct header *header)
{
	return (struct scope *)header;
}

noinline long object_value(struct header *header)
{
	struct vector *vector;
	struct method *method;

	switch (header->flags >> 27) {
	case VECTOR:
		vector = (struct vector *)header;
		return vector->length;
	case METHOD:
		method = (struct method *)header;
		return method->call(method->num_arguments);
	default:
		return scope_of(header)->target->number[0];
	}
}

noinline void object_add(int number)
{
	uint32_t kind = 1 + number % (NUM_KINDS - 1);

	if (kind == VECTOR) {
		struct vector *vector = object_new(sizeof(*vector), kind);
		vector->length = 1 + number % 7;
	} else if (kind == SCOPE) {
		struct object *target = first;
		struct scope *scope = object_new(sizeof(*scope), kind);
		scope->target = target;
	} else {
		struct method *method = object_new(sizeof(*method), kind);
		method->call = call_one;
		method->num_arguments = 2;
	}
}

int main(void)
{
	long sum = 0;

	for (int i = 0; i < 300; i++)
		object_add(i);
	for (struct header *header = all; header; header = header->next)
		sum += object_value(header);
	fprintf(stderr, "%ld\n", sum);
	puts("vector 100\nscope 100\nmethod 100");
	fflush(stdout);
	abort();
}

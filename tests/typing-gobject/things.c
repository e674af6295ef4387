/*
 * Objects of GObject's types, whose library has no debug info and may be here
 * without its headers: what is needed of these is declared.
 *
 * Prints "TYPE NUMBER" and dies for a core.
 */
#include <stdio.h>
#include <stdlib.h>

typedef unsigned long GType;

extern GType g_type_register_static_simple(GType parent, const char *name,
					   unsigned class_size,
					   void (*class_init)(void *, void *),
					   unsigned instance_size,
					   void (*init)(void *, void *),
					   unsigned flags);
extern int g_type_add_instance_private(GType type, size_t size);
extern void g_type_class_adjust_private_offset(void *class, int *offset);
extern void *g_object_new(GType type, const char *first, ...);

enum { OBJECT = 20 << 2, CLASS_SIZE = 136, INSTANCE_SIZE = 24 };

struct thing {
	char object[INSTANCE_SIZE];
	long number;
};

struct large {
	struct thing thing;
	long more[20];
};

/* No store to it may be left out. */
void *kept[1000];
static unsigned num_kept;

static void make(GType type, const char *name, unsigned num)
{
	for (unsigned i = 0; i < num; i++)
		kept[num_kept++] = g_object_new(type, NULL);
	printf("%s %u\n", name, num);
}

static int private_offset;

static void secret_class_init(void *class, void *data)
{
	g_type_class_adjust_private_offset(class, &private_offset);
}

int main(void)
{
	GType thing = g_type_register_static_simple(
		OBJECT, "TestThing", CLASS_SIZE, NULL, sizeof(struct thing),
		NULL, 0);
	GType large = g_type_register_static_simple(
		thing, "TestLarge", CLASS_SIZE, NULL, sizeof(struct large),
		NULL, 0);
	GType secret = g_type_register_static_simple(
		thing, "TestSecret", CLASS_SIZE, secret_class_init,
		sizeof(struct thing), NULL, 0);

	private_offset = g_type_add_instance_private(secret, 100);
	make(thing, "TestThing", 300);
	make(large, "TestLarge", 200);
	make(secret, "TestSecret", 100);
	fflush(stdout);
	abort();
}

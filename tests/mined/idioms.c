/*
 * What C does with pointers that have no type: each idiom with types of its
 * own, so that the truth is known.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define noinline __attribute__((noinline))

/* A table of void *, filled and read through functions. */
struct entry {
	void *key;
	void *value;
	struct entry *next;
};

struct table {
	struct entry *slots[8];
	size_t used;
};

struct user {
	int id;
	char name[20];
};

noinline void table_put(struct table *table, void *key, void *value)
{
	struct entry *entry = malloc(sizeof(*entry));
	size_t slot = (uintptr_t)key % 8;

	entry->key = key;
	entry->value = value;
	entry->next = table->slots[slot];
	table->slots[slot] = entry;
	table->used++;
}

noinline void *table_get(struct table *table, void *key)
{
	struct entry *entry = table->slots[(uintptr_t)key % 8];

	while (entry && entry->key != key)
		entry = entry->next;
	return entry ? entry->value : NULL;
}

noinline int user_find(struct table *table, char *name)
{
	struct user *user = table_get(table, name);

	return user ? user->id : 0;
}

/* Read where it lies. */
struct box {
	int kind;
	void *inside;
};

struct apple {
	long weight;
	long seeds;
};

struct pear {
	double weight;
	struct pear *tree;
};

noinline long box_weigh(struct box *box)
{
	if (box->kind == 1) {
		struct apple *apple = box->inside;
		return apple->weight + apple->seeds;
	}
	struct pear *pear = box->inside;
	return (long)pear->weight + (pear->tree != NULL);
}

/* Put in by its maker only. */
struct envelope {
	void *letter;
};

struct letter {
	int pages;
};

noinline void envelope_close(struct envelope *envelope, struct letter *letter)
{
	envelope->letter = letter;
}

/* Private data behind a table of operations. */
struct device;
struct device_ops {
	int (*start)(void *data, int level);
	void (*stop)(void *data);
};

struct device {
	const struct device_ops *ops;
	void *data;
};

struct motor {
	int speed;
	int *gears;
};

noinline static int motor_start(void *data, int level)
{
	struct motor *motor = data;

	motor->speed = level + motor->gears[0];
	return motor->speed;
}

noinline static void motor_stop(void *data)
{
	struct motor *motor = data;

	motor->speed = 0;
}

const struct device_ops motor_ops = {motor_start, motor_stop};

noinline int device_start(struct device *device, int level)
{
	return device->ops->start(device->data, level);
}

/* A callback and what it is to be given. */
struct timer {
	void (*fire)(void *context);
	void *context;
};

struct alarm {
	int rings;
};

noinline static void alarm_fire(void *context)
{
	struct alarm *alarm = context;

	alarm->rings++;
}

noinline void timer_set(struct timer *timer, void (*fire)(void *),
			void *context)
{
	timer->fire = fire;
	timer->context = context;
}

noinline void timer_run(struct timer *timer)
{
	timer->fire(timer->context);
}

noinline void alarm_arm(struct timer *timer, struct alarm *alarm)
{
	timer_set(timer, alarm_fire, alarm);
}

/* A link within, and the way back to what is around it. */
struct link {
	struct link *next, *previous;
};

struct job {
	int id;
	struct link link;
	char *title;
};

noinline int jobs_sum(struct link *head)
{
	int sum = 0;

	for (struct link *at = head->next; at != head; at = at->next) {
		struct job *job =
			(struct job *)((char *)at - offsetof(struct job, link));
		sum += job->id + (job->title != NULL);
	}
	return sum;
}

/* A base by convention, and what it really is. */
struct shape {
	int kind;
};

struct circle {
	int kind;
	double radius;
};

noinline double shape_area(struct shape *shape)
{
	if (shape->kind == 1) {
		struct circle *circle = (struct circle *)shape;
		return circle->radius * circle->radius;
	}
	return 0;
}

/* The way up says nothing new. */
struct drawing {
	struct circle *circle;
};

noinline double drawing_area(struct drawing *drawing)
{
	return shape_area((struct shape *)drawing->circle);
}

/* A type that is declared only, and the one behind it. */
struct handle;
struct hidden {
	int lock;
	void *page;
};

noinline int handle_lock(struct handle *handle)
{
	struct hidden *hidden = (struct hidden *)handle;

	return hidden->lock++ + (hidden->page != NULL);
}

/* A header before what is given out. */
struct header {
	size_t size;
	size_t uses;
};

struct item {
	long a, b, c;
};

noinline struct item *item_make(void)
{
	struct header *header = malloc(sizeof(*header) + sizeof(struct item));

	header->size = sizeof(struct item);
	header->uses = 1;
	struct item *item = (struct item *)(header + 1);
	item->a = item->b = item->c = 1;
	return item;
}

noinline size_t item_size(struct item *item)
{
	struct header *header = (struct header *)item - 1;

	return header->size * header->uses;
}

/* Variables of no type, and arrays of them. */
struct setting {
	int on;
};

void *g_setting;
void *g_parts[4];

struct part {
	int number;
};

noinline int setting_read(void)
{
	struct setting *setting = g_setting;

	return setting->on;
}

noinline int part_weigh(struct part *part)
{
	return part->number;
}

noinline int part_read(unsigned i)
{
	return 1 + part_weigh(g_parts[i & 3]);
}

struct vector {
	void **items;
	size_t num;
};

struct point {
	int x, y;
};

noinline int vector_sum(struct vector *vector)
{
	int sum = 0;

	for (size_t i = 0; i < vector->num; i++) {
		struct point *point = vector->items[i];
		sum += point->x + point->y;
	}
	return sum;
}

/* Freed like everything: that says nothing. */
noinline void release(void *memory)
{
	if (memory)
		free(memory);
}

noinline void release_all(struct box *box, struct envelope *envelope,
			  struct vector *vector)
{
	release(box->inside);
	release(envelope->letter);
	release(vector->items);
	release(box);
}

int main(int argc, char **argv)
{
	struct table table = {0};
	struct user user = {1, "anna"};
	struct box box = {argc, calloc(1, 64)};
	struct letter letter = {2};
	struct envelope envelope;
	struct motor motor = {0, &user.id};
	struct device device = {&motor_ops, &motor};
	struct alarm alarm = {0};
	struct timer timer;
	struct link head = {&head, &head};
	struct circle circle = {1, 2};
	struct hidden hidden = {0};
	struct setting setting = {1};
	struct part part = {3};
	struct point point = {1, 2};
	void *points[] = {&point};
	struct vector vector = {points, 1};
	struct item *item = item_make();
	struct drawing drawing = {&circle};

	table_put(&table, user.name, &user);
	envelope_close(&envelope, &letter);
	alarm_arm(&timer, &alarm);
	timer_run(&timer);
	g_setting = &setting;
	g_parts[argc & 3] = &part;
	printf("%d\n", user_find(&table, user.name) + (int)box_weigh(&box) +
			       device_start(&device, 1) + jobs_sum(&head) +
			       (int)shape_area((struct shape *)&circle) +
			       (int)drawing_area(&drawing) +
			       handle_lock((struct handle *)&hidden) +
			       (int)item_size(item) + setting_read() +
			       part_read(argc) + vector_sum(&vector));
	if (argc > 5)
		release_all(&box, &envelope, &vector);
	return 0;
}

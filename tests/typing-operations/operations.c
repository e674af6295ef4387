/*
 * Objects that begin with a table of functions, in a program without debug
 * info.  Ends by abort().
 */
#include <stdlib.h>

struct object {
	const void *table;
	long value[4];
};

struct operations {
	const char *name;
	void (*open)(void), (*close)(void);
	long (*read)(long);
};

static long turned;

__attribute__((noinline)) static void turn(void)
{
	turned++;
}

__attribute__((noinline)) static long add(long value)
{
	return value + turned;
}

const struct operations file_operations = {"file", turn, turn, add};
const struct operations pipe_operations = {"pipe", turn, NULL, add};
/* Numbers, text, and one function: no tables. */
const long numbers[4] = {1, 2, 3, 4};
const char *const texts[3] = {"one", "two", "three"};
const struct operations alone = {"alone", NULL, NULL, add};

struct object *objects[400];

static void make(const void *table, unsigned from, unsigned to)
{
	for (unsigned i = from; i < to; i++) {
		objects[i] = calloc(1, sizeof(*objects[i]));
		objects[i]->table = table;
		objects[i]->value[0] = i;
	}
}

int main(void)
{
	make(&file_operations, 0, 100);
	make(&pipe_operations, 100, 150);
	make(numbers, 150, 200);
	make(texts, 200, 250);
	make(&alone, 250, 300);
	/* Not its begin. */
	make(&file_operations.close, 300, 350);
	abort();
}

/* Functions with all that the debug info of a function may have. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct node {
	struct node *next;
	long key;
	char text[24];
};

struct bounds {
	long low, high;
};

static struct node *volatile list;
static volatile int depth_wanted = 5;

__attribute__((noinline)) static int sum_of(int count, ...)
{
	va_list list;
	int sum = 0;

	va_start(list, count);
	for (int i = 0; i < count; i++) {
		int one = va_arg(list, int);
		sum += one;
	}
	va_end(list);
	return sum;
}

static inline __attribute__((always_inline)) struct node *
node_new(long key, const char *text)
{
	struct node *node = malloc(sizeof(*node));

	node->key = key * 3;
	strncpy(node->text, text, sizeof(node->text) - 1);
	node->next = list;
	return node;
}

__attribute__((noreturn, noinline)) static void give_up(const char *why,
							long double how_much)
{
	volatile long double kept = how_much;
	char copy[32];

	snprintf(copy, sizeof(copy), "%s", why);
	puts(copy);
	if (kept > 1)
		abort();
	exit(1);
}

static inline __attribute__((always_inline)) long descend_inlined(long level)
{
	struct bounds pair = {level, level * level};
	const int constant = 77;

	if (pair.high == 25)
		give_up("deep", 2.5L);
	return pair.low + constant;
}

__attribute__((noinline)) long descend(long level, double scale, float small)
{
	struct node local = {.key = level};
	double values[3] = {scale, scale * 2, small};
	unsigned bits = (unsigned)level << 3 | 5;
	long got;

	snprintf(local.text, sizeof(local.text), "level %ld", level);
	list = node_new(level, local.text);
	if (level < depth_wanted) {
		long inner = level + 1;
		got = descend(inner, values[1], small / 2);
		got += inner;
	} else {
		got = descend_inlined(level);
	}
	local.key += got + bits + (long)values[0];
	return local.key;
}

static int compare(const void *left, const void *right)
{
	const long *a = left, *b = right;

	if (*a == 42 || *b == 42)
		return (int)descend(1, 1.5, 0.25f);
	return (*a > *b) - (*a < *b);
}

int main(int argc, char **argv)
{
	long numbers[] = {4, 8, 15, 16, 23, 42};
	static long seen;
	size_t num = sizeof(numbers) / sizeof(numbers[0]);

	seen += sum_of(3, argc, 2, 3);
	{
		const char *name = strrchr(argv[0], '/');
		if (name)
			seen += (long)strlen(name);
	}
	qsort(numbers, num, sizeof(numbers[0]), compare);
	printf("%ld %ld\n", seen, numbers[0]);
	return 0;
}

/*
 * A heap of which everything is known: what the commands must say of it is in
 * tests/command-text/golden.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>

enum color { RED, GREEN };

struct item {
	struct item *next;
	long number;
	enum color color;
	unsigned is_new : 1, weight : 7;
	char name[16];
};

struct pair {
	struct pair *other;
	const char *label;
	double share;
};

/* Found by `search`: 0x5eed5eed. */
struct table {
	struct item *first;
	struct pair *pairs[4];
	unsigned magic;
};

struct table g_table;
struct item *g_last;
char *g_text;

static struct item *make_item(struct item *next, long number)
{
	struct item *item = calloc(1, sizeof(*item));

	item->next = next;
	item->number = number;
	item->color = number % 2 ? GREEN : RED;
	item->weight = 42;
	strcpy(item->name, "item");
	return item;
}

static struct pair *make_pair(const char *label)
{
	struct pair *one = calloc(1, sizeof(*one));
	struct pair *two = calloc(1, sizeof(*two));

	one->other = two;
	two->other = one;
	one->label = label;
	one->share = 0.5;
	return one;
}

static void __attribute__((noinline)) plant_kept(void)
{
	for (long i = 0; i < 100; i++)
		g_table.first = make_item(g_table.first, i);
	g_last = g_table.first->next->next;
	for (int i = 0; i < 4; i++)
		g_table.pairs[i] = make_pair("kept");
	g_table.magic = 0x5eed5eed;
	g_text = strcpy(malloc(300), "a text that is kept");
}

static void __attribute__((noinline)) plant_lost(void)
{
	/* Ten chains of 20, three rings of two, five lone texts. */
	for (int i = 0; i < 10; i++) {
		struct item *item = NULL;
		for (long j = 0; j < 20; j++)
			item = make_item(item, j);
	}
	for (int i = 0; i < 3; i++)
		make_pair("lost");
	for (int i = 0; i < 5; i++)
		strcpy(malloc(200), "a lost text");
}

static void __attribute__((noinline)) plant_free(void)
{
	/* Six are freed, five are lost; and so is what g_text held. */
	void *blocks[12];

	for (int i = 0; i < 12; i++)
		blocks[i] = malloc(500);
	for (int i = 0; i < 12; i += 2)
		free(blocks[i]);
	g_text = blocks[11];
	strcpy(g_text, "a text that is kept");
	memset(blocks, 0, sizeof(blocks));
}

/* Over what the functions above left on the stack. */
static void __attribute__((noinline)) wipe(void)
{
	volatile char stack[16384];

	memset((void *)stack, 0, sizeof(stack));
	__asm__ volatile("" : : "r"(stack) : "memory");
}

int main(void)
{
	plant_kept();
	plant_lost();
	plant_free();
	wipe();
	/* Nothing of the heap in registers that calls may change. */
	__asm__ volatile("xor %%eax, %%eax\n\txor %%ecx, %%ecx\n\t"
			 "xor %%edx, %%edx\n\txor %%esi, %%esi\n\t"
			 "xor %%edi, %%edi\n\txor %%r8d, %%r8d\n\t"
			 "xor %%r9d, %%r9d\n\txor %%r10d, %%r10d\n\t"
			 "xor %%r11d, %%r11d\n\tud2"
			 :
			 :
			 : "rax", "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10",
			   "r11", "memory");
	return 0;
}

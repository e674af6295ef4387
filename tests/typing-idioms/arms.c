/*
 * A program whose objects of one type hold others of it only in a union: one,
 * several side by side, or several behind the number of them, as new[] makes
 * them.  Prints how many blocks it made, and ends by abort().
 */
#include <stdio.h>
#include <stdlib.h>

#define keep(value) __asm__ volatile("" : : "g"(value) : "memory")

struct step {
	enum { STEP_END, STEP_BLOCK, STEP_CASE, STEP_LOOP, STEP_ASSIGN } kind;
	int line;
	union {
		struct {
			struct step *steps;
			unsigned num_steps;
			struct scope *scope;
		} block;
		struct {
			int quality;
			struct value *on;
			unsigned num_arms;
			struct value **labels;
			struct step *arms;
		} cases;
		struct {
			struct value *until;
			struct step *body;
		} loop;
		struct {
			unsigned num_places;
			struct place *place;
			char operator;
			struct value *value, *delay;
		} assign;
	} as;
};
struct scope {
	const char *name;
	struct scope *outer;
	long numbers[16];
};
struct value {
	int type, width;
	double number;
};
struct place {
	long from, to, base;
	struct scope *scope;
};
struct process {
	struct step *first;
	struct process *next;
	struct scope *scope;
};
struct process *processes;
static long num_steps, num_values, num_places;

static struct value *value_new(int number)
{
	struct value *value = calloc(1, sizeof(*value));

	num_values++;
	value->type = 1;
	value->width = 32;
	value->number = number / 3.0;
	return value;
}

static struct step *steps_new(unsigned num)
{
	num_steps++;
	return calloc(num, sizeof(struct step));
}

static struct step *arms_new(unsigned num)
{
	long *count = calloc(1, sizeof(*count) + num * sizeof(struct step));

	num_steps++;
	*count = num;
	return (struct step *)(count + 1);
}

static void assign(struct step *step, int i)
{
	step->kind = STEP_ASSIGN;
	step->line = i;
	step->as.assign.num_places = 1;
	step->as.assign.place = calloc(1, sizeof(struct place));
	step->as.assign.place->to = i;
	num_places++;
	step->as.assign.value = value_new(i);
}

static void process_add(int i)
{
	struct process *process = calloc(1, sizeof(*process));
	unsigned num = 2 + i % 4;
	struct step *first = steps_new(1), *inner = steps_new(num);

	process->first = first;
	process->next = processes;
	processes = process;
	first->kind = STEP_BLOCK;
	first->line = i;
	first->as.block.steps = inner;
	first->as.block.num_steps = num;
	for (unsigned k = 0; k < num; k++)
		assign(&inner[k], i);
	struct step *arms = arms_new(3);
	inner[0].kind = STEP_CASE;
	inner[0].as.cases.quality = 1;
	inner[0].as.cases.on = value_new(i);
	inner[0].as.cases.num_arms = 3;
	inner[0].as.cases.labels = calloc(3, sizeof(struct value *));
	inner[0].as.cases.arms = arms;
	num_values--, num_places--;
	for (int k = 0; k < 3; k++) {
		inner[0].as.cases.labels[k] = value_new(k);
		assign(&arms[k], k);
	}
}

int main(void)
{
	static char output[4096];

	setvbuf(stdout, output, _IOFBF, sizeof(output));
	for (int i = 0; i < 200; i++)
		process_add(i);
	keep(processes);
	printf("process 200\nstep %ld\nplace %ld\nvalue %ld\n", num_steps,
	       num_places, num_values);
	fflush(stdout);
	abort();
}

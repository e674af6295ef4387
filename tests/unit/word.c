/* Words: what is known where ways of a program meet. */
#include "code/word.h"

#include "tests/unit/check.h"

enum {
	RAX = 0,
	RBX = 3,
	RSP = 7,
};

static struct cw_fact fact(enum cw_fact_kind kind, unsigned number,
			   int32_t delta)
{
	return (struct cw_fact){
		.kind = kind,
		.number = number,
		.delta = delta,
	};
}

static void facts(void)
{
	struct cw_word word = {0};
	int32_t delta;

	cw_word_add(&word, fact(CW_FACT_TYPE, 5, 0));
	cw_word_add(&word, fact(CW_FACT_TYPE, 5, 0));
	check_same(1, word.num);
	cw_word_add(&word, fact(CW_FACT_TYPE, 5, 8));
	cw_word_add(&word, fact(CW_FACT_NUMBER, 0, 3));
	check_same(3, word.num);
	cw_word_shift(&word, -2);
	check_same((uint32_t)-2, (uint32_t)word.facts[0].delta);
	check(cw_word_is(&word, CW_FACT_NUMBER, &delta) && delta == 1);

	/* With something unknown added it is no number any more. */
	cw_word_index(&word);
	check_same(2, word.num);
	check(word.facts[0].is_indexed && word.facts[1].is_indexed);
	check(!cw_word_is(&word, CW_FACT_NUMBER, &delta));

	/* Too far away, and too many. */
	cw_word_shift(&word, INT64_MAX);
	check_same(0, word.num);
	for (unsigned i = 0; i < 100; i++)
		cw_word_add(&word, fact(CW_FACT_ORIGIN, i, 0));
	check_same(CW_MAX_FACTS, word.num);
}

static void ways(void)
{
	static struct cw_machine a, b;
	struct cw_word word = {0};
	int32_t delta;

	cw_machine_enter(&a);
	check(cw_word_is(&a.regs[RSP], CW_FACT_STACK, &delta) && delta == -8);
	cw_machine_copy(&b, &a);
	cw_word_add(&a.regs[RAX], fact(CW_FACT_TYPE, 1, 0));
	cw_word_add(&b.regs[RAX], fact(CW_FACT_TYPE, 2, 0));
	cw_word_add(&a.regs[RBX], fact(CW_FACT_NUMBER, 0, 7));
	cw_word_add(&b.regs[RBX], fact(CW_FACT_NUMBER, 0, 8));
	cw_word_add(&word, fact(CW_FACT_ORIGIN, 3, 0));
	cw_machine_set_slot(&b, -24, &word);
	check(!cw_machine_slot(&a, -24));

	/* Either type; neither number; the slot of one; the same frame. */
	cw_machine_join(&a, &b);
	check_same(2, a.regs[RAX].num);
	check_same(0, a.regs[RBX].num);
	check(cw_machine_slot(&a, -24) && cw_machine_slot(&a, -24)->num == 1);
	check(cw_word_is(&a.regs[RSP], CW_FACT_STACK, &delta) && delta == -8);

	/* Where the frame is differs: it is nowhere. */
	cw_word_shift(&b.regs[RSP], -8);
	cw_machine_join(&a, &b);
	check(!cw_word_is(&a.regs[RSP], CW_FACT_STACK, &delta));

	cw_machine_forget(&b);
	check_same(0, b.regs[RAX].num);
	check_same(0, b.num_slots);
	check(cw_word_is(&b.regs[RSP], CW_FACT_STACK, &delta) && delta == -16);
}

/* More slots than there is room for. */
static void slots(void)
{
	static struct cw_machine machine;
	struct cw_word word = {0};

	cw_machine_enter(&machine);
	cw_word_add(&word, fact(CW_FACT_TYPE, 1, 0));
	for (int32_t i = 1; i <= 2 * CW_MAX_SLOTS; i++)
		cw_machine_set_slot(&machine, -8 * i, &word);
	check_same(CW_MAX_SLOTS, machine.num_slots);
	check(cw_machine_slot(&machine, -8));
	check(!cw_machine_slot(&machine, -8 * 2 * CW_MAX_SLOTS));
}

int main(void)
{
	facts();
	ways();
	slots();
	return 0;
}

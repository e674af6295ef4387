#include "code/miner.h"

enum {
	RAX = 0,
	RBP = 6,
	RSP = 7,
	WORD = 8,
	FIRST_ADDRESS = 1 << 16,
};

static void register_set(struct cw_miner *miner, uint8_t reg,
			 const struct cw_word *value)
{
	miner->machine.regs[reg] = *value;
	miner->written |= 1 << reg;
}

static struct cw_operand slot_operand(int64_t offset)
{
	return (struct cw_operand){
		.kind = CW_OPERAND_MEMORY,
		.size = WORD,
		.base = RSP,
		.index = CW_NO_REGISTER,
		.number = offset,
	};
}

/* A number may be an address, in code that does not move. */
static void number_value(struct cw_miner *miner, int64_t number,
			 struct cw_word *ret)
{
	if (number >= FIRST_ADDRESS)
		cw_miner_address(miner, number, ret);
	if (number >= INT32_MIN && number <= INT32_MAX)
		cw_word_add(ret, (struct cw_fact){
					 .kind = CW_FACT_NUMBER,
					 .delta = number,
					 .at = miner->pc,
				 });
}

static void operand_value(struct cw_miner *miner,
			  const struct cw_operand *operand, struct cw_word *ret)
{
	ret->num = 0;
	if (operand->kind == CW_OPERAND_NUMBER)
		number_value(miner, operand->number, ret);
	else if (operand->kind == CW_OPERAND_MEMORY && operand->size == WORD)
		cw_miner_load(miner, operand, ret);
	else if (operand->kind == CW_OPERAND_REGISTER && operand->size == WORD)
		*ret = miner->machine.regs[operand->base];
}

static void move(struct cw_miner *miner,
		 const struct cw_instruction *instruction)
{
	const struct cw_operand *to = &instruction->operands[0];
	const struct cw_operand *from = &instruction->operands[1];
	struct cw_word value;

	if (to->kind == CW_OPERAND_REGISTER) {
		/* The upper half becomes zero: a number is the same, a pointer
		 * is none any more. */
		if (to->size < WORD && from->kind != CW_OPERAND_NUMBER)
			value.num = 0;
		else
			operand_value(miner, from, &value);
		register_set(miner, to->base, &value);
	} else if (to->kind == CW_OPERAND_MEMORY) {
		value.num = 0;
		if (to->size == WORD)
			operand_value(miner, from, &value);
		cw_miner_store(miner, to, &value);
	}
}

static void maybe_move(struct cw_miner *miner,
		       const struct cw_instruction *instruction)
{
	const struct cw_operand *to = &instruction->operands[0];
	struct cw_word value, old;

	if (to->kind != CW_OPERAND_REGISTER)
		return;
	operand_value(miner, &instruction->operands[1], &value);
	old = miner->machine.regs[to->base];
	if (to->size == WORD)
		cw_word_add_all(&value, &old);
	else
		value.num = 0;
	register_set(miner, to->base, &value);
}

static void address(struct cw_miner *miner,
		    const struct cw_instruction *instruction)
{
	const struct cw_operand *to = &instruction->operands[0];
	const struct cw_operand *from = &instruction->operands[1];
	const struct cw_word *regs = miner->machine.regs;
	struct cw_word value = {0};

	if (to->kind != CW_OPERAND_REGISTER)
		return;
	if (to->size == WORD && from->kind == CW_OPERAND_MEMORY) {
		bool has_index = from->index != CW_NO_REGISTER;
		if (from->base != CW_NO_REGISTER) {
			value = regs[from->base];
			if (has_index && from->scale == 1 && value.num == 0)
				value = regs[from->index];
			cw_word_shift(&value, from->number);
		} else {
			cw_miner_address(miner, from->number, &value);
		}
		if (has_index)
			cw_word_index(&value);
	}
	register_set(miner, to->base, &value);
}

/* @sign is 1 or -1. */
static void add(struct cw_miner *miner,
		const struct cw_instruction *instruction, int sign)
{
	const struct cw_operand *to = &instruction->operands[0];
	const struct cw_operand *by = &instruction->operands[1];
	struct cw_word value, added;
	int32_t number;

	if (to->kind != CW_OPERAND_REGISTER) {
		value.num = 0;
		if (to->kind == CW_OPERAND_MEMORY && to->size == WORD)
			cw_miner_store(miner, to, &value);
		return;
	}
	value = miner->machine.regs[to->base];
	added.num = 0;
	if (by->kind == CW_OPERAND_REGISTER)
		added = miner->machine.regs[by->base];
	if (to->size < WORD)
		value.num = 0;
	else if (by->kind == CW_OPERAND_NUMBER)
		cw_word_shift(&value, sign * by->number);
	else if (cw_word_is(&added, CW_FACT_NUMBER, &number))
		cw_word_shift(&value, sign * (int64_t)number);
	else {
		/* A pointer and an index, either way round. */
		if (value.num == 0 && sign > 0)
			value = added;
		cw_word_index(&value);
	}
	register_set(miner, to->base, &value);
}

/* Tags of pointers are masked away; the stack is aligned. */
static void mask(struct cw_miner *miner,
		 const struct cw_instruction *instruction)
{
	const struct cw_operand *to = &instruction->operands[0];
	const struct cw_operand *by = &instruction->operands[1];
	struct cw_word value = {0};

	if (to->kind != CW_OPERAND_REGISTER)
		return;
	if (to->size == WORD && to->base != RSP &&
	    by->kind == CW_OPERAND_NUMBER && by->number < 0 &&
	    by->number >= -16)
		value = miner->machine.regs[to->base];
	register_set(miner, to->base, &value);
}

static void push(struct cw_miner *miner,
		 const struct cw_instruction *instruction)
{
	struct cw_operand slot = slot_operand(0);
	struct cw_word value;

	operand_value(miner, &instruction->operands[0], &value);
	cw_word_shift(&miner->machine.regs[RSP], -WORD);
	cw_miner_store(miner, &slot, &value);
}

static void pop(struct cw_miner *miner, const struct cw_operand *to)
{
	struct cw_operand slot = slot_operand(0);
	struct cw_word value;

	cw_miner_load(miner, &slot, &value);
	cw_word_shift(&miner->machine.regs[RSP], WORD);
	if (to->kind == CW_OPERAND_REGISTER)
		register_set(miner, to->base, &value);
}

static void leave(struct cw_miner *miner)
{
	const struct cw_operand rbp = {
		.kind = CW_OPERAND_REGISTER,
		.base = RBP,
	};

	miner->machine.regs[RSP] = miner->machine.regs[RBP];
	pop(miner, &rbp);
}

/* Where the frame is while it is whole: epilogues take it apart. */
static void note_frame(struct cw_miner *miner)
{
	miner->has_frame[0] = cw_word_is(&miner->machine.regs[RSP],
					 CW_FACT_STACK, &miner->frame[0]);
	miner->has_frame[1] = cw_word_is(&miner->machine.regs[RBP],
					 CW_FACT_STACK, &miner->frame[1]);
}

static bool is_within(const struct cw_miner *miner, cw_addr address)
{
	const struct cw_routine *routine = miner->routine;

	for (uint32_t i = 0; i < routine->num_ranges; i++) {
		const struct cw_code_range *range =
			&miner->routines.ranges.items[routine->first_range + i];
		if (address >= range->start && address < range->end)
			return true;
	}
	return false;
}

/* A null pointer is nothing that was found of it elsewhere. */
static void branch(struct cw_miner *miner,
		   const struct cw_instruction *instruction)
{
	struct cw_word *tested = miner->tested == CW_NO_REGISTER
					 ? NULL
					 : &miner->machine.regs[miner->tested];
	uint32_t num = tested ? tested->num : 0;

	if (tested && instruction->condition == CW_CONDITION_ZERO)
		tested->num = 0;
	cw_miner_wait(miner, instruction->operands[0].number);
	if (tested)
		tested->num = num;
	if (tested && instruction->condition == CW_CONDITION_NOT_ZERO)
		tested->num = 0;
}

/* Jumps through tables of the compiler's are none. */
static bool is_tail_call(const struct cw_miner *miner,
			 const struct cw_operand *to)
{
	const struct cw_word *word;

	if (to->kind == CW_OPERAND_NUMBER)
		return true;
	if (to->kind == CW_OPERAND_MEMORY)
		return to->index == CW_NO_REGISTER;
	if (to->kind != CW_OPERAND_REGISTER)
		return false;
	word = &miner->machine.regs[to->base];
	for (uint32_t i = 0; i < word->num; i++)
		if (word->facts[i].kind == CW_FACT_ORIGIN)
			return true;
	return false;
}

static void jump(struct cw_miner *miner,
		 const struct cw_instruction *instruction)
{
	const struct cw_operand *to = &instruction->operands[0];
	bool is_conditional = instruction->kind == CW_INSTRUCTION_BRANCH;

	note_frame(miner);
	if (to->kind == CW_OPERAND_NUMBER && is_within(miner, to->number)) {
		branch(miner, instruction);
	} else if (!is_conditional && is_tail_call(miner, to)) {
		cw_miner_call(miner, to);
		cw_miner_return(miner);
	}
	if (!is_conditional)
		miner->is_live = false;
}

static void other(struct cw_miner *miner,
		  const struct cw_instruction *instruction)
{
	const struct cw_operand *to = &instruction->operands[0];

	for (unsigned i = 0; i < CW_NUM_REGISTERS; i++)
		if (instruction->written >> i & 1)
			miner->machine.regs[i].num = 0;
	if (to->kind == CW_OPERAND_MEMORY && !instruction->is_comparison) {
		/* It may be written: a slot holds what it held no more. */
		struct cw_operand_places places;
		const struct cw_word nothing = {0};
		cw_miner_places(miner, to, &places);
		if (places.has_slot)
			cw_machine_set_slot(&miner->machine, places.slot,
					    &nothing);
	}
}

/* Whether the flags still say what the last test found. */
static bool keeps_flags(const struct cw_miner *miner,
			const struct cw_instruction *instruction)
{
	return miner->tested != CW_NO_REGISTER &&
	       (instruction->kind == CW_INSTRUCTION_MOVE ||
		instruction->kind == CW_INSTRUCTION_ADDRESS ||
		instruction->kind == CW_INSTRUCTION_BRANCH) &&
	       !(instruction->written >> miner->tested & 1);
}

void cw_miner_step(struct cw_miner *miner,
		   const struct cw_instruction *instruction)
{
	if (!keeps_flags(miner, instruction))
		miner->tested = CW_NO_REGISTER;
	switch (instruction->kind) {
	case CW_INSTRUCTION_MOVE:
		move(miner, instruction);
		break;
	case CW_INSTRUCTION_MAYBE_MOVE:
		maybe_move(miner, instruction);
		break;
	case CW_INSTRUCTION_ADDRESS:
		address(miner, instruction);
		break;
	case CW_INSTRUCTION_ADD:
		add(miner, instruction, 1);
		break;
	case CW_INSTRUCTION_SUBTRACT:
		add(miner, instruction, -1);
		break;
	case CW_INSTRUCTION_MASK:
		mask(miner, instruction);
		break;
	case CW_INSTRUCTION_TEST:
		miner->tested = instruction->operands[0].base;
		break;
	case CW_INSTRUCTION_PUSH:
		push(miner, instruction);
		break;
	case CW_INSTRUCTION_POP:
		pop(miner, &instruction->operands[0]);
		break;
	case CW_INSTRUCTION_LEAVE:
		leave(miner);
		break;
	case CW_INSTRUCTION_CALL:
		note_frame(miner);
		cw_miner_call(miner, &instruction->operands[0]);
		break;
	case CW_INSTRUCTION_JUMP:
	case CW_INSTRUCTION_BRANCH:
		jump(miner, instruction);
		break;
	case CW_INSTRUCTION_RETURN:
		cw_miner_return(miner);
		miner->is_live = false;
		break;
	case CW_INSTRUCTION_STOP:
		miner->is_live = false;
		break;
	default:
		other(miner, instruction);
	}
}

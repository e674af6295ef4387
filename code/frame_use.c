#include "code/frame_use.h"

enum {
	WORD = 8,
	NUM_WORDS = 64,
	FIRST_WORD = -16, /* from the CFA; above it is the return address */
	MOST_BYTES = 64,  /* that one instruction reads, where it is not told */
};

#define BIT(reg) (1u << (reg))

struct user {
	const struct cw_instruction *instruction;
	const struct cw_cfi_row *row, *next;
	uint16_t pointers; /* registers that point into the frame */
	uint16_t explained;
	struct cw_frame_use *use;
};

uint64_t cw_frame_word_bit(int64_t offset)
{
	int64_t number = (FIRST_WORD - (offset & -WORD)) / WORD;

	if (offset >= FIRST_WORD + WORD || number >= NUM_WORDS)
		return 0;
	return UINT64_C(1) << number;
}

static uint64_t bits_of(int64_t offset, unsigned size)
{
	uint64_t bits = 0;

	for (int64_t at = offset & -WORD; at < offset + size; at += WORD)
		bits |= cw_frame_word_bit(at);
	return bits;
}

static bool is_by(const struct cw_cfi_row *row, unsigned reg)
{
	return row && row->cfa.kind == CW_CFI_REGISTER && row->cfa.reg == reg;
}

static bool points_in(const struct user *user, unsigned reg)
{
	return reg < CW_NUM_REGISTERS && user->pointers >> reg & 1;
}

/* Bytes that are read or written there; false: how many is not told. */
static bool has_size(const struct cw_instruction *instruction)
{
	return instruction->kind != CW_INSTRUCTION_OTHER ||
	       instruction->is_comparison;
}

static void access_note(struct user *user, int64_t offset,
			const struct cw_operand *operand)
{
	const struct cw_instruction *instruction = user->instruction;
	bool is_store = instruction->kind == CW_INSTRUCTION_MOVE &&
			operand == &instruction->operands[0];
	bool is_exact = has_size(instruction) && operand->size > 0;
	uint64_t bits = bits_of(offset, is_exact ? operand->size : MOST_BYTES);

	if (is_store && operand->size == WORD && offset % WORD == 0) {
		user->use->written |= bits;
		return;
	}
	user->use->read |= bits;
	if (!is_store && is_exact)
		user->use->loaded |= bits;
}

static bool operand_use(struct user *user, const struct cw_operand *operand)
{
	switch (operand->kind) {
	case CW_OPERAND_REGISTER:
		return !points_in(user, operand->base);
	case CW_OPERAND_MEMORY:
	case CW_OPERAND_THREAD:
		if (points_in(user, operand->index))
			return false;
		if (!points_in(user, operand->base))
			return true;
		if (operand->index != CW_NO_REGISTER ||
		    operand->kind == CW_OPERAND_THREAD ||
		    !is_by(user->row, operand->base))
			return false;
		user->explained |= BIT(operand->base);
		access_note(user, operand->number - user->row->cfa.offset,
			    operand);
		return true;
	default:
		return true;
	}
}

static bool operands_use(struct user *user)
{
	return operand_use(user, &user->instruction->operands[0]) &&
	       operand_use(user, &user->instruction->operands[1]);
}

static bool push_use(struct user *user)
{
	if (is_by(user->row, CW_FRAME_RSP))
		user->use->written |=
			cw_frame_word_bit(-user->row->cfa.offset - WORD);
	return operands_use(user);
}

/* Through rbp it is not known where rsp is: only what the rules restore. */
static bool pop_use(struct user *user)
{
	const struct cw_operand *to = &user->instruction->operands[0];
	const struct cw_cfi_row *row = user->row;

	if (to->kind != CW_OPERAND_REGISTER || to->base == CW_FRAME_RSP)
		return false;
	if (is_by(row, CW_FRAME_RSP))
		user->use->read |= cw_frame_word_bit(-row->cfa.offset);
	else if (row->regs[to->base].kind == CW_CFI_OFFSET)
		user->use->read |=
			cw_frame_word_bit(row->regs[to->base].offset);
	else
		return false;
	return true;
}

/* rbp = rsp where a frame begins, rsp = rbp where it ends. */
static bool move_use(struct user *user)
{
	const struct cw_operand *to = &user->instruction->operands[0];
	const struct cw_operand *from = &user->instruction->operands[1];

	if (to->kind != CW_OPERAND_REGISTER ||
	    from->kind != CW_OPERAND_REGISTER)
		return operands_use(user);
	if (to->base == CW_FRAME_RSP)
		return from->base == CW_FRAME_RBP &&
		       is_by(user->row, CW_FRAME_RBP);
	if (to->base == CW_FRAME_RBP && from->base == CW_FRAME_RSP)
		return is_by(user->row, CW_FRAME_RSP) &&
		       is_by(user->next, CW_FRAME_RBP);
	return operands_use(user);
}

static bool is_stack_pointer(const struct cw_operand *operand)
{
	return operand->kind == CW_OPERAND_REGISTER &&
	       operand->base == CW_FRAME_RSP;
}

/* A constant that is added to rsp, taken off it, or masks it. */
static bool sum_use(struct user *user)
{
	const struct cw_instruction *instruction = user->instruction;

	if (!is_stack_pointer(&instruction->operands[0]))
		return operands_use(user);
	return instruction->operands[1].kind == CW_OPERAND_NUMBER &&
	       (instruction->kind != CW_INSTRUCTION_MASK ||
		is_by(user->row, CW_FRAME_RBP));
}

static bool address_use(struct user *user)
{
	const struct cw_operand *to = &user->instruction->operands[0];
	const struct cw_operand *from = &user->instruction->operands[1];

	if (!is_stack_pointer(to))
		return !points_in(user, from->base) &&
		       !points_in(user, from->index);
	return points_in(user, from->base) && from->index == CW_NO_REGISTER;
}

static bool any_use(struct user *user)
{
	switch (user->instruction->kind) {
	case CW_INSTRUCTION_PUSH:
		return push_use(user);
	case CW_INSTRUCTION_POP:
		return pop_use(user);
	case CW_INSTRUCTION_MOVE:
		return move_use(user);
	case CW_INSTRUCTION_ADD:
	case CW_INSTRUCTION_SUBTRACT:
	case CW_INSTRUCTION_MASK:
		return sum_use(user);
	case CW_INSTRUCTION_ADDRESS:
		return address_use(user);
	case CW_INSTRUCTION_LEAVE:
		return is_by(user->row, CW_FRAME_RBP);
	case CW_INSTRUCTION_CALL:
	case CW_INSTRUCTION_JUMP:
	case CW_INSTRUCTION_BRANCH:
	case CW_INSTRUCTION_RETURN:
	case CW_INSTRUCTION_STOP:
		return operands_use(user);
	default:
		return operands_use(user) &&
		       (user->instruction->mentioned & user->pointers &
			~user->explained) == 0;
	}
}

/* How much further rsp is from the CFA behind the instruction. */
static int64_t growth(const struct cw_instruction *instruction)
{
	const struct cw_operand *from = &instruction->operands[1];

	if (instruction->kind == CW_INSTRUCTION_PUSH)
		return WORD;
	if (instruction->kind == CW_INSTRUCTION_POP)
		return -WORD;
	if (!is_stack_pointer(&instruction->operands[0]))
		return 0;
	switch (instruction->kind) {
	case CW_INSTRUCTION_ADD:
	case CW_INSTRUCTION_ADDRESS:
		return -from->number;
	case CW_INSTRUCTION_SUBTRACT:
		return from->number;
	default:
		return 0;
	}
}

/* Rules may be made for the places of calls alone. */
static bool is_followed(const struct user *user)
{
	if (!is_by(user->row, CW_FRAME_RSP) || !is_by(user->next, CW_FRAME_RSP))
		return true;
	return user->next->cfa.offset ==
	       user->row->cfa.offset + growth(user->instruction);
}

bool cw_frame_use_read(const struct cw_instruction *instruction,
		       const struct cw_cfi_row *row,
		       const struct cw_cfi_row *next, struct cw_frame_use *ret)
{
	struct user user = {instruction, row, next, BIT(CW_FRAME_RSP), 0, ret};

	*ret = (struct cw_frame_use){0};
	if (is_by(row, CW_FRAME_RBP))
		user.pointers |= BIT(CW_FRAME_RBP);
	else if (!is_by(row, CW_FRAME_RSP))
		return false;
	if (!is_followed(&user))
		return false;
	return (instruction->mentioned & user.pointers) == 0 || any_use(&user);
}

#include "target/call_filter.h"

#include <string.h>

enum { NUM_WORDS = sizeof(struct seccomp_data) / 4 };

struct machine {
	const struct sock_filter *code;
	size_t num;
	size_t at; /* the instruction */
	const struct cw_filtered_call *call;
	uint32_t a, x;
	uint32_t memory[BPF_MEMWORDS];
	uint32_t answer;
};

enum outcome { GOES_ON, ANSWERED, UNDECIDED };

static enum outcome answer(struct machine *machine, uint32_t value)
{
	machine->answer = value;
	return ANSWERED;
}

/* LD and LDX. */
static enum outcome load(struct machine *machine, uint32_t *to)
{
	const struct sock_filter *step = &machine->code[machine->at];

	switch (step->code & ~BPF_LDX) {
	case BPF_W | BPF_ABS:
		if (step->k % 4 || step->k / 4 >= NUM_WORDS ||
		    machine->call->unknown >> step->k / 4 & 1)
			return UNDECIDED;
		memcpy(to, (const char *)&machine->call->data + step->k, 4);
		return GOES_ON;
	case BPF_W | BPF_LEN:
		*to = sizeof(struct seccomp_data);
		return GOES_ON;
	case BPF_IMM:
		*to = step->k;
		return GOES_ON;
	case BPF_MEM:
		if (step->k >= BPF_MEMWORDS)
			return UNDECIDED;
		*to = machine->memory[step->k];
		return GOES_ON;
	}
	return UNDECIDED;
}

static enum outcome store(struct machine *machine, uint32_t value)
{
	const struct sock_filter *step = &machine->code[machine->at];

	if (step->code & ~BPF_STX || step->k >= BPF_MEMWORDS)
		return UNDECIDED;
	machine->memory[step->k] = value;
	return GOES_ON;
}

static uint32_t operand(const struct machine *machine)
{
	const struct sock_filter *step = &machine->code[machine->at];

	return BPF_SRC(step->code) == BPF_X ? machine->x : step->k;
}

/* As 32-bit instructions do: a shift counts modulo 32. */
static enum outcome calculate(struct machine *machine)
{
	uint32_t by = operand(machine), *a = &machine->a;

	switch (BPF_OP(machine->code[machine->at].code)) {
	case BPF_ADD:
		*a += by;
		return GOES_ON;
	case BPF_SUB:
		*a -= by;
		return GOES_ON;
	case BPF_MUL:
		*a *= by;
		return GOES_ON;
	case BPF_DIV:
		if (by == 0)
			return answer(machine, 0);
		*a /= by;
		return GOES_ON;
	case BPF_AND:
		*a &= by;
		return GOES_ON;
	case BPF_OR:
		*a |= by;
		return GOES_ON;
	case BPF_XOR:
		*a ^= by;
		return GOES_ON;
	case BPF_LSH:
		*a <<= by % 32;
		return GOES_ON;
	case BPF_RSH:
		*a >>= by % 32;
		return GOES_ON;
	case BPF_NEG:
		*a = -*a;
		return GOES_ON;
	}
	return UNDECIDED;
}

/* Only forwards: a program ends. */
static enum outcome jump(struct machine *machine)
{
	const struct sock_filter *step = &machine->code[machine->at];
	uint32_t by = operand(machine), a = machine->a;
	bool does_hold;

	switch (BPF_OP(step->code)) {
	case BPF_JA:
		if (step->k >= machine->num)
			return UNDECIDED;
		machine->at += step->k;
		return GOES_ON;
	case BPF_JEQ:
		does_hold = a == by;
		break;
	case BPF_JGT:
		does_hold = a > by;
		break;
	case BPF_JGE:
		does_hold = a >= by;
		break;
	case BPF_JSET:
		does_hold = a & by;
		break;
	default:
		return UNDECIDED;
	}
	machine->at += does_hold ? step->jt : step->jf;
	return GOES_ON;
}

static enum outcome step_run(struct machine *machine)
{
	const struct sock_filter *step = &machine->code[machine->at];

	switch (BPF_CLASS(step->code)) {
	case BPF_LD:
		return load(machine, &machine->a);
	case BPF_LDX:
		return load(machine, &machine->x);
	case BPF_ST:
		return store(machine, machine->a);
	case BPF_STX:
		return store(machine, machine->x);
	case BPF_ALU:
		return calculate(machine);
	case BPF_JMP:
		return jump(machine);
	case BPF_RET:
		return answer(machine, BPF_RVAL(step->code) == BPF_A
					       ? machine->a
					       : step->k);
	}
	if (BPF_MISCOP(step->code) == BPF_TXA)
		machine->a = machine->x;
	else
		machine->x = machine->a;
	return GOES_ON;
}

bool cw_call_filter_run(const struct sock_filter *code, size_t num,
			const struct cw_filtered_call *call, uint32_t *ret)
{
	struct machine machine = {.code = code, .num = num, .call = call};

	for (; machine.at < num; machine.at++) {
		enum outcome outcome = step_run(&machine);
		if (outcome == UNDECIDED)
			return false;
		if (outcome == GOES_ON)
			continue;
		*ret = machine.answer;
		return true;
	}
	return false;
}

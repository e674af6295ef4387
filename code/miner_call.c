#include "code/miner.h"

#include <string.h>

enum {
	RAX = 0,
};

/* System V ABI: rax, rdx, rcx, rsi, rdi, r8 to r11 are the callee's. */
#define CLOBBERED 0x0f37u

static void pass(struct cw_miner *miner, const struct cw_word *value,
		 enum cw_origin_kind kind, uint64_t key, unsigned number,
		 const struct cw_type *declared)
{
	struct cw_origin origin = {
		.kind = kind,
		.number = number,
		.key = key,
		.declared = declared,
	};

	if (value->num)
		cw_miner_put(miner, value,
			     cw_origin_note(&miner->origins, origin), declared);
}

/* The arguments of a call whose callee is known. */
static void arguments(struct cw_miner *miner, const struct cw_callee *callee)
{
	for (unsigned i = 0; i < CW_NUM_ARGUMENTS; i++) {
		const struct cw_type *declared =
			callee->signature.parameters[i];
		const struct cw_word *value =
			&miner->machine.regs[cw_argument_registers[i]];
		if (!declared || value->num == 0)
			continue;
		cw_miner_meet(miner, value, 0, declared);
		if (callee->routine && !callee->is_allocator)
			pass(miner, value, CW_ORIGIN_PARAMETER, callee->entry,
			     i, declared);
	}
}

/* A constant argument that is no pointer; of calloc() the product of two. */
static uint64_t constant_size(const struct cw_miner *miner,
			      const struct cw_callee *callee)
{
	uint64_t size = 0;
	bool is_product = callee->name && strstr(callee->name, "calloc");

	for (unsigned i = 0; i < CW_NUM_ARGUMENTS; i++) {
		int32_t number;
		if (callee->signature.parameters[i])
			continue;
		if (!cw_word_is(&miner->machine.regs[cw_argument_registers[i]],
				CW_FACT_NUMBER, &number) ||
		    number <= 0)
			break;
		if (!is_product)
			return number;
		if (size)
			return size * number;
		size = number;
	}
	return 0;
}

static void result_site(struct cw_miner *miner, const struct cw_callee *callee,
			struct cw_word *ret)
{
	struct cw_origin site = {
		.kind = CW_ORIGIN_SITE,
		.key = miner->next_pc,
		.declared = callee->signature.result,
	};
	struct cw_call_result result = {
		.origin = cw_origin_note(&miner->origins, site),
		.callee = callee->entry,
		.size = constant_size(miner, callee),
		.gives_memory = callee->gives_memory,
	};

	cw_word_add(ret, cw_miner_origin_fact(miner, result.origin));
	*cw_array_push(&miner->sites) = result;
}

static void result(struct cw_miner *miner, const struct cw_callee *callee,
		   struct cw_word *ret)
{
	const struct cw_type *type = callee->signature.result;
	struct cw_origin origin = {
		.kind = CW_ORIGIN_RESULT,
		.key = callee->entry,
		.declared = type,
	};

	/* clang declares no functions of others. */
	if (!type && callee->gives_memory)
		result_site(miner, callee, ret);
	if (!type)
		return;
	if (type->kind == CW_TYPE_VOID)
		result_site(miner, callee, ret);
	else if (type->kind != CW_TYPE_FUNCTION)
		cw_word_add(ret, cw_miner_type_fact(miner, type, 0));
	if (callee->routine && !callee->is_allocator)
		cw_word_add(ret, cw_miner_origin_fact(
					 miner, cw_origin_note(&miner->origins,
							       origin)));
}

/* A call through a pointer that came from somewhere. */
static void indirect(struct cw_miner *miner, uint32_t through,
		     struct cw_word *ret)
{
	const struct cw_type *type = miner->origins.all.items[through].declared;
	struct cw_origin origin = {
		.kind = CW_ORIGIN_CALLED_RESULT,
		.key = through,
	};

	for (unsigned i = 0; i < CW_NUM_ARGUMENTS; i++)
		pass(miner, &miner->machine.regs[cw_argument_registers[i]],
		     CW_ORIGIN_CALLED_PARAMETER, through, i, NULL);
	if (!type || type->kind != CW_TYPE_FUNCTION || !type->target)
		return;
	origin.declared = cw_pointee_of(type->target);
	if (!origin.declared)
		return;
	cw_word_add(ret,
		    cw_miner_origin_fact(
			    miner, cw_origin_note(&miner->origins, origin)));
	if (origin.declared->kind != CW_TYPE_VOID)
		cw_word_add(ret, cw_miner_type_fact(miner, origin.declared, 0));
}

static const struct cw_callee *callee_of(struct cw_miner *miner,
					 const struct cw_operand *target)
{
	if (target->kind == CW_OPERAND_NUMBER)
		return cw_callee_at(&miner->callees, miner->module,
				    target->number);
	if (target->kind == CW_OPERAND_MEMORY &&
	    target->base == CW_NO_REGISTER && target->index == CW_NO_REGISTER)
		return cw_callee_of_slot(&miner->callees, miner->module,
					 target->number);
	return NULL;
}

static void called_value(struct cw_miner *miner,
			 const struct cw_operand *target, struct cw_word *ret)
{
	if (target->kind == CW_OPERAND_REGISTER)
		*ret = miner->machine.regs[target->base];
	else if (target->kind == CW_OPERAND_MEMORY)
		cw_miner_load(miner, target, ret);
}

/* What the callee was given the address of, it may write. */
static void forget_given(struct cw_miner *miner)
{
	const struct cw_word nothing = {0};

	for (unsigned i = 0; i < CW_NUM_ARGUMENTS; i++) {
		int32_t slot;
		if (cw_word_is(&miner->machine.regs[cw_argument_registers[i]],
			       CW_FACT_STACK, &slot))
			cw_machine_set_slot(&miner->machine, slot, &nothing);
	}
}

void cw_miner_call(struct cw_miner *miner, const struct cw_operand *target)
{
	const struct cw_callee *callee = callee_of(miner, target);
	struct cw_word given = {0}, called = {0};
	struct cw_left_behind left = {0};

	miner->count.num_calls++;
	if (callee) {
		arguments(miner, callee);
		result(miner, callee, &given);
		if (callee->library)
			cw_miner_library_call(miner, callee, &given, &left);
		if (callee->signature.is_noreturn)
			miner->is_live = false;
	} else {
		called_value(miner, target, &called);
	}
	for (uint32_t i = 0; i < called.num; i++)
		if (called.facts[i].kind == CW_FACT_ORIGIN)
			indirect(miner, called.facts[i].number, &given);
	forget_given(miner);
	for (uint32_t i = 0; i < left.num; i++)
		cw_machine_set_slot(&miner->machine, left.items[i].slot,
				    &left.items[i].value);
	for (unsigned i = 0; i < CW_NUM_REGISTERS; i++)
		if (CLOBBERED >> i & 1)
			miner->machine.regs[i].num = 0;
	miner->machine.regs[RAX] = given;
	miner->written |= 1 << RAX;
}

void cw_miner_return(struct cw_miner *miner)
{
	const struct cw_type *declared = miner->routine->signature.result;
	const struct cw_word *value = &miner->machine.regs[RAX];

	if (!declared || value->num == 0)
		return;
	cw_miner_meet(miner, value, 0, declared);
	if (miner->result_origin)
		cw_miner_put(miner, value, miner->result_origin, declared);
}

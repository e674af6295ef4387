#include "dwarf/unwind.h"

#include <string.h>

#include "base/memory.h"
#include "dwarf/expression.h"

enum {
	MOST_FRAMES = 1000000,
};

/* Callee-saved in the System V ABI: kept by a call unless a rule says else. */
#define PRESERVED                                                              \
	(1u << CW_FRAME_RBX | 1u << CW_FRAME_RBP | 1u << (CW_FRAME_R8 + 4) |   \
	 1u << (CW_FRAME_R8 + 5) | 1u << (CW_FRAME_R8 + 6) |                   \
	 1u << CW_FRAME_R15)

const char *cw_stack_end_name(enum cw_stack_end end)
{
	static const char *const names[] = {
		[CW_STACK_COMPLETE] = "complete",
		[CW_STACK_NO_RULES] = "no unwind rules",
		[CW_STACK_NOT_READABLE] = "stack not readable",
		[CW_STACK_NOT_GROWING] = "corrupt stack",
		[CW_STACK_TOO_DEEP] = "too deep",
	};

	return names[end];
}

static bool compute(const struct cw_target *target,
		    const struct cw_frame *frame,
		    const struct cw_cfi_rule *rule, bool has_initial,
		    uint64_t *ret)
{
	const struct cw_expression_context context = {
		.target = target,
		.frame = frame,
		.has_initial = has_initial,
		.initial = frame->cfa,
	};

	return cw_expression_compute(rule->expression, rule->expression_size,
				     &context, ret);
}

static bool compute_cfa(const struct cw_target *target, struct cw_frame *frame,
			const struct cw_cfi_rule *rule)
{
	switch (rule->kind) {
	case CW_CFI_REGISTER:
		if (!cw_frame_knows(frame, rule->reg))
			return false;
		frame->cfa = frame->regs[rule->reg] + rule->offset;
		return true;
	case CW_CFI_VALUE_EXPRESSION:
		return compute(target, frame, rule, false, &frame->cfa);
	default:
		return false;
	}
}

static void register_set(struct cw_frame *frame, unsigned reg, uint64_t value,
			 cw_addr saved_at)
{
	frame->regs[reg] = value;
	frame->saved_at[reg] = saved_at;
	frame->known |= 1u << reg;
}

static void register_copy(struct cw_frame *caller, unsigned to,
			  const struct cw_frame *frame, unsigned from,
			  int64_t offset)
{
	if (cw_frame_knows(frame, from))
		register_set(caller, to, frame->regs[from] + offset,
			     offset ? 0 : frame->saved_at[from]);
}

/* One register of the caller.  False: its slot cannot be read. */
static bool register_restore(const struct cw_target *target,
			     const struct cw_frame *frame, unsigned reg,
			     const struct cw_cfi_rule *rule,
			     struct cw_frame *caller)
{
	uint64_t value;
	cw_addr slot;

	switch (rule->kind) {
	case CW_CFI_UNDEFINED:
		return true;
	case CW_CFI_SAME:
		register_copy(caller, reg, frame, reg, 0);
		return true;
	case CW_CFI_REGISTER:
		register_copy(caller, reg, frame, rule->reg, rule->offset);
		return true;
	case CW_CFI_VALUE_OFFSET:
		register_set(caller, reg, frame->cfa + rule->offset, 0);
		return true;
	case CW_CFI_VALUE_EXPRESSION:
		if (compute(target, frame, rule, true, &value))
			register_set(caller, reg, value, 0);
		return true;
	case CW_CFI_OFFSET:
		slot = frame->cfa + rule->offset;
		break;
	case CW_CFI_EXPRESSION:
		if (!compute(target, frame, rule, true, &slot))
			return true;
		break;
	}
	if (!cw_target_read_word(target, slot, &value))
		return false;
	register_set(caller, reg, value, slot);
	return true;
}

/* The kernel says in struct mcontext, which is in struct ucontext where rsp
 * points to, where it saved the others. */
static const unsigned char *floats_saved(const struct cw_target *target,
					 const struct cw_frame *trampoline)
{
	enum { FLOATS = 40 + 184 };
	uint64_t address;

	if (!cw_frame_knows(trampoline, CW_FRAME_RSP) ||
	    !cw_target_read_word(
		    target, trampoline->regs[CW_FRAME_RSP] + FLOATS, &address))
		return NULL;
	return cw_target_bytes(target, address, CW_FRAME_FLOATS_SIZE);
}

enum step {
	STEP_DONE,
	STEP_OUTERMOST,
	STEP_NOT_READABLE,
	STEP_NO_RULES,
};

static enum step step_by_rules(const struct cw_target *target,
			       struct cw_frame *frame,
			       const struct cw_cfi_row *row,
			       struct cw_frame *caller)
{
	*caller = (struct cw_frame){0};
	frame->is_signal_trampoline = row->is_signal_trampoline;
	if (row->regs[CW_FRAME_PC].kind == CW_CFI_UNDEFINED)
		return STEP_OUTERMOST;
	if (!compute_cfa(target, frame, &row->cfa))
		return STEP_NO_RULES;

	for (unsigned reg = 0; reg < CW_NUM_FRAME_REGS; reg++) {
		const struct cw_cfi_rule *rule = &row->regs[reg];
		/* What a call does not preserve is lost, unless a rule of a
		 * signal frame brings it back. */
		if (rule->kind == CW_CFI_SAME && !(PRESERVED >> reg & 1))
			continue;
		if (!register_restore(target, frame, reg, rule, caller) &&
		    reg == CW_FRAME_PC)
			return STEP_NOT_READABLE;
	}
	if (!cw_frame_knows(caller, CW_FRAME_RSP))
		register_set(caller, CW_FRAME_RSP, frame->cfa, 0);
	if (!cw_frame_knows(caller, CW_FRAME_PC))
		return STEP_NOT_READABLE;
	caller->pc = caller->regs[CW_FRAME_PC];
	caller->is_interrupted = frame->is_signal_trampoline;
	if (caller->is_interrupted)
		caller->floats = floats_saved(target, frame);
	return caller->pc == 0 ? STEP_OUTERMOST : STEP_DONE;
}

/*
 * A jump to a bad address: no function is there, but the call before it pushed
 * the return address.
 */
static bool step_from_bad_call(struct cw_debug *debug,
			       const struct cw_target *target,
			       struct cw_frame *frame, struct cw_frame *caller)
{
	uint64_t pc;
	struct cw_cfi_row row;

	if (!frame->is_interrupted || !cw_frame_knows(frame, CW_FRAME_RSP) ||
	    !cw_target_read_word(target, frame->regs[CW_FRAME_RSP], &pc) ||
	    !cw_cfi_row(debug, pc - 1, &row))
		return false;
	frame->cfa = frame->regs[CW_FRAME_RSP] + 8;
	*caller = *frame;
	caller->known &= PRESERVED;
	caller->cfa = 0;
	caller->floats = NULL;
	caller->is_interrupted = false;
	caller->is_signal_trampoline = false;
	register_set(caller, CW_FRAME_RSP, frame->cfa, 0);
	register_set(caller, CW_FRAME_PC, pc, frame->regs[CW_FRAME_RSP]);
	caller->pc = pc;
	return true;
}

static enum step step(struct cw_debug *debug, const struct cw_target *target,
		      struct cw_frame *frame, struct cw_frame *caller)
{
	struct cw_cfi_row row;

	if (cw_cfi_row(debug, cw_frame_lookup_pc(frame), &row))
		return step_by_rules(target, frame, &row, caller);
	if (step_from_bad_call(debug, target, frame, caller))
		return STEP_DONE;
	return STEP_NO_RULES;
}

/*
 * Adds the caller.  Of what lies between the ends that are to be kept, the
 * innermost go as soon as there are as many as an end has.
 */
static void frame_push(struct cw_stack *stack, const struct cw_frame *caller,
		       size_t num_kept)
{
	struct cw_frame *frames = stack->frames.items;

	if (num_kept && stack->frames.num == 3 * num_kept) {
		memmove(&frames[num_kept], &frames[2 * num_kept],
			num_kept * sizeof(*frames));
		stack->frames.num = 2 * num_kept;
		stack->num_left_out += num_kept;
		stack->first_end = num_kept;
	}
	*cw_array_push(&stack->frames) = *caller;
}

/* The ends that are kept may have up to twice @num_kept at the outer one. */
static void stack_walk(struct cw_stack *stack, struct cw_debug *debug,
		       const struct cw_target *target,
		       const struct cw_frame *innermost, size_t max_frames,
		       size_t num_kept)
{
	*stack = (struct cw_stack){.end = CW_STACK_TOO_DEEP};
	if (max_frames == 0 || max_frames > MOST_FRAMES)
		max_frames = MOST_FRAMES;

	*cw_array_push(&stack->frames) = *innermost;
	for (;;) {
		struct cw_frame *frame =
			&stack->frames.items[stack->frames.num - 1];
		struct cw_frame caller;

		switch (step(debug, target, frame, &caller)) {
		case STEP_DONE:
			break;
		case STEP_OUTERMOST:
			stack->end = CW_STACK_COMPLETE;
			return;
		case STEP_NOT_READABLE:
			stack->end = CW_STACK_NOT_READABLE;
			return;
		case STEP_NO_RULES:
			stack->end = CW_STACK_NO_RULES;
			return;
		}
		/* A signal may run on a stack of its own, which may lie
		 * above or below. */
		if (caller.regs[CW_FRAME_RSP] <= frame->regs[CW_FRAME_RSP] &&
		    !frame->is_signal_trampoline) {
			stack->end = CW_STACK_NOT_GROWING;
			return;
		}
		if (stack->frames.num + stack->num_left_out == max_frames)
			return;
		frame_push(stack, &caller, num_kept);
	}
}

const enum cw_register cw_frame_thread_registers[CW_NUM_FRAME_REGS] = {
	CW_REG_RAX, CW_REG_RDX, CW_REG_RCX, CW_REG_RBX, CW_REG_RSI, CW_REG_RDI,
	CW_REG_RBP, CW_REG_RSP, CW_REG_R8,  CW_REG_R9,	CW_REG_R10, CW_REG_R11,
	CW_REG_R12, CW_REG_R13, CW_REG_R14, CW_REG_R15, CW_REG_RIP,
};

static struct cw_frame innermost_frame(const struct cw_thread *thread)
{
	struct cw_frame frame = {.is_interrupted = true};

	for (unsigned reg = 0; reg < CW_NUM_FRAME_REGS; reg++)
		register_set(&frame, reg,
			     thread->regs[cw_frame_thread_registers[reg]], 0);
	frame.pc = frame.regs[CW_FRAME_PC];
	if (thread->vector_state_size >= CW_FRAME_FLOATS_SIZE)
		frame.floats = thread->vector_state;
	return frame;
}

void cw_stack_init(struct cw_stack *stack, struct cw_debug *debug,
		   const struct cw_target *target,
		   const struct cw_thread *thread, size_t max_frames)
{
	const struct cw_frame frame = innermost_frame(thread);

	stack_walk(stack, debug, target, &frame, max_frames, 0);
}

void cw_stack_init_ends(struct cw_stack *stack, struct cw_debug *debug,
			const struct cw_target *target,
			const struct cw_thread *thread, size_t num)
{
	const struct cw_frame frame = innermost_frame(thread);

	stack_walk(stack, debug, target, &frame, 0, num);
}

void cw_stack_deinit(struct cw_stack *stack)
{
	cw_array_deinit(&stack->frames);
}

#include "golang/frame.h"

#include <string.h>

#include "base/memory.h"

/* What the runtime puts on the stack of a function that it stops at any
 * instruction, with the registers in its own frame. */
static bool is_preemption(const struct cw_go_function *function)
{
	return strcmp(function->name, "runtime.asyncPreempt") == 0 ||
	       strcmp(function->name, "runtime.debugCallV2") == 0;
}

/* The same where the instruction panics: the function is never resumed. */
static bool is_sigpanic(const struct cw_go_function *function)
{
	return strcmp(function->name, "runtime.sigpanic") == 0;
}

/* A frame whose function panicked goes on where it runs what it deferred. */
static cw_addr resume_of(const struct cw_go_frame *callee,
			 const struct cw_go_frame *frame)
{
	if (callee->pc == 0 || !is_sigpanic(&callee->function))
		return frame->pc;
	/* The runtime, too, adds 1: as if it were a return address. */
	return frame->function.deferred
		       ? frame->function.entry + frame->function.deferred + 1
		       : 0;
}

/* The calls of a frame begin with the innermost that is inlined at its pc. */
static void call_begin(const struct cw_go *go, bool is_in_call,
		       struct cw_go_frame *frame)
{
	frame->place = frame->pc;
	if (is_in_call && frame->pc > frame->function.entry)
		frame->place--;
	frame->inlined = cw_go_place_value(go, &frame->function,
					   CW_GO_INLINE_INDEX, frame->place);
}

static bool is_panic(const char *name)
{
	return strcmp(name, "runtime.gopanic") == 0 ||
	       strcmp(name, "runtime.sigpanic") == 0 ||
	       strcmp(name, "runtime.panicwrap") == 0;
}

/* @callee is the name of what it called, or NULL. */
static void call_name(const struct cw_go *go, const char *callee,
		      struct cw_go_frame *frame)
{
	struct cw_go_inlined inlined;
	uint8_t id = frame->function.id;

	frame->name = frame->function.name;
	frame->is_inlined = frame->inlined >= 0 &&
			    cw_go_inlined_at(go, &frame->function,
					     frame->inlined, &inlined);
	if (frame->is_inlined) {
		frame->name = inlined.name;
		id = inlined.id;
	}
	frame->is_wrapper =
		cw_go_is_wrapper(go, id) && !(callee && is_panic(callee));
}

/* Where @frame returns to; false: nowhere, or it cannot be seen. */
static bool caller_of(const struct cw_go *go, const struct cw_go_frame *frame,
		      cw_addr *ret)
{
	uint8_t flags = frame->function.flags;

	/* cgocallback() leaves both stacks fit to be followed, and the
	 * innermost one has not switched yet. */
	if (strcmp(frame->function.name, "runtime.cgocallback") == 0 ||
	    frame->number == 0)
		flags &= ~CW_GO_FUNCTION_SWITCHES_STACK;
	return !(flags &
		 (CW_GO_FUNCTION_TOP | CW_GO_FUNCTION_SWITCHES_STACK)) &&
	       cw_target_read_word(go->target, frame->end - 8, ret);
}

bool cw_go_frame_next(const struct cw_go *go,
		      const struct cw_goroutine *goroutine,
		      struct cw_go_frame *frame)
{
	struct cw_go_frame next = {.pc = goroutine->pc, .sp = goroutine->sp};
	uint64_t size;

	if (frame->pc != 0) {
		next.sp = frame->end;
		next.number = frame->number + 1;
		if (!caller_of(go, frame, &next.pc))
			return false;
	}
	if (next.pc == 0 || next.sp < goroutine->stack_start ||
	    next.sp >= goroutine->stack_end ||
	    !cw_go_function_at(go, next.pc, &next.function) ||
	    !cw_go_frame_size(go, &next.function, next.pc, &size) ||
	    size > goroutine->stack_end - next.sp ||
	    goroutine->stack_end - next.sp - size < 8)
		return false;
	next.end = next.sp + size + 8;
	next.resume = resume_of(frame, &next);
	bool is_stopped =
		next.number ? is_preemption(&frame->function)
			    : goroutine->registers != CW_GO_REGISTERS_SAVED;
	next.is_unmapped = is_stopped || is_preemption(&next.function);
	call_begin(go,
		   !is_stopped &&
			   !(next.number && is_sigpanic(&frame->function)),
		   &next);
	call_name(go, frame->name, &next);
	*frame = next;
	return true;
}

bool cw_go_frame_is_last(const struct cw_go_frame *frame)
{
	return frame->pc != 0 && frame->function.flags & CW_GO_FUNCTION_TOP;
}

/* To the call that the shown one was inlined into, at @caller. */
static void call_step(const struct cw_go *go, cw_addr caller,
		      struct cw_go_frame *frame)
{
	int32_t before = frame->inlined;

	frame->place = caller;
	frame->inlined = cw_go_place_value(go, &frame->function,
					   CW_GO_INLINE_INDEX, frame->place);
	/* A tree's root comes before its leaves: else it is damaged. */
	if (frame->inlined >= before)
		frame->inlined = -1;
	call_name(go, frame->name, frame);
}

bool cw_go_call_next(const struct cw_go *go,
		     const struct cw_goroutine *goroutine,
		     struct cw_go_frame *frame)
{
	struct cw_go_inlined inlined;

	if (!frame->is_inlined ||
	    !cw_go_inlined_at(go, &frame->function, frame->inlined, &inlined))
		return cw_go_frame_next(go, goroutine, frame);
	call_step(go, inlined.caller, frame);
	return true;
}

bool cw_go_recorded_call_next(const struct cw_go *go, const cw_addr *addresses,
			      uint32_t num, struct cw_go_frame *frame)
{
	uint32_t number = frame->pc ? frame->number + 1 : 0;
	struct cw_go_inlined inlined;

	/* A recorded one is the address behind its place, as a return's. */
	if (frame->is_inlined &&
	    cw_go_inlined_at(go, &frame->function, frame->inlined, &inlined) &&
	    (number >= num || addresses[number] != inlined.caller + 1)) {
		call_step(go, inlined.caller, frame);
		return true;
	}
	if (number >= num || addresses[number] == 0)
		return false;
	const char *callee = frame->name;
	*frame =
		(struct cw_go_frame){.pc = addresses[number], .number = number};
	frame->place = frame->pc - 1;
	frame->inlined = -1;
	if (!cw_go_function_at(go, frame->place, &frame->function))
		return true;
	frame->inlined = cw_go_place_value(go, &frame->function,
					   CW_GO_INLINE_INDEX, frame->place);
	call_name(go, callee, frame);
	return true;
}

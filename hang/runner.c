#include "hang/runner.h"

#include "dwarf/stacks.h"
#include "hang/hint.h"

enum {
	DWARF_RSP = 7,
	WORD = 8,
	MOST_FRAME_BYTES = 4096, /* looked through for the lock's address */
	MOST_FRAMES = 256,	 /* of a stack */
};

static bool has_runner(const struct cw_wait *wait)
{
	return wait->thread && wait->owner == CW_NO_THREAD &&
	       (wait->object.kind == CW_WAIT_ONCE ||
		wait->object.kind == CW_WAIT_ALLOCATOR);
}

static const struct cw_stack *stack_of(const struct cw_runners *runners,
				       uint32_t thread)
{
	return cw_debug_stack(runners->debug,
			      runners->waits->items.items[thread].thread);
}

void cw_runners_init(struct cw_runners *runners, struct cw_debug *debug,
		     const struct cw_waits *waits)
{
	bool is_needed = false;

	*runners = (struct cw_runners){.debug = debug, .waits = waits};
	cw_array_foreach(wait, &waits->items) is_needed |= has_runner(wait);
	for (uint32_t i = 0; is_needed && i < waits->num_threads; i++) {
		const struct cw_stack *stack = stack_of(runners, i);
		for (uint32_t j = 0; j < stack->frames.num && j < MOST_FRAMES;
		     j++) {
			enum cw_wait_kind kind =
				cw_frame_hint(debug, &stack->frames.items[j])
					.kind;
			if (kind == CW_WAIT_ONCE || kind == CW_WAIT_ALLOCATOR)
				*cw_array_push(&runners->items) =
					(struct cw_runner){i, j, kind};
		}
	}
}

void cw_runners_deinit(struct cw_runners *runners)
{
	cw_array_deinit(&runners->items);
}

/* In a register or on its part of the stack. */
static bool frame_has(const struct cw_target *target,
		      const struct cw_frame *frame, cw_addr address)
{
	cw_addr at = frame->regs[DWARF_RSP], word;

	for (unsigned i = 0; i < CW_NUM_FRAME_REGS; i++)
		if (cw_frame_knows(frame, i) && frame->regs[i] == address)
			return true;
	if (!cw_frame_knows(frame, DWARF_RSP) || at % WORD != 0)
		return false;
	for (cw_addr end = at + MOST_FRAME_BYTES; at < frame->cfa && at < end;
	     at += WORD)
		if (cw_target_read_word(target, at, &word) && word == address)
			return true;
	return false;
}

/*
 * The function works on that lock if it says so itself, or one that it called.
 * An allocator's that calls another of them has no lock meanwhile; but what a
 * signal put on top says nothing of it.
 */
static bool works_on(const struct cw_runners *runners, size_t number,
		     cw_addr lock)
{
	const struct cw_target *target = cw_debug_target(runners->debug);
	const struct cw_runner *runner = &runners->items.items[number];
	const struct cw_stack *stack = stack_of(runners, runner->thread);
	bool is_nested = number > 0 && runner[-1].thread == runner->thread &&
			 runner[-1].kind == runner->kind;
	uint32_t end = is_nested ? runner[-1].frame + 1 : 0;
	bool has_lock = false;

	/* What runs once is called from there, and may be anything. */
	if (runner->kind == CW_WAIT_ONCE)
		return frame_has(target, &stack->frames.items[runner->frame],
				 lock);
	for (uint32_t i = runner->frame + 1; i-- > end;) {
		const struct cw_frame *frame = &stack->frames.items[i];
		if (frame->is_signal_trampoline)
			return has_lock;
		has_lock |= frame_has(target, frame, lock);
	}
	return has_lock && !is_nested;
}

static cw_addr function_start(struct cw_debug *debug,
			      const struct cw_frame *frame)
{
	cw_addr pc = cw_frame_lookup_pc(frame);
	uint64_t offset;

	return cw_debug_function(debug, pc, &offset) ? pc - offset : 0;
}

/* Whether the thread waits for that lock in the frame. */
static bool waits_in(const struct cw_runners *runners, uint32_t thread,
		     uint32_t frame, cw_addr lock)
{
	const struct cw_wait *wait = &runners->waits->items.items[thread];

	return wait->object.address == lock && has_runner(wait) &&
	       frame == cw_wait_hint(runners->debug, wait->thread).frame;
}

/* Another thread than the one found before makes it unclear. */
static bool note(uint32_t *found, uint32_t thread)
{
	bool is_clear = *found == CW_NO_THREAD || *found == thread;

	*found = thread;
	return is_clear;
}

/*
 * Who initialises a variable that is local to a function is in that function,
 * and does not wait for the same.
 */
static uint32_t initialiser(const struct cw_runners *runners,
			    const struct cw_wait *wait, uint32_t frame)
{
	const struct cw_stack *own =
		cw_debug_stack(runners->debug, wait->thread);
	uint32_t found = CW_NO_THREAD;

	if (frame + 1 >= own->frames.num)
		return CW_NO_THREAD;
	cw_addr function =
		function_start(runners->debug, &own->frames.items[frame + 1]);
	if (function == 0)
		return CW_NO_THREAD;
	for (uint32_t i = 0; i < runners->waits->num_threads; i++) {
		const struct cw_stack *stack = stack_of(runners, i);
		for (uint32_t j = 0; j < stack->frames.num && j < MOST_FRAMES;
		     j++)
			if (function_start(runners->debug,
					   &stack->frames.items[j]) ==
				    function &&
			    !(j > 0 && waits_in(runners, i, j - 1,
						wait->object.address)) &&
			    !note(&found, i))
				return CW_NO_THREAD;
	}
	return found;
}

uint32_t cw_runners_owner(const struct cw_runners *runners, uint32_t number)
{
	const struct cw_wait *wait = &runners->waits->items.items[number];
	uint32_t found = CW_NO_THREAD;

	if (!has_runner(wait))
		return CW_NO_THREAD;
	const struct cw_wait_hint hint =
		cw_wait_hint(runners->debug, wait->thread);
	if (hint.is_guard)
		return initialiser(runners, wait, hint.frame);
	for (size_t i = 0; i < runners->items.num; i++) {
		const struct cw_runner *runner = &runners->items.items[i];
		if (runner->kind == wait->object.kind &&
		    !waits_in(runners, runner->thread, runner->frame,
			      wait->object.address) &&
		    works_on(runners, i, wait->object.address) &&
		    !note(&found, runner->thread))
			return CW_NO_THREAD;
	}
	return found;
}

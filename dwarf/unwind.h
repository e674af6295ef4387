/*
 * Unwind: the frames of a thread, innermost first.
 *
 * By the unwind rules of each function's module; where there are none at the
 * innermost pc, it is taken for a call through a bad pointer, whose return
 * address is at rsp.
 *
 * The stack is input: the walk is bounded, and goes only towards higher
 * addresses of a stack, except across signal frames.
 */
#ifndef DWARF_UNWIND_H
#define DWARF_UNWIND_H

#include "dwarf/cfi.h"

enum cw_stack_end {
	CW_STACK_COMPLETE,     /* reached the outermost frame */
	CW_STACK_NO_RULES,     /* no unwind rules for the last frame's pc */
	CW_STACK_NOT_READABLE, /* the caller's words are a gap */
	CW_STACK_NOT_GROWING,  /* the rules lead nowhere: corrupt stack */
	CW_STACK_TOO_DEEP,     /* stopped at the limit asked for */
};

/* "complete", "no unwind rules", … */
const char *cw_stack_end_name(enum cw_stack_end end);

struct cw_stack {
	CW_ARRAY(struct cw_frame) frames; /* at least one */
	enum cw_stack_end end;
	/* Of a stack of which only the ends are kept: how many frames there
	 * are between number first_end - 1 and what is at first_end. */
	size_t first_end, num_left_out;
};

/* The number of the frame at @index, counted from the innermost. */
static inline size_t cw_stack_number(const struct cw_stack *stack, size_t index)
{
	return stack->num_left_out && index >= stack->first_end
		       ? index + stack->num_left_out
		       : index;
}

/* The caller of the frame at @index, or NULL: unknown. */
static inline const struct cw_frame *
cw_stack_caller(const struct cw_stack *stack, size_t index)
{
	if (index + 1 >= stack->frames.num ||
	    (stack->num_left_out && index + 1 == stack->first_end))
		return NULL;
	return &stack->frames.items[index + 1];
}

/* At most @max_frames frames; 0: no limit but a million. */
void cw_stack_init(struct cw_stack *stack, struct cw_debug *debug,
		   const struct cw_target *target,
		   const struct cw_thread *thread, size_t max_frames);
void cw_stack_deinit(struct cw_stack *stack);

/* As cw_stack_init(), but keeps only the @num innermost frames and @num to
 * twice as many of the outermost. */
void cw_stack_init_ends(struct cw_stack *stack, struct cw_debug *debug,
			const struct cw_target *target,
			const struct cw_thread *thread, size_t num);

#endif

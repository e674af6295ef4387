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
};

/* At most @max_frames frames; 0: no limit but a million. */
void cw_stack_init(struct cw_stack *stack, struct cw_debug *debug,
		   const struct cw_target *target,
		   const struct cw_thread *thread, size_t max_frames);
void cw_stack_deinit(struct cw_stack *stack);

/* From registers that are not a thread's: a saved context. */
void cw_stack_init_from(struct cw_stack *stack, struct cw_debug *debug,
			const struct cw_target *target,
			const struct cw_frame *innermost, size_t max_frames);

#endif

/*
 * Stacks: the stacks of a target's threads, each unwound once and kept with
 * the debug.
 *
 * Of a very deep one only both ends are kept (struct cw_stack, num_left_out).
 */
#ifndef DWARF_STACKS_H
#define DWARF_STACKS_H

#include "dwarf/unwind.h"

enum {
	/* Frames that are kept of each end of a stack. */
	CW_STACK_END_FRAMES = 2000,
};

/* The stack of @thread of the debug's target; owned by @debug. */
const struct cw_stack *cw_debug_stack(struct cw_debug *debug,
				      const struct cw_thread *thread);

/* Frames left out, of all threads whose stacks were asked for. */
uint64_t cw_debug_frames_left_out(struct cw_debug *debug);

#endif

/*
 * Entry value: what the registers of a frame were when its function was
 * entered, where the caller's debug info says how it made them.
 *
 * Not here: operations other than that one (dwarf/expression.h).
 */
#ifndef DWARF_ENTRY_VALUE_H
#define DWARF_ENTRY_VALUE_H

#include "dwarf/frame_variable.h"
#include "dwarf/tail_call.h"

/* A frame in which expressions are evaluated. */
struct cw_frame_evaluation {
	const struct cw_frame_site *site;
	size_t frame; /* number in the stack */
	const struct cw_function *function;
	unsigned depth; /* how many entry values led here */
	/* NULL: the frame is the function's.  Else the function is the one that
	 * the caller of the frame called, or that the last of these jumped to,
	 * and these are what is left of its registers. */
	const struct cw_frame *jumped;
	const struct cw_tail_call *tails;
	uint32_t num_tails;
};

/* The context for expressions in that frame; @evaluation must stay. */
void cw_frame_evaluation_context(struct cw_frame_evaluation *evaluation,
				 struct cw_expression_context *ret);

#endif

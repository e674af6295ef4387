/*
 * Entry value: what the registers of a frame were when its function was
 * entered, where the caller's debug info says how it made them.
 *
 * Not here: operations other than that one (dwarf/expression.h).
 */
#ifndef DWARF_ENTRY_VALUE_H
#define DWARF_ENTRY_VALUE_H

#include "dwarf/frame_variable.h"

/* A frame in which expressions are evaluated. */
struct cw_frame_evaluation {
	const struct cw_frame_site *site;
	size_t frame; /* number in the stack */
	const struct cw_function *function;
	unsigned depth; /* how many entry values led here */
};

/* The context for expressions in that frame; @evaluation must stay. */
void cw_frame_evaluation_context(struct cw_frame_evaluation *evaluation,
				 struct cw_expression_context *ret);

#endif

/*
 * Closure: what follows from the tally: candidates for each origin.
 *
 * Uses go against the flow: what comes out of a place as a pointer to a type
 * was put in as one.  What is put in goes with the flow.  Both go on through
 * parameters and results, and end at fields and variables: a list that holds
 * everything would make everything of all.
 *
 * Calls through pointers are calls of the functions whose addresses go to that
 * pointer, in code or in tables of the program's data.
 */
#ifndef CODE_CLOSURE_H
#define CODE_CLOSURE_H

#include "code/miner.h"

/* One candidate of an origin. */
struct cw_conclusion {
	uint32_t origin;
	uint32_t type; /* id */
	uint32_t num_direct, num_indirect;
};

struct cw_conclusions {
	CW_ARRAY(struct cw_conclusion) all; /* sorted, each pair once */
};

/* Notes the functions in variables of a module. */
void cw_closure_add_tables(struct cw_miner *miner, struct cw_module *module);

/* Draws the conclusions; notes more origins. */
struct cw_error *cw_closure_draw(struct cw_miner *miner,
				 struct cw_progress *progress,
				 struct cw_conclusions *ret) cw_must_check;

#endif

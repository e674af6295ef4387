/*
 * Chain: lost blocks, linked as objects of one type are.
 *
 * What no root leads to has no declared pointer to say its type: lists, rings
 * and trees that were forgotten.  Blocks of one size that point to each other
 * at the same offsets are of a type that
 *
 *  - the code allocates, as a struct of just that size class;
 *  - has pointers to itself at these offsets;
 *  - nothing in the blocks contradicts.
 *
 * When several are, the one all of whose links are seen; else the blocks stay
 * as they are.  What is found is likely, and goes on by one step.
 *
 * Not here: blocks that others point to (object/mined.h).
 */
#ifndef OBJECT_CHAIN_H
#define OBJECT_CHAIN_H

#include "code/evidence.h"
#include "object/spread.h"

struct cw_error *
cw_chains_seek(struct cw_spread *spread,
	       const struct cw_evidence *evidence) cw_must_check;

#endif

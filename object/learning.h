/*
 * Learning: which candidate of a vague field goes with which value of a
 * declared number or enum of the holder, and with which table or list that it
 * is in.
 *
 * It is learned from objects where there is no doubt, and told of others when
 * it was so of nearly all.
 *
 * Not here: what else tells them apart (object/open_pointer.h).
 */
#ifndef OBJECT_LEARNING_H
#define OBJECT_LEARNING_H

#include "object/vague.h"

/*
 * Asks the machine for memory that is needed when something is learned of
 * block number @block: soon, when @is_near, or what that takes to be found.
 */
void cw_vague_ask(const struct cw_vagues *fields, uint32_t block, bool is_near);

/* The object at @holder leads to candidate number @which. */
void cw_vague_learn(struct cw_vagues *fields, struct cw_vague *field,
		    cw_addr holder, uint32_t which);

/* The candidate that goes with the holder; -1: nothing says so. */
int cw_vague_tell(struct cw_vagues *fields, struct cw_vague *field,
		  cw_addr holder);

#endif

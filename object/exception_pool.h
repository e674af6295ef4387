/*
 * Exception pool: what libstdc++ keeps for exceptions when memory runs out.
 *
 * One block from the start of the program to its end, to which a variable
 * without a symbol leads.  From GCC 5 to today: first free entry, the block,
 * its size; an entry has its size and the next one, by address.
 */
#ifndef OBJECT_EXCEPTION_POOL_H
#define OBJECT_EXCEPTION_POOL_H

#include "object/typing_private.h"

/* Names the block.  No libstdc++: nothing. */
void cw_exception_pool_name(struct cw_typing *typing);

#endif

/*
 * Pointer run: pointers one behind the other, to the first of which a pointer
 * to pointers leads, into a block.
 *
 * Nobody says how many there are.  One there is; those behind it belong to it
 * as long as they are null or lead into blocks, and are told where there is an
 * object of that type.
 */
#ifndef OBJECT_POINTER_RUN_H
#define OBJECT_POINTER_RUN_H

#include "object/typing_private.h"

struct cw_pointer_run {
	struct cw_typing *typing;
	const struct cw_type *target; /* stripped */
	cw_addr next, end;
	unsigned num_odd; /* since the last that was told */
	bool is_begun;	  /* one was told */
};

/* Of @pointer, a pointer's type, from @address in @block on. */
void cw_pointer_run_init(struct cw_pointer_run *run, struct cw_typing *typing,
			 const struct cw_type *pointer, cw_addr address,
			 const struct cw_block *block);

/* Where the next pointer is; false: there is none. */
bool cw_pointer_run_next(struct cw_pointer_run *run, cw_addr *ret);

#endif

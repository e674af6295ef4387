/*
 * Usage claims: who says which part of the address space is theirs: modules
 * their data, threads their stacks and thread-local storage, goroutines their
 * stacks, allocators their regions and metadata.
 *
 * They are made in that order, each over the kinds that it may paint over; what
 * nobody claims is as its segment is mapped.
 *
 * Not here: how claims that overlap are settled (object/usage.h).
 *
 * Private to object/roots.c.
 */
#ifndef OBJECT_USAGE_CLAIM_H
#define OBJECT_USAGE_CLAIM_H

#include "object/roots.h"
#include "object/thread_block.h"

enum {
	CW_RED_ZONE = 128, /* below the stack pointer, still in use */
};

/*
 * Fills roots->usages; roots->goroutines are there already.  Adds to *ret_ended
 * what cw_thread_blocks_find() finds, nothing where threads are Go's alone; the
 * caller frees it.
 */
void cw_usage_find(const struct cw_target *target, const struct cw_heap *heap,
		   struct cw_roots *roots, struct cw_thread_blocks *ret_ended);

#endif

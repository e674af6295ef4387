/*
 * Allocator: what heap.c asks of each allocator's file.
 *
 * A walk goes in two steps, because the block index needs the regions before
 * the blocks: find() adds allocators, regions and metadata; walk() sets the
 * starts and unused bits of the regions that are its own, and adds holes,
 * cached blocks, metadata blocks and corruptions.  heap.c sorts all of these,
 * drops regions that overlap earlier ones, and sets the markers of region ends
 * and of holes.
 *
 * An allocator that has its memory from one before it in the list adds regions
 * within blocks of that, in walk() and as nested ones: heap.c cuts the others
 * around them.
 */
#ifndef HEAP_ALLOCATOR_H
#define HEAP_ALLOCATOR_H

#include "heap/heap.h"

struct cw_allocator_kind {
	/* Success with nothing added when the allocator is not there.  What it
	 * writes to @state is its own and given to walk and free. */
	struct cw_error *(*find)(struct cw_heap *heap, void **state);
	struct cw_error *(*walk)(struct cw_heap *heap, void *state,
				 struct cw_progress *progress);
	/* Adds corruptions that walk() did not look for. */
	struct cw_error *(*verify)(struct cw_heap *heap, void *state,
				   struct cw_progress *progress);
	void (*free)(void *state);
};

extern const struct cw_allocator_kind cw_ptmalloc, cw_go_heap, cw_pymalloc,
	cw_gslice;

#endif

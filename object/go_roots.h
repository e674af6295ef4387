/*
 * Go roots: what Go's collector begins at.
 *
 * These are the words of the program's globals that its linker says are
 * pointers, the stacks of goroutines, and what the runtime keeps beside
 * objects (golang/special.h).  Nothing else leads to blocks of Go: not
 * registers and stacks of threads that run the runtime or C, and no memory that
 * is mapped otherwise.  All of these may still lead to blocks of other heaps.
 *
 * Private to object/roots.c and reach.c.
 */
#ifndef OBJECT_GO_ROOTS_H
#define OBJECT_GO_ROOTS_H

#include "object/roots.h"

/*
 * Tells of all roots what of them may lead to blocks of Go, drops those that
 * lead nowhere, and adds those of Go.  Registers come first, and stay so.
 */
void cw_go_roots_settle(struct cw_roots *roots, const struct cw_heap *heap,
			size_t *num_registers);

/*
 * Gives back the memory of the stacks of goroutines, of which little was read,
 * but many pages with it.
 */
void cw_go_roots_drop(const struct cw_roots *roots,
		      const struct cw_target *target);

#endif

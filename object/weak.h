/*
 * Weak: the words of roots that nobody will read again, by what the code says
 * (code/liveness.h), and those that are declared as numbers (object/number.h).
 *
 * A weak word still counts as a pointer.  What only weak words lead to is told
 * apart: neither reachable nor lost.
 */
#ifndef OBJECT_WEAK_H
#define OBJECT_WEAK_H

#include "dwarf/debug.h"
#include "object/roots.h"

/*
 * Finds the weak words in globals and in the registers and stacks of all
 * threads, as far as they point into the heap.  @target is that of the roots.
 */
struct cw_error *cw_roots_weaken(struct cw_roots *roots,
				 const struct cw_heap *heap,
				 struct cw_target *target,
				 struct cw_debug *debug,
				 struct cw_progress *progress) cw_must_check;

/* The weak word number @word of @root; NULL: it is strong. */
const struct cw_weak_word *cw_root_weak_word(const struct cw_root *root,
					     uint64_t word);

#endif

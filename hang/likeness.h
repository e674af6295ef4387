/*
 * Likeness: a number for what a thread or a goroutine does; those that do the
 * same have the same.
 *
 * It is made of stacks, from the innermost frame to the outermost, and of what
 * is waited for, but not of which object: a thousand threads that each wait
 * for a lock of their own are alike.
 */
#ifndef HANG_LIKENESS_H
#define HANG_LIKENESS_H

#include "dwarf/stacks.h"
#include "golang/frame.h"
#include "hang/waits.h"

uint64_t cw_stack_likeness(const struct cw_stack *stack);
uint64_t cw_goroutine_likeness(const struct cw_go *go,
			       const struct cw_goroutine *goroutine);

/* @go: of goroutines.  Of @num waits, each for the next and the last for the
 * first, wherever the ring begins; one alone may wait for anything. */
uint64_t cw_ring_likeness(struct cw_debug *debug, const struct cw_go *go,
			  const struct cw_wait *waits, const uint32_t *members,
			  uint32_t num);

#endif

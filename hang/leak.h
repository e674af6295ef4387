/*
 * Leak: goroutines that will wait for ever, since nobody is left who could end
 * their wait.
 *
 * Whoever ends a wait must get at the channel, lock, condition or group. Memory
 * is marked from all roots but the stacks of goroutines that wait for one.
 * Those of them whose channel or lock is marked, or is not in the heap, may go
 * on: their stacks, too, are roots then, until nothing changes.  The others are
 * leaked.  What only a goroutine itself uses once it goes on (its deferred
 * calls, what it is about to send or to receive) keeps nothing alive before.
 *
 * This is a proof as far as roots are complete: words that are no pointers but
 * count as such hide leaks, and invent none.  A goroutine that holds up another
 * by a channel in a global variable is no leak here, though it may wait for
 * ever, too.
 *
 * A wait for a connection, pipe or the like may be ended from outside.  Who
 * waits for one that nobody knows who could go on without it, and has no
 * deadline, is suspect, not leaked; so is who waits for such.  Not who waits
 * for anybody: to accept connections, or for datagrams.
 */
#ifndef HANG_LEAK_H
#define HANG_LEAK_H

#include "base/progress.h"
#include "golang/wait.h"
#include "object/roots.h"

struct cw_goroutine_leak {
	bool is_leaked;
	bool is_suspect;   /* but not leaked for sure */
	cw_addr waits_for; /* the first channel, lock or connection; or 0 */
	/* Blocks that only leaked goroutines keep, or, of a suspect one, only
	 * those and suspect ones; each is of the first. */
	struct cw_heap_count retained;
};

struct cw_goroutine_leaks {
	struct cw_goroutine_leak *items; /* by number in goroutines */
	uint32_t num_goroutines, num_leaked, num_suspect;
	/* By all of them. */
	struct cw_heap_count retained, retained_by_suspects;
	uint64_t stack_size; /* bytes, of the leaked */
	/* Goroutines that may go on, but whose stack could not be read: what is
	 * told of the others is then no proof. */
	uint32_t num_unseen;
};

/* @heap is of Go and could be read (it knows pointers). */
struct cw_error *cw_goroutine_leaks_create(
	const struct cw_go *go, const struct cw_goroutines *goroutines,
	const struct cw_heap *heap, const struct cw_roots *roots,
	struct cw_progress *progress,
	struct cw_goroutine_leaks **ret) cw_must_check;
void cw_goroutine_leaks_destroy(struct cw_goroutine_leaks *leaks);

#endif

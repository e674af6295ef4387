/*
 * Held: mutexes that threads hold though nobody waits for them, found by
 * looking through memory for what a held pthread mutex looks like.
 */
#ifndef HANG_HELD_H
#define HANG_HELD_H

#include "hang/waits.h"

/*
 * Completes waits->held.  Looks through the first @max_bytes of writable
 * memory, holes not counted; writes how many more there are.
 */
struct cw_error *cw_held_scan(struct cw_waits *waits,
			      const struct cw_target *target,
			      struct cw_progress *progress, uint64_t max_bytes,
			      uint64_t *ret_left) cw_must_check;

/* Sorts waits->held and leaves each once. */
void cw_held_sort(struct cw_waits *waits);

#endif

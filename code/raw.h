/*
 * Raw: places where code puts memory that it takes for nothing.
 *
 * What comes from a call of an allocator and is never, on its way to a place,
 * at the place or behind it, a pointer to anything, is memory alone: a buffer
 * of bytes.  A place is raw when all that is put there is, as far as the code
 * shows.
 *
 * For this folder only.
 */
#ifndef CODE_RAW_H
#define CODE_RAW_H

#include "code/closure.h"

/* A bit for each origin, in an array that the caller frees. */
uint64_t *cw_raw_find(const struct cw_miner *miner,
		      const struct cw_conclusions *conclusions);

#endif

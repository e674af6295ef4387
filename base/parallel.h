/*
 * Parallel: the same function over many items, on several threads.
 *
 * Threads block all signals but those of faults of their own, so that inside
 * GDB its signals stay its own.
 */
#ifndef BASE_PARALLEL_H
#define BASE_PARALLEL_H

#include <signal.h>
#include <stdint.h>

#include "base/error.h"

/* Those that we may use; at least 1. */
unsigned cw_parallel_num_processors(void);

/* For a thread that is about to be started; @ret_old is to be put back. */
void cw_parallel_block_signals(sigset_t *ret_old);

/*
 * Calls @work(@context, i) for each i below @num_items, each once, in no
 * order, on at most @num_threads threads (0: one for each processor that we
 * may use).  Returns when all are done, with one of the errors if there were
 * any; after an error no new item is begun.
 */
struct cw_error *cw_parallel_for(unsigned num_threads, uint64_t num_items,
				 struct cw_error *(*work)(void *context,
							  uint64_t item),
				 void *context) cw_must_check;

#endif

/*
 * Process thread: the threads of a process that is held stopped.
 *
 * For target/ only.
 */
#ifndef TARGET_PROCESS_THREAD_H
#define TARGET_PROCESS_THREAD_H

#include "target/target.h"

/*
 * Enters the threads with their registers.  One that cannot be read is a
 * warning; fails when there is none left.  Must be called on the thread of
 * ours that traces them.
 */
struct cw_error *cw_process_threads_read(struct cw_target *target, size_t num,
					 const uint32_t *tids) cw_must_check;
/* Their names, which need not be read while the process stands still. */
void cw_process_thread_names_read(struct cw_target *target);

#endif

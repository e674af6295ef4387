/*
 * Process thread: the threads of a process that is held stopped.
 *
 * For target/ only.
 */
#ifndef TARGET_PROCESS_THREAD_H
#define TARGET_PROCESS_THREAD_H

#include "target/target.h"

/* Memory for what is read of threads, had before they are stopped. */
struct cw_thread_room {
	unsigned char *states;
	size_t state_size; /* of each */
	size_t num_free;
};

/* For @num threads; more can be read, too.  It is the target's. */
struct cw_thread_room cw_thread_room_make(struct cw_target *target, size_t num);

/*
 * Enters the threads with their registers.  One that cannot be read is a
 * warning; fails when there is none left.  Must be called on the thread of
 * ours that traces them.
 */
struct cw_error *
cw_process_threads_read(struct cw_target *target, size_t num,
			const uint32_t *tids,
			struct cw_thread_room *room) cw_must_check;
/* Their names, which need not be read while the process stands still. */
void cw_process_thread_names_read(struct cw_target *target);

#endif

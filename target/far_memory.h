/*
 * Far memory: bytes of a process that only one thread can read, slowly, such
 * as over a wire; they are fetched when they are first touched, and kept.
 *
 * Ranges of the target get rooms in our memory that may not be read at first.
 * Whoever reads there all the same is stopped by SIGSEGV, whose handler waits
 * until the thread that serves has fetched the pages.  Hence rooms are read
 * only below cw_far_memory_serve(), never by the thread that serves and never
 * by the system (write() of them fails).
 *
 * What lies next to what was asked for is fetched with it, the more the longer
 * a walk goes on.  What cannot be read is zeros, and counted.
 */
#ifndef TARGET_FAR_MEMORY_H
#define TARGET_FAR_MEMORY_H

#include <stdbool.h>

#include "base/error.h"
#include "target/segment.h"

struct cw_far_reader {
	/* False: not all of it can be read.  May throw exceptions of C++. */
	bool (*read)(void *context, cw_addr address, void *buffer,
		     uint64_t size);
	void *context;
};

struct cw_far_memory;

/* For ranges of @size bytes in all.  Fails with CW_ERROR_MEMORY. */
struct cw_error *cw_far_memory_create(uint64_t size,
				      struct cw_far_memory **ret) cw_must_check;
void cw_far_memory_destroy(struct cw_far_memory *far);

/* The room of a range, of whole pages; NULL: none is left. */
const unsigned char *cw_far_memory_add(struct cw_far_memory *far, cw_addr start,
				       cw_addr end);

/*
 * Runs @work on a thread of its own, and fetches what it and the threads that
 * it starts touch, until it returns.  When the reader throws, the rest are
 * zeros, and the exception goes on when the work is done.  Fails when there is
 * no thread for it.
 */
struct cw_error *cw_far_memory_serve(struct cw_far_memory *far,
				     const struct cw_far_reader *reader,
				     void (*work)(void *context),
				     void *context) cw_must_check;

/* Whether a reader has thrown: what was fetched since is not the target's. */
bool cw_far_memory_is_lost(const struct cw_far_memory *far);

/* Bytes that were wanted and could not be read. */
uint64_t cw_far_memory_num_unread(const struct cw_far_memory *far);

#endif

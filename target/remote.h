/*
 * Remote: a process that somebody else holds stopped, gdbserver say, who tells
 * what it is and reads it for us.
 *
 * Where it is shown to be a process of this machine, its memory is read as that
 * of any process; else it is fetched when it is touched, but for what files
 * hold that are here and of the same build.
 */
#ifndef TARGET_REMOTE_H
#define TARGET_REMOTE_H

#include "target/far_memory.h"
#include "target/target.h"

struct cw_remote_mapping {
	cw_addr start, end;
	unsigned flags; /* enum cw_segment_flags */
	uint64_t file_offset;
	const char *path; /* "/lib/…", "[heap]", "" */
};

struct cw_remote {
	uint32_t pid;
	const char *path; /* what the target is called */
	CW_ARRAY(struct cw_remote_mapping) mappings;
	CW_ARRAY(struct cw_auxv) auxv;
	/* Vector states and names live as long as this. */
	CW_ARRAY(struct cw_thread) threads;
	unsigned num_moving_threads; /* not among them */
};

/*
 * Whether it is the process of its number on this machine, and we may read it:
 * the same mappings, the same threads, all stopped by a debugger, the same
 * random bytes from the kernel, and the same bytes on the stack of a thread.
 */
bool cw_remote_is_here(const struct cw_remote *remote,
		       const struct cw_far_reader *reader);

/* Room for its memory.  Fails with CW_ERROR_MEMORY. */
struct cw_error *cw_remote_far_create(const struct cw_remote *remote,
				      struct cw_far_memory **ret) cw_must_check;

/*
 * Opens it; all of @remote is copied.  @far is NULL where cw_remote_is_here(),
 * else it must outlive the target, and be served meanwhile.
 */
struct cw_error *cw_target_open_remote(const struct cw_remote *remote,
				       struct cw_far_memory *far,
				       const struct cw_target_options *options,
				       struct cw_target **ret) cw_must_check;

#endif

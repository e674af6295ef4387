/*
 * File lock: locks of files that a thread waits for, and who has them, as the
 * kernel tells in /proc/PID/fdinfo.
 */
#ifndef HANG_FILE_LOCK_H
#define HANG_FILE_LOCK_H

#include "hang/waits.h"

/* Part of a file; of flock() all of it. */
struct cw_file_lock {
	bool is_flock;	/* else a record lock, of a process or of a file */
	bool is_shared; /* of readers */
	uint64_t start, end;
};

/* What the thread waits for. */
struct cw_file_lock cw_file_lock_wanted(const struct cw_target *target,
					const struct cw_wait *wait);

/* Whether the process has, by that descriptor, a lock that is in the way. */
bool cw_file_lock_is_held(uint32_t pid, const char *fd,
			  const struct cw_file_lock *wanted);

#endif

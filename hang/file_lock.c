#include "hang/file_lock.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/syscall.h>

struct cw_file_lock cw_file_lock_wanted(const struct cw_target *target,
					const struct cw_wait *wait)
{
	struct cw_file_lock all = {.end = UINT64_MAX};
	struct flock lock;

	if (wait->call.number == SYS_flock) {
		all.is_flock = true;
		all.is_shared = wait->call.arguments[1] & LOCK_SH;
		return all;
	}
	if (!cw_target_read(target, wait->call.arguments[2], &lock,
			    sizeof(lock)))
		return all;
	all.is_shared = lock.l_type == F_RDLCK;
	/* Others count from what only the kernel knows. */
	if (lock.l_whence != SEEK_SET || lock.l_start < 0 || lock.l_len < 0)
		return all;
	all.start = lock.l_start;
	if (lock.l_len > 0)
		all.end = all.start + lock.l_len;
	return all;
}

/* "lock:\t1: POSIX  ADVISORY  WRITE 4711 fe:00:1234 0 EOF": the last number is
 * in it. */
static bool is_in_the_way(const char *line, const struct cw_file_lock *wanted)
{
	char kind[16], access[16], end[32];
	uint64_t start;

	if (sscanf(line, "lock: %*s %15s %*s %15s %*s %*s %" SCNu64 " %31s",
		   kind, access, &start, end) != 4)
		return false;
	uint64_t after = strcmp(end, "EOF") == 0 ? UINT64_MAX
						 : strtoull(end, NULL, 10) + 1;
	bool is_record =
		strcmp(kind, "POSIX") == 0 || strcmp(kind, "OFDLCK") == 0;
	return (wanted->is_flock ? strcmp(kind, "FLOCK") == 0 : is_record) &&
	       !(wanted->is_shared && strcmp(access, "READ") == 0) &&
	       start < wanted->end && wanted->start < after;
}

bool cw_file_lock_is_held(uint32_t pid, const char *fd,
			  const struct cw_file_lock *wanted)
{
	char path[64], line[512];
	bool is_held = false;

	snprintf(path, sizeof(path), "/proc/%" PRIu32 "/fdinfo/%s", pid, fd);
	FILE *file = fopen(path, "re");
	if (!file)
		return false;
	while (!is_held && fgets(line, sizeof(line), file))
		is_held = is_in_the_way(line, wanted);
	fclose(file);
	return is_held;
}

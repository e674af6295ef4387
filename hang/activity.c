#include "hang/activity.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/memory.h"

/*
 * Calls that were interrupted by being looked at are made again at first; and
 * what runs for less than that does nothing.
 */
#define SETTLE_NS 100000000
#define LITTLE_NS 100000

/* Time that it has run, ns: proc(5), task/TID/schedstat. */
static uint64_t time_of(const struct cw_target *target, uint32_t tid)
{
	char path[64];
	uint64_t ns = CW_NOT_SEEN;

	snprintf(path, sizeof(path),
		 "/proc/%" PRIu32 "/task/%" PRIu32 "/schedstat", target->pid,
		 tid);
	FILE *file = fopen(path, "re");
	if (!file)
		return ns;
	if (fscanf(file, "%" SCNu64, &ns) != 1)
		ns = CW_NOT_SEEN;
	fclose(file);
	return ns;
}

/* "123 (name) S …": stopped threads run no more, and say nothing. */
static bool is_stopped(const struct cw_target *target)
{
	char path[64], line[512];
	bool is_so = true;

	snprintf(path, sizeof(path), "/proc/%" PRIu32 "/stat", target->pid);
	FILE *file = fopen(path, "re");
	if (!file)
		return true;
	if (fgets(line, sizeof(line), file)) {
		const char *end = strrchr(line, ')');
		is_so = !end || end[1] != ' ' || strchr("tTZX", end[2]);
	}
	fclose(file);
	return is_so;
}

bool cw_activity_look(const struct cw_target *target, uint64_t ns,
		      struct cw_activity *ret)
{
	size_t num = target->threads.num;
	const struct cw_thread *threads = target->threads.items;
	const struct timespec settle = {0, SETTLE_NS};
	const struct timespec pause = {ns / 1000000000, ns % 1000000000};

	if (target->kind != CW_TARGET_PROCESS || is_stopped(target))
		return false;
	struct cw_activity activity = {
		.ns = ns,
		.ran_ns = cw_alloc((num + 1) * sizeof(*activity.ran_ns)),
	};
	cw_cleanup_free uint64_t *before =
		cw_alloc((num + 1) * sizeof(*before));
	nanosleep(&settle, NULL);
	for (size_t i = 0; i < num; i++)
		before[i] = time_of(target, threads[i].tid);
	nanosleep(&pause, NULL);
	for (size_t i = 0; i < num; i++) {
		uint64_t now = time_of(target, threads[i].tid);
		bool is_seen = before[i] != CW_NOT_SEEN && now != CW_NOT_SEEN;
		uint64_t ran = is_seen ? now - before[i] : CW_NOT_SEEN;
		activity.ran_ns[i] = is_seen && ran < LITTLE_NS ? 0 : ran;
		activity.num_seen += is_seen;
		activity.num_ran += is_seen && ran >= LITTLE_NS;
	}
	if (activity.num_seen == 0) {
		cw_activity_deinit(&activity);
		return false;
	}
	*ret = activity;
	return true;
}

void cw_activity_deinit(struct cw_activity *activity)
{
	free(activity->ran_ns);
	*activity = (struct cw_activity){0};
}

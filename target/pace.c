#include "target/pace.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "base/memory.h"
#include "target/proc_file.h"

static int compare(const void *left, const void *right)
{
	const struct cw_pace *a = left, *b = right;

	return (a->tid > b->tid) - (a->tid < b->tid);
}

/* Sums since the thread began; false: it has ended. */
static bool sums_read(uint32_t pid, uint32_t tid, struct cw_pace *ret)
{
	char path[64], text[128];
	unsigned long ran, waited;

	snprintf(path, sizeof(path), "/proc/%u/task/%u/schedstat", pid, tid);
	if (!cw_proc_file_read(path, text, sizeof(text)) ||
	    sscanf(text, "%lu %lu", &ran, &waited) != 2)
		return false;
	*ret = (struct cw_pace){.tid = tid, .ran = ran, .waited = waited};
	return true;
}

static struct cw_error *look(uint32_t pid, struct cw_paces *paces)
{
	struct cw_pace pace;
	char path[32];

	snprintf(path, sizeof(path), "/proc/%u/task", pid);
	DIR *dir = opendir(path);
	if (!dir)
		return cw_error_errno(CW_ERROR_TARGET, errno,
				      "cannot open process %u", pid);
	for (struct dirent *entry; (entry = readdir(dir));) {
		uint32_t tid = strtoul(entry->d_name, NULL, 10);
		if (tid != 0 && sums_read(pid, tid, &pace))
			*cw_array_push(&paces->list) = pace;
	}
	closedir(dir);
	if (paces->list.num > 1)
		qsort(paces->list.items, paces->list.num, sizeof(pace),
		      compare);
	return NULL;
}

struct cw_error *cw_paces_take(uint32_t pid, uint64_t interval,
			       struct cw_paces *ret)
{
	struct timespec rest = {interval / 1000000000, interval % 1000000000};
	struct cw_paces before = {0}, after = {0};
	uint64_t began = cw_clock_now();
	size_t kept = 0;

	struct cw_error *err = look(pid, &before);
	while (!err && nanosleep(&rest, &rest) != 0 && errno == EINTR)
		continue;
	after.interval = cw_clock_now() - began;
	if (!err)
		err = look(pid, &after);
	cw_array_foreach(pace, &after.list)
	{
		const struct cw_pace *old = cw_paces_find(&before, pace->tid);
		if (!old)
			continue;
		after.list.items[kept++] = (struct cw_pace){
			.tid = pace->tid,
			.ran = pace->ran - old->ran,
			.waited = pace->waited - old->waited,
		};
	}
	after.list.num = kept;
	cw_paces_deinit(&before);
	if (err)
		cw_paces_deinit(&after);
	else
		*ret = after;
	return err;
}

void cw_paces_deinit(struct cw_paces *paces)
{
	cw_array_deinit(&paces->list);
}

const struct cw_pace *cw_paces_find(const struct cw_paces *paces, uint32_t tid)
{
	const struct cw_pace key = {.tid = tid};

	return paces->list.num ? bsearch(&key, paces->list.items,
					 paces->list.num, sizeof(key), compare)
			       : NULL;
}

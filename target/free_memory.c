#include "target/free_memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "target/proc_file.h"

enum { GROUP_SIZE = 4096 };

uint64_t cw_free_memory_of_system(void)
{
	char text[4096];

	if (!cw_proc_file_read("/proc/meminfo", text, sizeof(text)))
		return 0;
	const char *line = strstr(text, "MemAvailable:");
	return line ? strtoull(line + 13, NULL, 10) * 1024 : 0;
}

/* What a kind of control groups calls things. */
static const struct scheme {
	const char *mark; /* in a line of /proc/PID/cgroup */
	const char *mount;
	const char *limit, *used;
	const char *cache; /* in memory.stat: what of it would be given back */
} schemes[] = {
	{"0::", "/sys/fs/cgroup", "memory.max", "memory.current",
	 "\ninactive_file "},
	{":memory:", "/sys/fs/cgroup/memory", "memory.limit_in_bytes",
	 "memory.usage_in_bytes", "\ntotal_inactive_file "},
};

static bool read_number(const char *folder, const char *name, uint64_t *ret)
{
	char path[GROUP_SIZE + 128], text[64], *end;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	if (!cw_proc_file_read(path, text, sizeof(text)))
		return false;
	*ret = strtoull(text, &end, 10); /* "max": no number */
	return end != text;
}

static uint64_t cache_size(const char *folder, const struct scheme *scheme)
{
	char path[GROUP_SIZE + 128], text[8192];

	snprintf(path, sizeof(path), "%s/memory.stat", folder);
	if (!cw_proc_file_read(path, text, sizeof(text)))
		return 0;
	const char *line = strstr(text, scheme->cache);
	return line ? strtoull(line + strlen(scheme->cache), NULL, 10) : 0;
}

static uint64_t left_in_folder(const char *folder, const struct scheme *scheme)
{
	uint64_t limit, used;

	if (!read_number(folder, scheme->limit, &limit) ||
	    !read_number(folder, scheme->used, &used))
		return UINT64_MAX;
	uint64_t cache = cache_size(folder, scheme);
	used -= cache < used ? cache : used;
	return used < limit ? limit - used : 0;
}

/* The group that a process is in; false: there is none of that kind. */
static bool group_read(uint32_t pid, const struct scheme *scheme, char *ret,
		       size_t size)
{
	char path[64], text[8192], *rest;

	snprintf(path, sizeof(path), "/proc/%u/cgroup", pid);
	if (!cw_proc_file_read(path, text, sizeof(text)))
		return false;
	for (char *line = strtok_r(text, "\n", &rest); line;
	     line = strtok_r(NULL, "\n", &rest)) {
		const char *group = strchr(line, '/');
		if (group && strstr(line, scheme->mark))
			return (size_t)snprintf(ret, size, "%s", group) < size;
	}
	return false;
}

/* Whether @group is the one at @path, or within. */
static bool is_within(const char *group, const char *path)
{
	size_t length = strlen(path);

	return strncmp(group, path, length) == 0 &&
	       (group[length] == '/' || group[length] == '\0');
}

/* In this group and those that it is in; @ours goes off where we are too. */
static uint64_t left_in_group(const char *group, const struct scheme *scheme,
			      uint64_t ours)
{
	uint64_t least = UINT64_MAX;
	size_t mount_length = strlen(scheme->mount);
	char folder[GROUP_SIZE + 32], our_group[GROUP_SIZE];
	bool has_ours = ours > 0 && group_read(getpid(), scheme, our_group,
					       sizeof(our_group));

	snprintf(folder, sizeof(folder), "%s%s", scheme->mount, group);
	while (strlen(folder) >= mount_length) {
		uint64_t left = left_in_folder(folder, scheme);
		if (left < UINT64_MAX && has_ours &&
		    is_within(our_group, folder + mount_length))
			left -= ours < left ? ours : left;
		if (left < least)
			least = left;
		*strrchr(folder, '/') = '\0';
	}
	return least;
}

uint64_t cw_free_memory_of_groups(uint32_t pid, uint64_t ours)
{
	uint64_t least = UINT64_MAX;
	char group[GROUP_SIZE];

	for (size_t i = 0; i < cw_num_elements(schemes); i++) {
		if (!group_read(pid, &schemes[i], group, sizeof(group)))
			continue;
		uint64_t left = left_in_group(group, &schemes[i], ours);
		if (left < least)
			least = left;
	}
	return least;
}

uint64_t cw_free_memory(uint32_t pid)
{
	uint64_t of_groups = cw_free_memory_of_groups(pid, 0);
	uint64_t of_system = cw_free_memory_of_system();

	return of_groups < of_system ? of_groups : of_system;
}

uint64_t cw_process_memory_size(uint32_t pid)
{
	return (cw_proc_status_number(pid, "RssAnon:") +
		cw_proc_status_number(pid, "VmSwap:")) *
	       1024;
}

#include "target/free_memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "target/proc_file.h"

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
	char path[4352], text[64], *end;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	if (!cw_proc_file_read(path, text, sizeof(text)))
		return false;
	*ret = strtoull(text, &end, 10); /* "max": no number */
	return end != text;
}

static uint64_t cache_size(const char *folder, const struct scheme *scheme)
{
	char path[4352], text[8192];

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

/* This group of processes and those that it is in. */
static uint64_t left_in_group(const char *group, const struct scheme *scheme)
{
	uint64_t least = UINT64_MAX;
	char folder[4200];

	if ((size_t)snprintf(folder, sizeof(folder), "%s%s", scheme->mount,
			     group) >= sizeof(folder))
		return 0;
	while (strlen(folder) >= strlen(scheme->mount)) {
		uint64_t left = left_in_folder(folder, scheme);
		if (left < least)
			least = left;
		*strrchr(folder, '/') = '\0';
	}
	return least;
}

uint64_t cw_free_memory_of_groups(uint32_t pid)
{
	uint64_t least = UINT64_MAX;
	char path[64], text[8192], *rest;

	snprintf(path, sizeof(path), "/proc/%u/cgroup", pid);
	if (!cw_proc_file_read(path, text, sizeof(text)))
		return 0;
	for (char *line = strtok_r(text, "\n", &rest); line;
	     line = strtok_r(NULL, "\n", &rest)) {
		const char *group = strchr(line, '/');
		for (size_t i = 0; group && i < cw_num_elements(schemes); i++) {
			if (!strstr(line, schemes[i].mark))
				continue;
			uint64_t left = left_in_group(group, &schemes[i]);
			if (left < least)
				least = left;
		}
	}
	return least;
}

uint64_t cw_free_memory(uint32_t pid)
{
	uint64_t of_groups = cw_free_memory_of_groups(pid);
	uint64_t of_system = cw_free_memory_of_system();

	return of_groups < of_system ? of_groups : of_system;
}

uint64_t cw_process_memory_size(uint32_t pid)
{
	return (cw_proc_status_number(pid, "RssAnon:") +
		cw_proc_status_number(pid, "VmSwap:")) *
	       1024;
}

#include "target/proc_file.h"

#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool cw_proc_file_read(const char *path, char *text, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t length = 0;
	ssize_t num = 0;

	if (fd < 0)
		return false;
	while (length < size - 1 &&
	       (num = read(fd, text + length, size - 1 - length)) > 0)
		length += num;
	close(fd);
	text[length] = '\0';
	return num >= 0;
}

uint64_t cw_proc_number_of_line(const char *text, const char *name)
{
	size_t length = strlen(name);

	for (const char *line = text; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (strncmp(line, name, length) == 0)
			return strtoull(line + length, NULL, 10);
	}
	return 0;
}

uint64_t cw_proc_status_number(uint32_t pid, const char *name)
{
	char path[32], text[8192];

	snprintf(path, sizeof(path), "/proc/%u/status", pid);
	if (!cw_proc_file_read(path, text, sizeof(text)))
		return 0;
	return cw_proc_number_of_line(text, name);
}

/* "17 (name) S 1 17 …": the name may have blanks and parentheses in it. */
bool cw_proc_stat_read(uint32_t pid, uint32_t tid, struct cw_proc_stat *ret)
{
	struct cw_proc_stat stat = {0};
	char path[64], text[1024];

	if (tid)
		snprintf(path, sizeof(path), "/proc/%u/task/%u/stat", pid, tid);
	else
		snprintf(path, sizeof(path), "/proc/%u/stat", pid);
	if (!cw_proc_file_read(path, text, sizeof(text)))
		return false;
	const char *name = strchr(text, '('), *end = strrchr(text, ')');
	/* The third field to the fifth, and the 22nd. */
	if (!name || !end || name > end ||
	    sscanf(end,
		   ") %c %" SCNu32 " %" SCNu32 " %*s %*s %*s %*s %*s %*s %*s"
		   " %*s %*s %*s %*s %*s %*s %*s %*s %*s %" SCNu64,
		   &stat.state, &stat.parent, &stat.group,
		   &stat.started_at) != 4)
		return false;
	snprintf(stat.name, sizeof(stat.name), "%.*s", (int)(end - name - 1),
		 name + 1);
	*ret = stat;
	return true;
}

char cw_proc_thread_state(uint32_t pid, uint32_t tid)
{
	struct cw_proc_stat stat;

	return cw_proc_stat_read(pid, tid, &stat) ? stat.state : 0;
}

static bool has_ended(uint32_t pid, uint32_t tid)
{
	char state = cw_proc_thread_state(pid, tid);

	return state == 0 || strchr("ZX", state);
}

uint32_t cw_proc_entrance(uint32_t pid)
{
	char path[32];
	uint32_t found = pid;

	if (!has_ended(pid, pid))
		return pid;
	snprintf(path, sizeof(path), "/proc/%u/task", pid);
	DIR *dir = opendir(path);
	if (!dir)
		return pid;
	for (struct dirent *entry; found == pid && (entry = readdir(dir));) {
		uint32_t tid = strtoul(entry->d_name, NULL, 10);
		if (tid != 0 && !has_ended(pid, tid))
			found = tid;
	}
	closedir(dir);
	return found;
}

uint32_t cw_proc_own_number(uint32_t pid)
{
	char path[32], text[8192];

	snprintf(path, sizeof(path), "/proc/%u/status", pid);
	if (!cw_proc_file_read(path, text, sizeof(text)))
		return 0;
	/* In each namespace that it is in, its own last. */
	char *line = strstr(text, "\nNSpid:");
	if (!line)
		return 0;
	line[1 + strcspn(line + 1, "\n")] = '\0';
	const char *last = strrchr(line, '\t');
	return last ? strtoul(last, NULL, 10) : 0;
}

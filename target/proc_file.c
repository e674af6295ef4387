#include "target/proc_file.h"

#include <fcntl.h>
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

uint64_t cw_proc_status_number(uint32_t pid, const char *name)
{
	char path[32], text[8192];
	size_t length = strlen(name);

	snprintf(path, sizeof(path), "/proc/%u/status", pid);
	if (!cw_proc_file_read(path, text, sizeof(text)))
		return 0;
	for (const char *line = text; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (strncmp(line, name, length) == 0)
			return strtoull(line + length, NULL, 10);
	}
	return 0;
}

char cw_proc_thread_state(uint32_t pid, uint32_t tid)
{
	char path[64], text[512];

	snprintf(path, sizeof(path), "/proc/%u/task/%u/stat", pid, tid);
	if (!cw_proc_file_read(path, text, sizeof(text)))
		return 0;
	const char *end = strrchr(text, ')');
	return end && end[1] == ' ' ? end[2] : 0;
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

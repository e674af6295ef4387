#include "plugin/info.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/* "* 1    process 4711    1 (native)    /path/of/program" */
static void read_selected(const char *info_inferiors, struct cw_info *ret)
{
	const char *line = info_inferiors;

	while (line && line[0] != '*') {
		line = strchr(line, '\n');
		line += line != NULL;
	}
	if (!line)
		return;

	const char *end = strchrnul(line, '\n');
	ret->number = strtoul(line + 1, NULL, 10);
	const char *process = memmem(line, end - line, "process ", 8);
	if (process)
		ret->pid = strtoul(process + 8, NULL, 10);
	const char *open = memmem(line, end - line, " (", 2);
	const char *close = open ? memchr(open, ')', end - open) : NULL;
	/* Of "remote | ssh host gdbserver" the first word. */
	const char *pipe = open ? memmem(open, end - open, " |", 2) : NULL;
	if (close && pipe && pipe < close)
		close = pipe;
	if (close)
		ret->connection = cw_strndup(open + 2, close - open - 2);
}

/* "Local core dump file:\n\t`PATH', file type elf64-x86-64." */
static char *path_below(const char *info_files, const char *title)
{
	const char *at = strstr(info_files, title);

	if (!at)
		return NULL;
	const char *open = strchr(at, '`');
	const char *line_end = open ? strchr(open, '\n') : NULL;
	const char *close = open ? strstr(open, "', file type ") : NULL;
	if (!close || (line_end && close > line_end))
		return NULL;
	return cw_strndup(open + 1, close - open - 1);
}

/* 'The current system root is "/path".'; what GDB reads by way of the target
 * is no folder here. */
static char *read_sysroot(const char *show_sysroot)
{
	const char *open = strchr(show_sysroot, '"');
	const char *close = open ? strrchr(open + 1, '"') : NULL;

	if (!close || open[1] != '/')
		return NULL;
	return cw_strndup(open + 1, close - open - 1);
}

void cw_info_read(const char *info_inferiors, const char *info_files,
		  const char *show_sysroot, struct cw_info *ret)
{
	*ret = (struct cw_info){0};
	read_selected(info_inferiors, ret);
	ret->core = path_below(info_files, "Local core dump file:\n");
	ret->exe = path_below(info_files, "Local exec file:\n");
	ret->sysroot = read_sysroot(show_sysroot);
}

void cw_info_deinit(struct cw_info *info)
{
	free(info->connection);
	free(info->exe);
	free(info->core);
	free(info->sysroot);
}

bool cw_info_is_remote(const struct cw_info *info)
{
	return info->connection && strcmp(info->connection, "core") != 0 &&
	       strcmp(info->connection, "native") != 0;
}

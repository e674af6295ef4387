#include "target/map_line.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/memory.h"

enum { PAGE_SIZE = 4096 };

static enum cw_map_kind kind_of(const char *name, uint64_t inode)
{
	if (strcmp(name, "[vdso]") == 0)
		return CW_MAP_CODE;
	if (strncmp(name, "[vvar", 5) == 0)
		return CW_MAP_CLOCK;
	return inode == 0 && name[0] != '/' ? CW_MAP_ANONYMOUS : CW_MAP_FILE;
}

/* The name is left in @text, which is cut behind it. */
static bool line_parse(char *text, struct cw_map_line *ret,
		       const char **ret_name)
{
	char flags[5];
	unsigned long start, end, offset, inode;
	unsigned major, minor;
	int name_at = 0;

	if (sscanf(text, "%lx-%lx %4s %lx %x:%x %lu %n", &start, &end, flags,
		   &offset, &major, &minor, &inode, &name_at) != 7 ||
	    name_at == 0 || start >= end)
		return false;
	text[strcspn(text, "\n")] = '\0';
	*ret_name = text + name_at;
	*ret = (struct cw_map_line){
		.start = start,
		.end = end,
		.flags = cw_segment_flags_parse(flags),
		.kind = kind_of(*ret_name, inode),
		.file_offset = offset,
		.device = (uint64_t)major << 32 | minor,
		.inode = inode,
	};
	return true;
}

struct cw_error *cw_map_lines_read(uint32_t pid, struct cw_arena *arena,
				   struct cw_map_lines *ret)
{
	cw_cleanup_free char *path = cw_format("/proc/%u/maps", pid);
	cw_cleanup_free char *text = NULL;
	struct cw_map_lines lines = {0};
	struct cw_map_line line;
	const char *last = "", *name;
	size_t text_size = 0;

	FILE *maps = fopen(path, "re");
	if (!maps)
		return cw_error_errno(CW_ERROR_TARGET, errno,
				      "cannot open '%s'", path);
	while (getline(&text, &text_size, maps) > 0) {
		if (!line_parse(text, &line, &name))
			continue;
		if (name[0] == '/') {
			if (strcmp(last, name) != 0)
				last = cw_arena_strdup(arena, name);
			line.path = last;
		}
		*cw_array_push(&lines.list) = line;
	}
	fclose(maps);
	*ret = lines;
	return NULL;
}

void cw_map_lines_deinit(struct cw_map_lines *lines)
{
	cw_array_deinit(&lines->list);
}

bool cw_map_line_is_same(const struct cw_map_line *a,
			 const struct cw_map_line *b)
{
	return a->start == b->start && a->end == b->end &&
	       a->flags == b->flags && a->kind == b->kind &&
	       a->file_offset == b->file_offset && a->device == b->device &&
	       a->inode == b->inode;
}

static uint64_t covered_size(const struct cw_map_line *line, uint64_t file_size)
{
	uint64_t size = line->end - line->start;
	uint64_t pages =
		(file_size + PAGE_SIZE - 1) & ~(uint64_t)(PAGE_SIZE - 1);

	if (line->file_offset >= pages)
		return 0;
	return size < pages - line->file_offset ? size
						: pages - line->file_offset;
}

bool cw_map_line_find(const struct cw_map_line *line, uint32_t pid,
		      uint64_t *ret_covered, int *ret_fd)
{
	cw_cleanup_free char *link =
		cw_format("/proc/%u/map_files/%lx-%lx", pid,
			  (unsigned long)line->start, (unsigned long)line->end);
	cw_cleanup_free char *name =
		cw_format("/proc/%u/root%s", pid, line->path);
	const char *const paths[] = {link, name};

	for (size_t i = 0; i < cw_num_elements(paths); i++) {
		struct stat status;
		if (stat(paths[i], &status) != 0 || !S_ISREG(status.st_mode) ||
		    status.st_ino != line->inode)
			continue;
		if (ret_fd) {
			int fd = open(paths[i],
				      O_RDONLY | O_CLOEXEC | O_NONBLOCK);
			if (fd < 0)
				continue;
			*ret_fd = fd;
		}
		*ret_covered = covered_size(line, status.st_size);
		return true;
	}
	return false;
}

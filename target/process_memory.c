#include "target/process_memory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/memory.h"
#include "target/page_scan.h"
#include "target/target_private.h"

enum { PAGE_SIZE = 4096 };

/* A line of /proc/PID/maps. */
struct line {
	cw_addr start, end;
	unsigned flags;
	uint64_t file_offset;
	uint64_t inode;
	const char *name; /* "/lib/…", "[heap]", "" */
};

struct reader {
	struct cw_target *target;
	uint32_t pid; /* whose memory it is */
	struct cw_mappings *mappings;
	struct cw_page_scan scan;
	struct cw_page_runs own;	/* pages of one mapping to copy */
	struct cw_page_runs unreadable; /* of these, that would not be read */
	struct cw_page_runs others;	/* mappings to leave out */
	size_t num_others_seen;
};

static bool line_parse(char *text, struct line *ret)
{
	char flags[5];
	unsigned long start, end, offset, inode;
	int name_at = 0;

	if (sscanf(text, "%lx-%lx %4s %lx %*x:%*x %lu %n", &start, &end, flags,
		   &offset, &inode, &name_at) != 5 ||
	    name_at == 0 || start >= end)
		return false;
	text[strcspn(text, "\n")] = '\0';
	*ret = (struct line){
		.start = start,
		.end = end,
		.flags = cw_segment_flags_parse(flags),
		.file_offset = offset,
		.inode = inode,
		.name = text + name_at,
	};
	return true;
}

/*
 * The mapped file, by the kernel's link to it, or where that takes a
 * privilege that we lack, by its name, if it is still the same.  Only regular
 * files: to map a device may do anything.  -1: not to be had.
 */
static int file_open(const struct reader *reader, const struct line *line)
{
	cw_cleanup_free char *link =
		cw_format("/proc/%u/map_files/%lx-%lx", reader->pid,
			  (unsigned long)line->start, (unsigned long)line->end);
	cw_cleanup_free char *name =
		cw_format("/proc/%u/root%s", reader->pid, line->name);
	const char *const paths[] = {link, name};

	for (size_t i = 0; i < cw_num_elements(paths); i++) {
		struct stat status;
		if (stat(paths[i], &status) != 0 || !S_ISREG(status.st_mode) ||
		    status.st_ino != line->inode)
			continue;
		int fd = open(paths[i], O_RDONLY | O_CLOEXEC | O_NONBLOCK);
		if (fd >= 0)
			return fd;
	}
	return -1;
}

/*
 * How much of the mapping the file still covers: what lies beyond its end
 * cannot be touched, there nor here.
 */
static uint64_t covered_size(int fd, const struct line *line)
{
	uint64_t size = line->end - line->start;
	struct stat status;

	if (fstat(fd, &status) != 0)
		return 0;
	uint64_t pages = ((uint64_t)status.st_size + PAGE_SIZE - 1) &
			 ~(uint64_t)(PAGE_SIZE - 1);
	if (line->file_offset >= pages)
		return 0;
	return size < pages - line->file_offset ? size
						: pages - line->file_offset;
}

/* Room for a mapping: of zeros, or private over its file when @fd is one. */
static unsigned char *room_map(struct reader *reader, uint64_t size, int fd,
			       uint64_t offset)
{
	int flags = MAP_PRIVATE | MAP_NORESERVE | (fd < 0 ? MAP_ANONYMOUS : 0);
	void *room =
		mmap(NULL, size, PROT_READ | PROT_WRITE, flags, fd, offset);

	if (room == MAP_FAILED)
		return NULL;
	*cw_array_push(&reader->target->files->list) =
		(struct cw_mapped_file){.bytes = room, .size = size};
	return room;
}

/* Copies a run; pages that cannot be read are noted and left out. */
static void run_copy(struct reader *reader, const struct cw_page_run *run,
		     unsigned char *to)
{
	cw_addr at = run->start;

	while (at < run->end) {
		struct iovec local = {to + (at - run->start), run->end - at};
		struct iovec remote = {(void *)at, run->end - at};
		ssize_t size =
			process_vm_readv(reader->pid, &local, 1, &remote, 1, 0);
		if (size > 0)
			at += size & ~(ssize_t)(PAGE_SIZE - 1);
		if (size >= PAGE_SIZE)
			continue;
		*cw_array_push(&reader->unreadable.list) =
			(struct cw_page_run){at, at + PAGE_SIZE};
		at += PAGE_SIZE;
	}
}

static void segment_push(struct reader *reader, const struct line *line,
			 cw_addr start, cw_addr end, unsigned char *room,
			 const char *path)
{
	if (start >= end)
		return;
	*cw_array_push(&reader->target->segments) = (struct cw_segment){
		.start = start,
		.end = end,
		.bytes = room ? room + (start - line->start) : NULL,
		.flags = line->flags,
		.gap = room ? CW_GAP_NONE : CW_GAP_UNREADABLE,
		.path = path,
		.file_offset =
			path ? line->file_offset + (start - line->start) : 0,
	};
}

/* The mapping with its unreadable pages cut out. */
static void segments_push(struct reader *reader, const struct line *line,
			  uint64_t size, unsigned char *room, const char *path)
{
	cw_addr at = line->start, end = line->start + size;

	cw_array_foreach(page, &reader->unreadable.list)
	{
		segment_push(reader, line, at, page->start, room, path);
		segment_push(reader, line, page->start, page->end, NULL, path);
		at = page->end;
	}
	segment_push(reader, line, at, end, room, path);
	segment_push(reader, line, end, line->end, NULL, path);
}

/*
 * Which pages to copy: of private memory the process's own; all of it when it
 * belongs to a file that cannot be mapped.
 */
static struct cw_error *own_find(struct reader *reader, const struct line *line,
				 int fd)
{
	bool is_anonymous = line->inode == 0 && line->name[0] != '/';

	reader->own.list.num = 0;
	if (line->flags & CW_SEGMENT_SHARED)
		return NULL;
	if (is_anonymous || fd >= 0)
		return cw_page_scan_run(&reader->scan, line->start, line->end,
					&reader->own);
	*cw_array_push(&reader->own.list) =
		(struct cw_page_run){line->start, line->end};
	return NULL;
}

/*
 * The kernel shows the same code to all 64-bit processes: ours is the copy
 * that can be read without making pages of the other one present.
 */
static bool vdso_copy(const struct line *line, unsigned char *room)
{
	const void *ours = (const void *)getauxval(AT_SYSINFO_EHDR);

	if (strcmp(line->name, "[vdso]") != 0 || !ours)
		return false;
	memcpy(room, ours, line->end - line->start);
	return true;
}

/* Of what is no file's, pages that are not the process's own are zeros. */
static void own_copy(struct reader *reader, cw_addr start, cw_addr end,
		     unsigned char *room, bool has_zeros)
{
	cw_addr at = start;

	cw_array_foreach(run, &reader->own.list)
	{
		if (run->end > end)
			run->end = end;
		if (run->start >= run->end)
			continue;
		run_copy(reader, run, room + (run->start - start));
		if (has_zeros)
			cw_target_add_hole(reader->target, at, run->start);
		at = run->end;
	}
	if (has_zeros)
		cw_target_add_hole(reader->target, at, end);
}

static struct cw_error *room_fill(struct reader *reader,
				  const struct line *line, int fd,
				  const char *path)
{
	uint64_t size = line->end - line->start;
	bool has_bytes = line->flags & CW_SEGMENT_READ &&
			 strncmp(line->name, "[vvar", 5) != 0 &&
			 (!(line->flags & CW_SEGMENT_SHARED) || fd >= 0);
	unsigned char *room = NULL;

	reader->unreadable.list.num = 0;
	if (fd >= 0)
		size = covered_size(fd, line);
	if (has_bytes && size > 0)
		room = room_map(reader, size, fd, line->file_offset);
	if (room && !vdso_copy(line, room)) {
		struct cw_error *err = own_find(reader, line, fd);
		if (err)
			return err;
		own_copy(reader, line->start, line->start + size, room, fd < 0);
	}
	segments_push(reader, line, size, room, path);
	return NULL;
}

static struct cw_error *line_read(struct reader *reader,
				  const struct line *line)
{
	struct cw_target *target = reader->target;
	const char *path = NULL;
	int fd = -1;

	if (line->name[0] == '/') {
		struct cw_mappings *mappings = reader->mappings;
		size_t num = mappings->list.num;
		const char *last =
			num ? mappings->list.items[num - 1].path : NULL;
		path = last && strcmp(last, line->name) == 0
			       ? last
			       : cw_arena_strdup(&target->arena, line->name);
		*cw_array_push(&mappings->list) = (struct cw_mapping){
			line->start, line->end, line->file_offset, path};
		if (line->flags & CW_SEGMENT_READ)
			fd = file_open(reader, line);
	}
	struct cw_error *err = room_fill(reader, line, fd, path);
	if (fd >= 0)
		close(fd);
	return err;
}

/* Calls for each mapping until it fails. */
static struct cw_error *
lines_visit(struct reader *reader, uint32_t pid,
	    struct cw_error *(*visit)(struct reader *, const struct line *))
{
	cw_cleanup_free char *path = cw_format("/proc/%u/maps", pid);
	cw_cleanup_free char *text = NULL;
	struct cw_error *err = NULL;
	size_t text_size = 0;
	struct line line;

	FILE *maps = fopen(path, "re");
	if (!maps)
		return cw_error_errno(CW_ERROR_TARGET, errno,
				      "cannot open '%s'", path);
	while (!err && getline(&text, &text_size, maps) > 0)
		if (line_parse(text, &line))
			err = visit(reader, &line);
	fclose(maps);
	return err;
}

static struct cw_error *other_note(struct reader *reader,
				   const struct line *line)
{
	*cw_array_push(&reader->others.list) =
		(struct cw_page_run){line->start, line->end};
	return NULL;
}

/* Both lists are in order: what is before the line need not be seen again. */
static struct cw_error *line_read_missing(struct reader *reader,
					  const struct line *line)
{
	while (reader->num_others_seen < reader->others.list.num &&
	       reader->others.list.items[reader->num_others_seen].end <=
		       line->start)
		reader->num_others_seen++;
	if (reader->num_others_seen < reader->others.list.num &&
	    reader->others.list.items[reader->num_others_seen].start <
		    line->end)
		return NULL;
	return line_read(reader, line);
}

static void reader_deinit(struct reader *reader)
{
	cw_page_scan_close(&reader->scan);
	cw_array_deinit(&reader->own.list);
	cw_array_deinit(&reader->unreadable.list);
	cw_array_deinit(&reader->others.list);
}

static int hole_compare(const void *left, const void *right)
{
	const struct cw_hole *a = left, *b = right;

	return (a->start > b->start) - (a->start < b->start);
}

struct cw_error *cw_process_memory_read(struct cw_target *target, uint32_t pid,
					struct cw_mappings *mappings)
{
	struct reader reader = {
		.target = target,
		.pid = pid,
		.mappings = mappings,
	};
	size_t num_before = target->segments.num;

	struct cw_error *err = cw_page_scan_open(pid, &reader.scan);
	if (err)
		return err;
	err = lines_visit(&reader, pid, line_read);
	reader_deinit(&reader);
	if (num_before > 0) {
		qsort(target->segments.items, target->segments.num,
		      sizeof(struct cw_segment), cw_segment_compare);
		if (target->holes.num > 0)
			qsort(target->holes.items, target->holes.num,
			      sizeof(struct cw_hole), hole_compare);
	}
	return err;
}

struct cw_error *cw_process_memory_read_missing(struct cw_target *target,
						uint32_t copy,
						struct cw_mappings *mappings)
{
	struct reader reader = {
		.target = target,
		.pid = target->pid,
		.mappings = mappings,
	};

	struct cw_error *err = cw_page_scan_open(target->pid, &reader.scan);
	if (err)
		return err;
	err = lines_visit(&reader, copy, other_note);
	if (!err)
		err = lines_visit(&reader, target->pid, line_read_missing);
	reader_deinit(&reader);
	return err;
}

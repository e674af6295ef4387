/*
 * Map lines: the mappings of a process, as /proc/PID/maps tells them.
 *
 * For target/ only.
 */
#ifndef TARGET_MAP_LINE_H
#define TARGET_MAP_LINE_H

#include "base/arena.h"
#include "base/array.h"
#include "base/error.h"
#include "target/segment.h"

enum cw_map_kind {
	CW_MAP_ANONYMOUS, /* zeros, but for what was written */
	CW_MAP_FILE,	  /* ... of a file */
	CW_MAP_CODE,	  /* the kernel's, the same in all processes */
	CW_MAP_CLOCK,	  /* ... that only the process itself can read */
};

struct cw_map_line {
	cw_addr start, end;
	unsigned flags; /* of enum cw_segment_flags */
	enum cw_map_kind kind;
	const char *path; /* of the file, or NULL */
	uint64_t file_offset;
	uint64_t device, inode;
};

struct cw_map_lines {
	CW_ARRAY(struct cw_map_line) list; /* sorted */
};

/* Paths are put into @arena.  Fails with CW_ERROR_TARGET. */
struct cw_error *cw_map_lines_read(uint32_t pid, struct cw_arena *arena,
				   struct cw_map_lines *ret) cw_must_check;
void cw_map_lines_deinit(struct cw_map_lines *lines);

/* Of the same bytes of the same file, with the same flags. */
bool cw_map_line_is_same(const struct cw_map_line *a,
			 const struct cw_map_line *b);

/*
 * The mapped file, by the kernel's link to it, or where that takes a privilege
 * that we lack, by its name, if it is still the same.  Only regular files: to
 * map a device may do anything.  False: not to be had.
 *
 * *ret_covered is how much of the mapping the file covers: what lies beyond its
 * end cannot be touched, there nor here.  @ret_fd may be NULL: not opened.
 */
bool cw_map_line_find(const struct cw_map_line *line, uint32_t pid,
		      uint64_t *ret_covered, int *ret_fd) cw_must_check;

#endif

/*
 * Mapped file: a file of this machine, mapped read-only.
 *
 * The bytes stay until the file is closed.  A file that somebody shortens
 * while it is mapped cannot be guarded against.
 *
 * Not here: what is in it (target/core_header.h, target/elf_file.h).
 */
#ifndef TARGET_MAPPED_FILE_H
#define TARGET_MAPPED_FILE_H

#include <stdint.h>
#include <sys/stat.h>

#include "base/array.h"
#include "base/error.h"

struct cw_mapped_file {
	const unsigned char *bytes; /* NULL when size is 0 */
	uint64_t size;
	struct stat status;
};

/*
 * Fails with CW_ERROR_TARGET: "cannot open 'core.12': …".  Only regular files
 * are mapped.
 */
struct cw_error *cw_mapped_file_open(const char *path,
				     struct cw_mapped_file *ret) cw_must_check;

/* What a sparse file leaves out: it reads as zeros. */
struct cw_file_hole {
	uint64_t start, end; /* offsets, whole pages of ours */
};

struct cw_file_holes {
	CW_ARRAY(struct cw_file_hole) list; /* sorted; the small are left out */
};

/*
 * The same for a file that may be much longer than its data: its holes take no
 * memory when they are read.  Appends them to @holes, which is the caller's;
 * none where the file system does not tell.
 */
struct cw_error *
cw_mapped_file_open_sparse(const char *path, struct cw_mapped_file *ret,
			   struct cw_file_holes *holes) cw_must_check;

void cw_mapped_file_close(struct cw_mapped_file *file);

#endif

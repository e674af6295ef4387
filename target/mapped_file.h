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
void cw_mapped_file_close(struct cw_mapped_file *file);

#endif

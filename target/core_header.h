/*
 * Core header: whether a file is a core that we can read, and the program
 * headers that it has.
 *
 * Not here: what the segments and notes hold (target/core.c,
 * target/core_notes.h).
 */
#ifndef TARGET_CORE_HEADER_H
#define TARGET_CORE_HEADER_H

#include <stddef.h>

#include "target/elf_file.h"

struct cw_core_header {
	const struct cw_elf_phdr *phdrs; /* all inside of the file */
	size_t num_phdrs;
};

/*
 * Fails with CW_ERROR_TARGET and a line that tells why @file is no core of
 * x86-64 Linux.  A core that was cut off behind its program headers is a
 * success.  Borrows from @file.
 */
struct cw_error *cw_core_header_read(const char *path,
				     const struct cw_mapped_file *file,
				     struct cw_core_header *ret) cw_must_check;

#endif

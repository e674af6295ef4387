/*
 * Backing: bytes that a core leaves out, from the mapped files.
 *
 * For target/ only.
 */
#ifndef TARGET_BACKING_H
#define TARGET_BACKING_H

#include "target/target.h"

/*
 * Gives gaps of modules the bytes of the module's file, and all others the
 * reason why they have none.  Marks what is shared with other processes.
 */
void cw_backing_apply(struct cw_target *target);

/* What @file has where the segment is mapped; NULL: not all of it. */
const unsigned char *cw_backing_bytes(const struct cw_elf_file *file,
				      const struct cw_segment *segment);

#endif

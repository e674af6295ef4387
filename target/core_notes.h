/*
 * Core notes: what the notes of a core say of threads, the process and its
 * mappings.
 *
 * The kernel writes the notes first, one thread's behind the other, the one
 * that died before the others.  gcore writes them at the end of the file, so
 * a core of its that was cut off has none.
 */
#ifndef TARGET_CORE_NOTES_H
#define TARGET_CORE_NOTES_H

#include "target/core_header.h"
#include "target/mapping.h"
#include "target/target.h"

/*
 * Enters threads, auxv, signal, pid and the names of files into @target and
 * @mappings.  What is damaged or cut off is left out and warned of.
 */
void cw_core_notes_read(struct cw_target *target,
			const struct cw_mapped_file *file,
			const struct cw_core_header *header,
			struct cw_mappings *mappings);

#endif

/*
 * Process memory: the mappings of a stopped process as segments.
 *
 * Pages that the process has written are copied into memory of ours, laid
 * over a private mapping of the same file, or over zeros.  So what it never
 * touched costs nothing, and nothing in it changes.
 *
 * For target/ only.
 */
#ifndef TARGET_PROCESS_MEMORY_H
#define TARGET_PROCESS_MEMORY_H

#include "target/mapping.h"
#include "target/target.h"

/*
 * Enters the segments, and into @mappings those of files.  @pid is the target
 * or a copy of it, which nothing changes meanwhile.
 */
struct cw_error *
cw_process_memory_read(struct cw_target *target, uint32_t pid,
		       struct cw_mappings *mappings) cw_must_check;

/* Enters only what the process has and its copy has not; both are held. */
struct cw_error *
cw_process_memory_read_missing(struct cw_target *target, uint32_t copy,
			       struct cw_mappings *mappings) cw_must_check;

#endif

/*
 * Process: a process as a target, in steps, of which some want it stopped.
 *
 * For target/ only.
 */
#ifndef TARGET_PROCESS_H
#define TARGET_PROCESS_H

#include "target/mapping.h"
#include "target/target.h"

struct cw_target *
cw_process_target_create(uint32_t pid, const struct cw_target_options *options);

/* While it is stopped: what the kernel told it when it began. */
void cw_process_auxv_read(struct cw_target *target);

/*
 * At any time, when threads and memory were read: names of threads, the files
 * that are mapped, modules.
 */
struct cw_error *
cw_process_describe(struct cw_target *target,
		    struct cw_mappings *mappings) cw_must_check;

#endif

/*
 * Process: a process as a target, in steps, of which some want it stopped.
 *
 * For target/ only.
 */
#ifndef TARGET_PROCESS_H
#define TARGET_PROCESS_H

#include "target/process_memory.h"
#include "target/target.h"

struct cw_target *
cw_process_target_create(uint32_t pid, const struct cw_target_options *options);

/*
 * What the kernel told it when it began; of the target while it is stopped, or
 * of a copy of it.
 */
void cw_process_auxv_read(struct cw_target *target, uint32_t pid);

/*
 * At any time, when threads and memory were read: enters the memory, names of
 * threads, the files that are mapped, modules; code is as its file has it.
 */
struct cw_error *
cw_process_describe(struct cw_target *target,
		    struct cw_process_memory *memory) cw_must_check;

/* Copies the memory of a process that stands still, and describes it. */
struct cw_error *cw_process_read_memory(struct cw_target *target) cw_must_check;

#endif

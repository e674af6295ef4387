/*
 * Breakpoint: instructions that a debugger or a probe put into code, and what
 * they stand for.
 *
 * For target/ only.
 */
#ifndef TARGET_BREAKPOINT_H
#define TARGET_BREAKPOINT_H

#include "target/process_memory.h"

/*
 * Where pages of code were copied since the process has its own, and there is
 * an int3 that the module's file has not, puts back what the file has.
 */
void cw_breakpoints_undo(const struct cw_target *target,
			 const struct cw_process_memory *memory);

#endif

/*
 * Told: what GDB tells of a process that somebody else holds, so that neither
 * /proc nor ptrace has it here.
 *
 * Read from what GDB prints for people.  What is missing or looks otherwise is
 * left out; a thread that runs has no registers, and is only counted.
 */
#ifndef PLUGIN_TOLD_H
#define PLUGIN_TOLD_H

#include "base/arena.h"
#include "plugin/info.h"
#include "target/remote.h"

/* What GDB is asked for, in this order. */
enum cw_told_part {
	CW_TOLD_MAPPINGS,
	CW_TOLD_AUXV,
	CW_TOLD_REGISTERS,
	CW_TOLD_YMM, /* vector registers, as wide as the machine has them */
	CW_TOLD_XMM,
	CW_TOLD_NUM,
};

/* The command of GDB that prints it, for the inferior of @info; the caller
 * frees it. */
char *cw_told_question(enum cw_told_part part, const struct cw_info *info);

struct cw_told {
	struct cw_remote remote; /* its strings are in the arena */
	struct cw_arena arena;
};

void cw_told_read(const struct cw_info *info,
		  const char *const replies[CW_TOLD_NUM], struct cw_told *ret);
void cw_told_deinit(struct cw_told *told);

#endif

/*
 * Runtime: the Go runtime of a program, and what of it can be read.
 *
 * A program is Go's when it has the build information that Go's linker writes
 * (since 1.18, stripped or not).
 *
 * Not here: what the runtime's structures hold (golang/span.h).
 */
#ifndef GOLANG_RUNTIME_H
#define GOLANG_RUNTIME_H

#include "golang/layout.h"

/* A slice of the runtime's own tables, in bytes. */
struct cw_go_table {
	cw_addr start;
	uint64_t size;
};

/* The runtime's variables that are read. */
enum cw_go_global {
	CW_GO_ALL_GOROUTINES,
	CW_GO_WAIT_REASONS,
	CW_GO_STATS,
	CW_GO_PACER,
	CW_GO_PHASE,
	CW_GO_PROCESSORS,
	CW_GO_FINALIZER_BLOCKS,
	CW_GO_FINALIZER_GOROUTINE,
	CW_GO_CLEANUPS,
	CW_GO_MEMORY_BUCKETS,
	CW_GO_BLOCK_BUCKETS,
	CW_GO_MUTEX_BUCKETS,
	CW_GO_MEMORY_CYCLE,
	CW_GO_MEMORY_RATE,
	CW_GO_NUM_GLOBALS,
};

struct cw_go {
	const struct cw_target *target;
	struct cw_debug *debug;		/* borrowed */
	const struct cw_module *module; /* that holds the runtime */
	char *version;			/* "1.22.12" */
	struct cw_go_layout layout;
	unsigned minor;		  /* 22 */
	cw_addr heap;		  /* runtime.mheap_ */
	cw_addr types, types_end; /* descriptors, abi.Type and on */
	/* Of functions: golang/function.c. */
	cw_addr text, function_data;
	cw_addr variables, variables_end; /* all that are in the program */
	cw_addr rodata; /* masks of stack objects are relative to it */
	struct cw_go_table names, units, files, values, functions, entries;
	/* Globals with pointers, and a bit for each word. */
	cw_addr data, data_end, data_mask, bss, bss_end, bss_mask;
	bool has_plugins; /* modules with globals of their own */
	cw_addr globals[CW_GO_NUM_GLOBALS]; /* or 0 */
	/* Why nothing more can be read, for the user; NULL: all is well. */
	char *problem;
};

bool cw_go_is_program(const struct cw_target *target);

/* NULL: no Go program. */
struct cw_go *cw_go_create(struct cw_target *target, struct cw_debug *debug);
void cw_go_destroy(struct cw_go *go);

#endif

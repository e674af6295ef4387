/*
 * Function: functions of a Go program, by the table that its runtime needs for
 * tracebacks and collections (pclntab).  Stripping leaves it.
 *
 * Not here: debug info's functions and their variables (dwarf/scope.h).
 */
#ifndef GOLANG_FUNCTION_H
#define GOLANG_FUNCTION_H

#include "golang/runtime.h"

enum cw_go_function_flag {
	CW_GO_FUNCTION_TOP = 1 << 0, /* nothing called it */
};

struct cw_go_function {
	cw_addr entry;
	const char *name; /* borrowed from the target */
	/* Private: offsets into tables, and of the record itself. */
	uint32_t frame_sizes, lines, files, unit;
	uint8_t flags;
};

/* The function that holds @pc; false: it is no code of Go's. */
bool cw_go_function_at(const struct cw_go *go, cw_addr pc,
		       struct cw_go_function *ret);

/* Bytes from the stack pointer to the return address at @pc; false: the table
 * is damaged. */
bool cw_go_frame_size(const struct cw_go *go,
		      const struct cw_go_function *function, cw_addr pc,
		      uint64_t *ret);

/* Source file, borrowed from the target, and line; false: unknown. */
bool cw_go_line_at(const struct cw_go *go,
		   const struct cw_go_function *function, cw_addr pc,
		   const char **ret_file, uint32_t *ret_line);

#endif

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
	/* It sets the stack pointer: who called it cannot be seen. */
	CW_GO_FUNCTION_SWITCHES_STACK = 1 << 1,
};

/* Numbers that a function has for each place of its code. */
enum cw_go_place_value {
	CW_GO_STACK_MAP_INDEX = 1,
	CW_GO_INLINE_INDEX = 2,
};

/* What it has besides, for all of its code. */
enum cw_go_function_data {
	CW_GO_ARGUMENT_MAPS = 0,
	CW_GO_LOCAL_MAPS = 1,
	CW_GO_STACK_OBJECTS = 2,
	CW_GO_INLINE_TREE = 3,
};

/* Of arguments: what the caller gave is not said here. */
#define CW_GO_UNKNOWN_SIZE INT32_MIN

struct cw_go_function {
	cw_addr entry;
	const char *name;	/* borrowed from the target */
	int32_t arguments_size; /* and results, as far as in memory */
	/* Of its call of deferred functions from entry on, or 0. */
	uint32_t deferred;
	uint8_t flags;
	uint8_t id; /* of the few that the runtime has to know; or 0 */
	/* Private: offsets into tables, and of the record itself. */
	uint32_t frame_sizes, lines, files, unit, tables;
	uint32_t num_values;
	uint8_t num_data;
};

/* The function that holds @pc; false: it is no code of Go's. */
bool cw_go_function_at(const struct cw_go *go, cw_addr pc,
		       struct cw_go_function *ret);

/* The same, and where the next one begins. */
bool cw_go_function_with_end(const struct cw_go *go, cw_addr pc,
			     struct cw_go_function *ret, cw_addr *ret_end);

/* Their number, and those before it by number, sorted by entry; *ret_end is
 * where the next one begins.  False: the table is damaged. */
uint64_t cw_go_num_functions(const struct cw_go *go);
bool cw_go_function_number(const struct cw_go *go, uint64_t number,
			   struct cw_go_function *ret, cw_addr *ret_end);

/* Bytes from the stack pointer to the return address at @pc; false: the table
 * is damaged. */
bool cw_go_frame_size(const struct cw_go *go,
		      const struct cw_go_function *function, cw_addr pc,
		      uint64_t *ret);

/* The function's number for @pc; -1: it has none there. */
int32_t cw_go_place_value(const struct cw_go *go,
			  const struct cw_go_function *function,
			  enum cw_go_place_value which, cw_addr pc);

/* Where that is; 0: the function has none. */
cw_addr cw_go_function_data(const struct cw_go *go,
			    const struct cw_go_function *function,
			    enum cw_go_function_data which);

/*
 * A call that the compiler replaced by the function's code.  @number is that of
 * the place (CW_GO_INLINE_INDEX); what it was called from is another such
 * place.  False: the table is damaged.
 */
struct cw_go_inlined {
	const char *name; /* borrowed from the target */
	cw_addr caller;	  /* a place of the call */
	uint8_t id;
};

bool cw_go_inlined_at(const struct cw_go *go,
		      const struct cw_go_function *function, int32_t number,
		      struct cw_go_inlined *ret);

/* Whether the compiler wrote the function, to call another: a method by way of
 * an interface, a go statement with arguments. */
bool cw_go_is_wrapper(const struct cw_go *go, uint8_t id);

/* Source file, borrowed from the target, and line; false: unknown. */
bool cw_go_line_at(const struct cw_go *go,
		   const struct cw_go_function *function, cw_addr pc,
		   const char **ret_file, uint32_t *ret_line);

#endif

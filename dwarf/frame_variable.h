/*
 * Frame variable: the parameters and locals that live in a frame of a stack,
 * and where each is.
 *
 * Those of all scopes that hold the frame's pc are given, inlined calls'
 * too, innermost first.  A value may be in several pieces; a piece that is
 * nowhere, or that cannot be computed from what the target has, is unknown,
 * which is not zero.
 *
 * Not here: what a function has elsewhere than at the pc (dwarf/scope.h).
 */
#ifndef DWARF_FRAME_VARIABLE_H
#define DWARF_FRAME_VARIABLE_H

#include "dwarf/expression.h"
#include "dwarf/scope.h"
#include "dwarf/unwind.h"

struct cw_frame_variable {
	const struct cw_function *function;
	const struct cw_local *local;
	struct cw_place place;
	/* The whole is in memory at one address; or 0. */
	cw_addr address;
};

/* Which frame, and what its expressions may refer to. */
struct cw_frame_site {
	struct cw_debug *debug;
	const struct cw_target *target;
	const struct cw_stack *stack;
	size_t frame; /* index in the stack */
	/* Where @offset of @module's storage is; false: unknown.  May be
	 * NULL. */
	bool (*tls_address)(void *context, const struct cw_module *module,
			    uint64_t offset, cw_addr *ret);
	void *context;
};

/* Calls @visit for each; the variable is valid during the call. */
struct cw_error *cw_frame_variables(
	const struct cw_frame_site *site,
	void (*visit)(void *context, const struct cw_frame_variable *variable),
	void *context) cw_must_check;

/*
 * The bytes of the variable, @size of them (its type's) into @ret, and into
 * @ret_known for each byte 1 or 0: it is unknown and written as 0.  Returns
 * how many are known.
 */
uint64_t cw_frame_variable_bytes(const struct cw_frame_site *site,
				 const struct cw_frame_variable *variable,
				 unsigned char *ret, unsigned char *ret_known,
				 uint64_t size);

/* One call as a person counts them: several may share a frame. */
struct cw_frame_call {
	const char *name; /* or NULL */
	const char *file; /* where it is at, or NULL */
	unsigned line;
	bool is_inlined;
};

/*
 * The calls of the frame, innermost first; the last one is not inlined.
 * Writes at most @max and returns how many.
 */
size_t cw_frame_calls(const struct cw_frame_site *site,
		      struct cw_frame_call *ret, size_t max);

#endif

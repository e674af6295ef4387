/*
 * Scope: functions as their debug info describes them: their code, what they
 * take and give, and the variables that live in them.
 *
 * A function is flat: scopes[0] is the function itself, the others are the
 * blocks within it and the calls that the compiler inlined, parents before
 * children; a local belongs to one of them.  All addresses are those of the
 * target.
 *
 * Where a local lives is said by expressions, each for a range of addresses:
 * outside of all of them it is nowhere (optimised out).  The order of the
 * parameters is the one that was declared; which register holds one when the
 * function is entered, only its location at @entry says (clones of gcc such as
 * "f.isra.0" lack some, and shift others).
 *
 * Not here: what lives in a frame of a stack (dwarf/frame_variable.h), where
 * variables with static storage are (dwarf/debug.h), functions as who reads
 * their code needs them (dwarf/outline.h).
 */
#ifndef DWARF_SCOPE_H
#define DWARF_SCOPE_H

#include "dwarf/arithmetic.h"
#include "dwarf/debug.h"

struct cw_code_range {
	cw_addr start, end;
};

/* Where a local is while the pc is in [start, end). */
struct cw_local_place {
	cw_addr start, end;
	const unsigned char *expression; /* in the file */
	uint32_t size;			 /* bytes; 0: nowhere */
};

struct cw_local {
	const char *name; /* NULL: it has none */
	const struct cw_type *type;
	uint32_t scope; /* number of its scope */
	uint32_t order; /* of a parameter: among those of its scope */
	bool is_parameter;
	bool is_artificial; /* "this" */
	uint32_t num_places;
	const struct cw_local_place *places;
	/* It is these bytes everywhere, and has no places; or NULL. */
	const unsigned char *constant;
	uint32_t constant_size;
};

enum cw_code_scope_kind {
	CW_SCOPE_FUNCTION, /* scope 0, and no other */
	CW_SCOPE_BLOCK,
	CW_SCOPE_INLINED,
};

struct cw_code_scope {
	enum cw_code_scope_kind kind;
	uint32_t parent; /* number; of scope 0: 0 */
	uint32_t num_ranges;
	const struct cw_code_range *ranges; /* in the file's order */
	/* Of a call that was inlined: what was called, and where. */
	const char *name;      /* or NULL */
	const char *call_file; /* or NULL */
	unsigned call_line;    /* 0: not said */
};

/* A parameter of a call: what a register holds for the function called. */
struct cw_call_parameter {
	uint32_t reg; /* DWARF number */
	const unsigned char *value;
	uint32_t size;
};

struct cw_call_site {
	cw_addr return_pc; /* behind the call; of a tail call maybe 0 */
	/* The function called, where the debug info says it: its entry, when
	 * its code is in the same unit, and the name that the linker knows. */
	cw_addr callee;		     /* or 0 */
	const char *callee_name;     /* or NULL */
	const unsigned char *target; /* expression of an indirect call */
	uint32_t target_size;
	bool is_tail;
	uint32_t num_parameters;
	const struct cw_call_parameter *parameters;
};

struct cw_function {
	const char *name;	  /* "ns::f(int)"; NULL: it has none */
	const char *linkage_name; /* or NULL */
	const struct cw_module *module;
	uint64_t unit; /* private, as the next */
	uint32_t file;
	cw_addr entry; /* the first address of the first range */
	/* NULL: it gives nothing back. */
	const struct cw_type *return_type;
	bool is_noreturn;
	bool is_variadic;		 /* "..." behind the parameters */
	bool is_prototyped;		 /* false only for f() of old C */
	const unsigned char *frame_base; /* expression, or NULL */
	uint32_t frame_base_size;
	uint32_t num_scopes, num_locals, num_call_sites;
	const struct cw_code_scope *scopes;
	const struct cw_local *locals; /* sorted by scope, then as declared */
	const struct cw_call_site *call_sites; /* sorted by return_pc */
};

/*
 * The function whose ranges hold @address, read on first use and kept; owned
 * by @debug.  Absent: NULL.
 */
struct cw_error *
cw_debug_function_at(struct cw_debug *debug, cw_addr address,
		     const struct cw_function **ret) cw_must_check;

/*
 * Calls @visit for each function of @module that has code, unit by unit; of
 * those that begin at one address, as inline ones of C++ do that every unit
 * has, for the first only.  @has_files: with the files that calls which were
 * inlined are in, which take time.  What it is given is valid only during the
 * call: its types, names and expressions stay, the function and its arrays do
 * not.  What @visit returns ends the walk and is returned.
 */
struct cw_error *cw_debug_functions(
	struct cw_debug *debug, struct cw_module *module, bool has_files,
	struct cw_error *(*visit)(void *context, const struct cw_function *),
	void *context) cw_must_check;

/* What a call of a function takes and gives, as declared. */
struct cw_prototype {
	const struct cw_type *return_type; /* NULL: nothing */
	uint32_t num_parameters;
	const struct cw_type *const *parameters;
	bool is_variadic, is_noreturn, is_prototyped;
};

/*
 * The prototype of the function that begins at @address; by a declaration of
 * its symbol in any module with debug info when its own module has none.
 * Absent: NULL.
 */
struct cw_error *
cw_debug_prototype_at(struct cw_debug *debug, cw_addr address,
		      const struct cw_prototype **ret) cw_must_check;

/*
 * The same by the name that the linker knows ("memcpy", "_ZN3fooEv"), which
 * may have no code in any module; @module is asked first.
 */
struct cw_error *
cw_debug_prototype_named(struct cw_debug *debug, const struct cw_module *module,
			 const char *name,
			 const struct cw_prototype **ret) cw_must_check;

/*
 * What DW_OP_addrx and DW_OP_constx @index of the function's expressions stand
 * for: an address without the module's bias.  False: there is none.
 */
bool cw_function_indexed_address(struct cw_debug *debug,
				 const struct cw_function *function,
				 uint64_t index, uint64_t *ret);

/* The base type of the DIE at @offset in the function's unit.  False: numbers
 * of it are unknown. */
bool cw_function_scalar_type(struct cw_debug *debug,
			     const struct cw_function *function,
			     uint64_t offset, struct cw_scalar_type *ret);

/* The same, but only what @module's debug info declares. */
struct cw_error *
cw_debug_prototype_in(struct cw_debug *debug, const struct cw_module *module,
		      const char *name,
		      const struct cw_prototype **ret) cw_must_check;

/*
 * The name of the function that a person sees @local in: the one that was
 * inlined, where it was.  NULL: it has none.
 */
const char *cw_local_function(const struct cw_function *function,
			      const struct cw_local *local);

/* The place of @local at @pc, or NULL: it has none there. */
const struct cw_local_place *cw_local_place_at(const struct cw_local *local,
					       cw_addr pc);

/*
 * The scopes of @function that hold @pc, innermost first, scope 0 last.
 * Writes at most @max and returns how many.
 */
size_t cw_function_scopes_at(const struct cw_function *function, cw_addr pc,
			     uint32_t *ret, size_t max);

#endif

/*
 * Routine: a function as reading its code needs it: where its code is, where
 * its pointer variables live, and what it takes and gives.
 *
 * Routines of all modules are in flat arrays.
 *
 * Not here: functions as the debug info describes them (dwarf/outline.h), those
 * that are called and have no debug info (code/callee.h).
 */
#ifndef CODE_ROUTINE_H
#define CODE_ROUTINE_H

#include "base/array.h"
#include "base/map.h"
#include "code/word.h"
#include "dwarf/outline.h"

enum {
	/* Registers that bring parameters: rdi, rsi, rdx, rcx, r8, r9. */
	CW_NUM_ARGUMENTS = 6,
};

extern const uint8_t cw_argument_registers[CW_NUM_ARGUMENTS];

enum cw_home_kind {
	CW_HOME_REGISTER, /* the variable is the register */
	CW_HOME_SUM,	  /* it is the register and offset more */
	CW_HOME_FRAME,	  /* it lies in memory at CFA + offset */
	CW_HOME_BASED,	  /* it lies in memory at register + offset */
	CW_HOME_STATIC,	  /* it lies in memory at address */
};

/* Where a variable lives at [start, end). */
struct cw_home {
	cw_addr start, end;
	uint8_t kind;
	uint8_t reg;
	bool is_object; /* the type itself is there, not a pointer to it */
	int32_t offset;
	cw_addr address;
	const struct cw_type *type; /* what it points to, stripped */
};

/* What a function takes and gives; types are stripped. */
struct cw_signature {
	/* By register; what it points to, NULL: it is no pointer. */
	const struct cw_type *parameters[CW_NUM_ARGUMENTS];
	const struct cw_type *result; /* NULL: no pointer */
	bool is_noreturn;
};

struct cw_routine {
	cw_addr entry;
	uint32_t first_range, num_ranges;
	uint32_t first_home, num_homes; /* sorted by start */
	struct cw_signature signature;
};

struct cw_routines {
	CW_ARRAY(struct cw_routine) all;
	CW_ARRAY(struct cw_code_range) ranges;
	CW_ARRAY(struct cw_home) homes;
	struct cw_map by_entry;
	uint64_t code_size; /* bytes, all of them */
	/* Private: room that is used again. */
	CW_ARRAY(uint64_t) order;
	CW_ARRAY(struct cw_home) sorted;
};

void cw_routines_init(struct cw_routines *routines);
void cw_routines_deinit(struct cw_routines *routines);

/* Adds the functions of a module. */
struct cw_error *cw_routines_add(struct cw_routines *routines,
				 struct cw_debug *debug,
				 struct cw_module *module) cw_must_check;

/* The routine that begins there, or NULL. */
const struct cw_routine *cw_routine_at(const struct cw_routines *routines,
				       cw_addr entry);

/*
 * Gives each parameter the register that brings it by the ABI, in the order of
 * the declaration; stops at one that the ABI's rules are too long for.
 */
void cw_signature_read(const struct cw_type *const *parameters, size_t num,
		       const struct cw_type *result, struct cw_signature *ret);

#endif

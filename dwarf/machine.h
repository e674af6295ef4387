/*
 * Machine: the stack of a DWARF expression at work, and its next operands.
 *
 * What is not there makes a function false, and the outcome unknown.
 *
 * Not here: the operations (dwarf/expression.h).
 */
#ifndef DWARF_MACHINE_H
#define DWARF_MACHINE_H

#include "dwarf/expression.h"

enum {
	CW_MACHINE_STACK = 64,
};

/* An expression at work. */
struct cw_machine {
	const struct cw_expression_context *context;
	const unsigned char *start, *at, *end;
	struct cw_scalar stack[CW_MACHINE_STACK];
	unsigned depth;
	/* What the operations so far describe, until a piece ends it. */
	enum cw_piece_kind kind;
	uint64_t reg;
	const unsigned char *bytes;
	uint64_t bytes_size;
};

/* What comes next of the expression. */
bool cw_machine_take(struct cw_machine *machine, size_t size,
		     const unsigned char **ret);
bool cw_machine_take_fixed(struct cw_machine *machine, unsigned size,
			   bool is_signed, uint64_t *ret);
bool cw_machine_take_leb(struct cw_machine *machine, bool is_signed,
			 uint64_t *ret);
/* To another place of it, @distance bytes on or back. */
bool cw_machine_jump(struct cw_machine *machine, uint64_t distance);

bool cw_machine_push_scalar(struct cw_machine *machine,
			    struct cw_scalar scalar);
bool cw_machine_pop_scalar(struct cw_machine *machine, struct cw_scalar *ret);

/* Addresses, and other integers. */
bool cw_machine_push(struct cw_machine *machine, uint64_t value);
bool cw_machine_pop(struct cw_machine *machine, uint64_t *ret);
bool cw_machine_push_register(struct cw_machine *machine, uint64_t reg,
			      uint64_t offset);
/* Replaces an address by what is there, 1 to 8 bytes. */
bool cw_machine_dereference(struct cw_machine *machine, unsigned size);

#endif

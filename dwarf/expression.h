/*
 * Expression: where a DWARF expression says that a value is.
 *
 * A value may be in several pieces; a piece that is nowhere (optimised out,
 * or not to be computed from what the target still has) is unknown, which is
 * not zero.
 *
 * Expressions are input: the stack is bounded, so are the steps, and what is
 * not understood makes the outcome unknown, never an error.
 */
#ifndef DWARF_EXPRESSION_H
#define DWARF_EXPRESSION_H

#include "dwarf/arithmetic.h"
#include "dwarf/frame.h"

enum cw_piece_kind {
	CW_PIECE_UNKNOWN,
	CW_PIECE_MEMORY,   /* at address value */
	CW_PIECE_REGISTER, /* in DWARF register number value */
	CW_PIECE_VALUE,	   /* it is value itself */
	CW_PIECE_BYTES,	   /* it is bytes itself, size of them */
};

struct cw_place_piece {
	enum cw_piece_kind kind;
	uint64_t value;
	const unsigned char *bytes; /* borrowed from the expression */
	uint64_t size;		    /* bytes; 0: all of the value */
};

enum {
	CW_MAX_PIECES = 32,
};

struct cw_place {
	unsigned num_pieces; /* at least 1 after an evaluation */
	struct cw_place_piece pieces[CW_MAX_PIECES];
};

/* What an expression may refer to; what is missing makes it unknown. */
struct cw_expression_context {
	const struct cw_target *target;
	const struct cw_frame *frame; /* registers; or NULL */
	bool has_frame_base;
	cw_addr frame_base; /* of DW_OP_fbreg */
	cw_addr bias;	    /* of the module, for DW_OP_addr */
	/* Address behind DW_OP_addrx and constant behind DW_OP_constx,
	 * without the bias; false: unknown.  May be NULL. */
	bool (*indexed_address)(void *context, uint64_t number, uint64_t *ret);
	/* Address of a thread-local at @offset in the module's storage. */
	bool (*tls_address)(void *context, uint64_t offset, cw_addr *ret);
	/* What the first 8 bytes of a register were when the frame's function
	 * was entered; false: unknown.  May be NULL. */
	bool (*entry_value)(void *context, uint64_t reg, uint64_t *ret);
	/* The base type of the DIE at @offset in the unit; false: numbers of it
	 * are unknown.  May be NULL. */
	bool (*scalar_type)(void *context, uint64_t offset,
			    struct cw_scalar_type *ret);
	void *context; /* of all */
	/* Pushed first, as CFI expressions want it. */
	bool has_initial;
	uint64_t initial;
};

void cw_expression_evaluate(const unsigned char *expression, size_t size,
			    const struct cw_expression_context *context,
			    struct cw_place *ret);

/*
 * As above for an expression that computes an address or number, such as those
 * of CFI: false when it is unknown.
 */
bool cw_expression_compute(const unsigned char *expression, size_t size,
			   const struct cw_expression_context *context,
			   uint64_t *ret);

#endif

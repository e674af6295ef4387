/*
 * Arithmetic: what the operations of DWARF expressions make of numbers.
 *
 * A number has a type: the generic one, or a base type of the unit.  The value
 * of an integer is kept as 64 bits, extended as its type says; of a floating
 * point number its own bits are kept.  Numbers wider than 8 bytes are unknown.
 */
#ifndef DWARF_ARITHMETIC_H
#define DWARF_ARITHMETIC_H

#include <stdbool.h>
#include <stdint.h>

enum cw_scalar_type_kind {
	CW_SCALAR_GENERIC, /* as an address; signed where that matters */
	CW_SCALAR_SIGNED,
	CW_SCALAR_UNSIGNED,
	CW_SCALAR_REAL,
};

struct cw_scalar_type {
	enum cw_scalar_type_kind kind;
	unsigned size; /* bytes: 1, 2, 4 or 8; 4 or 8 when real */
};

/* DW_AT_encoding and the size of a base type.  False: numbers of it are
 * unknown. */
bool cw_scalar_type_make(uint64_t encoding, uint64_t size,
			 struct cw_scalar_type *ret);

struct cw_scalar {
	struct cw_scalar_type type;
	uint64_t value;
};

static inline struct cw_scalar cw_scalar_generic(uint64_t value)
{
	return (struct cw_scalar){{CW_SCALAR_GENERIC, 8}, value};
}

/* The number whose first bytes are in @bits, as a little-endian machine has
 * them. */
struct cw_scalar cw_scalar_of_bits(struct cw_scalar_type type, uint64_t bits);

/* False: the new type cannot hold it. */
bool cw_scalar_convert(struct cw_scalar number, struct cw_scalar_type type,
		       struct cw_scalar *ret);

/* DW_OP_abs, DW_OP_neg, DW_OP_not.  False: @op is no such operation of it. */
bool cw_scalar_change(unsigned char op, struct cw_scalar number,
		      struct cw_scalar *ret);

/*
 * @a is what was pushed first.  False: @op is no such operation, or has no
 * result (a division by 0, types that differ).
 */
bool cw_scalar_combine(unsigned char op, struct cw_scalar a, struct cw_scalar b,
		       struct cw_scalar *ret);

#endif

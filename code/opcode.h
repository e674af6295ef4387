/*
 * Opcode: which operands an instruction of x86-64 has, and what becomes of
 * them, for those that compilers mostly make.
 *
 * Intel SDM volume 2, appendix A: the maps of one byte and of 0f.  Operands are
 * named in the order in which they are written:
 *
 *	R	register that ModRM's middle names
 *	E	register or memory that the rest of ModRM names
 *	V, W	the same, but vector registers
 *	O	register that the opcode names
 *	A, C	rax, cl
 *	I, B, N	number of 4 bytes, of 1, of as many as the register
 *	b, 1	number of 1 byte that is no word, the number 1
 *	J, j	where to jump: 4 bytes, 1 byte
 *
 * For this folder only.
 */
#ifndef CODE_OPCODE_H
#define CODE_OPCODE_H

#include "code/instruction.h"

/* Flags. */
enum {
	CW_OPCODE_BYTE = 1,	   /* operands are bytes */
	CW_OPCODE_WIDE = 2,	   /* operands are 8 bytes without REX.W */
	CW_OPCODE_WRITES = 4,	   /* the first operand */
	CW_OPCODE_REPLACES = 8,	   /* ... without reading it */
	CW_OPCODE_CLEARS = 16,	   /* ... when both are the same register */
	CW_OPCODE_BYTE_FROM = 32,  /* the second operand is one byte */
	CW_OPCODE_SHORT_FROM = 64, /* two */
	CW_OPCODE_LONG_FROM = 96,  /* four */
	CW_OPCODE_FROM_MASK = 96,
	CW_OPCODE_WRITES_BOTH = 128,
};

/* Prefixes that are part of an opcode. */
enum {
	CW_OPCODE_PLAIN = 1, /* there is none */
	CW_OPCODE_66 = 2,
	CW_OPCODE_F3 = 4,
	CW_OPCODE_F2 = 8,
};

struct cw_opcode {
	bool is_known;
	char operands[2];
	uint8_t kind; /* enum cw_instruction_kind; _TEST: any comparison */
	uint8_t flags;
	uint8_t group;	  /* not 0: it is one of cw_opcode_in_group() */
	uint8_t prefixes; /* of which it has one; 0: it is no part of it */
	uint8_t extra;	  /* bytes of a third operand, which is a number */
	uint16_t implied; /* registers that are written without a name */
};

extern const struct cw_opcode cw_opcodes[256];
extern const struct cw_opcode cw_opcodes_of_0f[256];

/* The one that @middle, of ModRM, makes of @opcode. */
const struct cw_opcode *cw_opcode_in_group(const struct cw_opcode *opcode,
					   unsigned middle);

#endif

/*
 * Instruction: one instruction of x86-64, as far as it moves words about.
 *
 * Registers are numbered as DWARF numbers them (dwarf/frame.h), rax 0 to r15
 * 15; parts of one (eax, al, ah) count as the whole.  Vector registers are not
 * looked at: an instruction that moves one is CW_INSTRUCTION_OTHER.
 *
 * What is common is decoded here (code/encoding.h), the rest by capstone, whose
 * only user this is.
 */
#ifndef CODE_INSTRUCTION_H
#define CODE_INSTRUCTION_H

#include "base/error.h"
#include "target/segment.h"

enum {
	CW_NUM_REGISTERS = 16,
	CW_NO_REGISTER = 0xff,
};

enum cw_instruction_kind {
	CW_INSTRUCTION_OTHER,	   /* only what it writes is known */
	CW_INSTRUCTION_MOVE,	   /* operands[0] = operands[1] */
	CW_INSTRUCTION_MAYBE_MOVE, /* the same, on a condition */
	CW_INSTRUCTION_ADDRESS,	   /* operands[0] = address of operands[1] */
	CW_INSTRUCTION_ADD,	   /* operands[0] += operands[1] */
	CW_INSTRUCTION_SUBTRACT,   /* operands[0] -= operands[1] */
	CW_INSTRUCTION_MASK,	   /* operands[0] &= operands[1] */
	CW_INSTRUCTION_TEST,	   /* is the register operands[0] zero? */
	CW_INSTRUCTION_PUSH,	   /* operands[0] */
	CW_INSTRUCTION_POP,	   /* operands[0] */
	CW_INSTRUCTION_LEAVE,	   /* rsp = rbp, pop rbp */
	CW_INSTRUCTION_CALL,	   /* operands[0] */
	CW_INSTRUCTION_JUMP,	   /* operands[0] */
	CW_INSTRUCTION_BRANCH,	   /* operands[0], on a condition */
	CW_INSTRUCTION_RETURN,
	CW_INSTRUCTION_STOP,	/* nothing follows: ud2, hlt */
	CW_INSTRUCTION_STRANGE, /* where it leads cannot be seen: int, xbegin */
};

enum cw_operand_kind {
	CW_OPERAND_NONE,
	CW_OPERAND_REGISTER,
	CW_OPERAND_NUMBER, /* of a call or jump: where to */
	CW_OPERAND_MEMORY, /* [base + index * scale + number] */
	CW_OPERAND_THREAD, /* memory relative to %fs or %gs */
	CW_OPERAND_OTHER,  /* vector registers and the like */
};

/* What a branch is taken for, as far as it is looked at. */
enum cw_condition {
	CW_CONDITION_OTHER,
	CW_CONDITION_ZERO,
	CW_CONDITION_NOT_ZERO,
};

struct cw_operand {
	uint8_t kind;
	uint8_t size; /* bytes; of CW_INSTRUCTION_OTHER not to be relied on */
	uint8_t base; /* or the register; CW_NO_REGISTER: none */
	uint8_t index;
	uint8_t scale;
	/* Of rip-relative memory, which then has no base: the address. */
	int64_t number;
};

struct cw_instruction {
	cw_addr address;
	uint8_t size; /* bytes */
	uint8_t kind;
	uint8_t condition;  /* of a branch */
	bool is_comparison; /* writes nothing but flags */
	/* Bits by register. */
	uint16_t written;   /* of a call: not what it clobbers */
	uint16_t mentioned; /* read, written or in an address; unnamed too */
	/* Written whole by a plain move, address, pop, extension or "xor r, r",
	 * without being read. */
	uint16_t replaced;
	struct cw_operand operands[2];
};

struct cw_decoder;

struct cw_error *cw_decoder_create(struct cw_decoder **ret) cw_must_check;
void cw_decoder_destroy(struct cw_decoder *decoder);

/*
 * Decodes the instruction at @bytes, of which there are @size, that lies at
 * @address.  False: there is none.
 */
bool cw_decoder_read(struct cw_decoder *decoder, const unsigned char *bytes,
		     size_t size, cw_addr address, struct cw_instruction *ret);

/* The same by capstone alone. */
bool cw_decoder_ask(struct cw_decoder *decoder, const unsigned char *bytes,
		    size_t size, cw_addr address, struct cw_instruction *ret);

#endif

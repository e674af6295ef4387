#include "code/twice.h"

#include "dwarf/frame.h"

enum {
	MOST_INSTRUCTIONS = 32,
	MOST_INSTRUCTION_BYTES = 15,
	MOST_JUMPS = 4, /* a stub's, and one function into another */
	NUM_STORED = 4, /* of rbx, r12 to r15 */
};

#define KEPT 0xf008

/* Where a call or jump leads; 0: that is not known. */
static cw_addr destination(const struct cw_target *target,
			   const struct cw_instruction *instruction)
{
	const struct cw_operand *to = &instruction->operands[0];
	cw_addr address = 0;

	if (to->kind == CW_OPERAND_NUMBER)
		return to->number;
	if (to->kind == CW_OPERAND_MEMORY && to->base == CW_NO_REGISTER &&
	    to->index == CW_NO_REGISTER)
		cw_target_read_word(target, to->number, &address);
	return address;
}

/* The register of those that it stores where rdi points to; or 0. */
static uint16_t stored_by(const struct cw_instruction *instruction)
{
	const struct cw_operand *to = &instruction->operands[0];
	const struct cw_operand *from = &instruction->operands[1];

	if (instruction->kind != CW_INSTRUCTION_MOVE ||
	    to->kind != CW_OPERAND_MEMORY || to->base != CW_FRAME_RDI ||
	    from->kind != CW_OPERAND_REGISTER)
		return 0;
	return KEPT & (1u << from->base);
}

bool cw_returns_twice(const struct cw_target *target,
		      struct cw_decoder *decoder,
		      const struct cw_instruction *call)
{
	cw_addr at = destination(target, call);
	unsigned num_jumps = 0;
	uint16_t stored = 0;

	for (unsigned i = 0; i < MOST_INSTRUCTIONS && at; i++) {
		struct cw_instruction found;
		const void *bytes =
			cw_target_bytes(target, at, MOST_INSTRUCTION_BYTES);

		if (!bytes ||
		    !cw_decoder_read(decoder, bytes, MOST_INSTRUCTION_BYTES, at,
				     &found))
			return false;
		stored |= stored_by(&found);
		if (__builtin_popcount(stored) >= NUM_STORED)
			return true;
		at += found.size;
		if (found.kind == CW_INSTRUCTION_JUMP) {
			if (++num_jumps > MOST_JUMPS)
				return false;
			at = destination(target, &found);
		} else if (found.kind == CW_INSTRUCTION_RETURN ||
			   found.kind == CW_INSTRUCTION_CALL) {
			return false;
		}
	}
	return false;
}

/*
 * Ahead: what the code of a function does with its registers, and with the
 * words of its frame, from one address on, up to its return.
 *
 * Every path is walked: both sides of branches, cold parts that are functions
 * of their own by the unwind rules, all landing pads; an indirect jump goes
 * everywhere in the function.  A call keeps the callee-saved registers and may
 * read all others.  Where the code cannot be followed (no unwind rules, more
 * than 64 KiB, not decoded, a return that the rules do not agree with,
 * retpolines, calls of setjmp() and its like) nothing is known.
 *
 * Not here: whose registers these are, and where their values are kept
 * (code/liveness.h).
 */
#ifndef CODE_AHEAD_H
#define CODE_AHEAD_H

#include "code/instruction.h"
#include "dwarf/cfi.h"

/* Bits by register, as DWARF numbers them. */
struct cw_ahead {
	/* Nothing can be said: take all registers for read. */
	bool is_unknown;
	uint16_t read; /* on some path before it is written */
	/* Not written on some path to a return: the caller may read them. */
	uint16_t passed;
	bool returns; /* some path ends in a return or a tail call */
};

/* rbx, rbp, r12 to r15: what a function keeps for its caller. */
#define CW_PRESERVED_REGISTERS 0xf048

/*
 * From @pc on; @row are the rules of the function, at the call before @pc or at
 * @pc itself.
 */
void cw_ahead_read(struct cw_debug *debug, struct cw_decoder *decoder,
		   cw_addr pc, const struct cw_cfi_row *row,
		   struct cw_ahead *ret);

/*
 * The words of the frame, by the numbers of code/frame_use.h, that are not read
 * from @pc on before they are written.  Only those that the function itself
 * loads somewhere, and none where any address in the frame gets elsewhere.
 */
uint64_t cw_ahead_dead_words(struct cw_debug *debug, struct cw_decoder *decoder,
			     cw_addr pc, const struct cw_cfi_row *row);

#endif

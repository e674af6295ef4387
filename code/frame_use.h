/*
 * Frame use: what an instruction does with the words of its function's frame,
 * by where the unwind rules say that rsp and rbp point.
 *
 * A frame's word has a number: 0 is the word at CFA - 16, below the return
 * address, and each next one lies 8 bytes lower.  Only the first 64 are told
 * of.
 *
 * Not here: in which order instructions are run (code/ahead.h).
 */
#ifndef CODE_FRAME_USE_H
#define CODE_FRAME_USE_H

#include "code/instruction.h"
#include "dwarf/cfi.h"

/* Bits by the word's number. */
struct cw_frame_use {
	uint64_t read;	  /* or part of it written */
	uint64_t written; /* whole */
	/* Read by an instruction that is known to read just that: so the word
	 * is the function's own, and no argument of a call that it makes. */
	uint64_t loaded;
};

/* The bit of the word at CFA + @offset; 0: it has none. */
uint64_t cw_frame_word_bit(int64_t offset);

/*
 * @row are the rules at the instruction, @next those behind it; NULL: not
 * known.  False: an address in the frame gets elsewhere, or it cannot be told
 * which words are meant, or the rules do not follow what the instruction does.
 */
bool cw_frame_use_read(const struct cw_instruction *instruction,
		       const struct cw_cfi_row *row,
		       const struct cw_cfi_row *next, struct cw_frame_use *ret);

#endif

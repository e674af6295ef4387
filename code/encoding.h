/*
 * Encoding: the instructions of x86-64 that compilers mostly make, decoded by
 * tables (code/opcode.h).
 *
 * What is told of one is exactly what the disassembler would tell, but for the
 * size of operands that CW_INSTRUCTION_OTHER has.  What is not in the tables is
 * left to it: they hold what is common, not what is possible.
 *
 * For this folder only.
 */
#ifndef CODE_ENCODING_H
#define CODE_ENCODING_H

#include "code/instruction.h"

/* Fills @ret; false: not known here, and @ret is undefined. */
bool cw_encoding_read(const unsigned char *bytes, size_t size, cw_addr address,
		      struct cw_instruction *ret);

#endif

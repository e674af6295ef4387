/*
 * Arithmetic: what the operations of DWARF expressions make of two numbers.
 */
#ifndef DWARF_ARITHMETIC_H
#define DWARF_ARITHMETIC_H

#include <stdbool.h>
#include <stdint.h>

/*
 * @a is what was pushed first.  False: @op is no such operation, or has no
 * result (a division by 0).
 */
bool cw_arithmetic(unsigned char op, uint64_t a, uint64_t b, uint64_t *ret);

#endif

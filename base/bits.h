/*
 * Bits: bitmaps of 64-bit words.
 */
#ifndef BASE_BITS_H
#define BASE_BITS_H

#include <stdbool.h>
#include <stdint.h>

static inline bool cw_bit_test(const uint64_t *bits, uint64_t i)
{
	return bits[i >> 6] >> (i & 63) & 1;
}

static inline void cw_bit_set(uint64_t *bits, uint64_t i)
{
	bits[i >> 6] |= UINT64_C(1) << (i & 63);
}

static inline void cw_bit_clear(uint64_t *bits, uint64_t i)
{
	bits[i >> 6] &= ~(UINT64_C(1) << (i & 63));
}

/* Number of words for @num bits. */
static inline uint64_t cw_bits_words(uint64_t num)
{
	return (num + 63) >> 6;
}

#endif

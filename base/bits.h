/*
 * Bits: bitmaps of 64-bit words.
 */
#ifndef BASE_BITS_H
#define BASE_BITS_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

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

/* Bits that are set.  Without an instruction for it, that of the compiler is a
 * call. */
static inline unsigned cw_bits_count(uint64_t word)
{
	word -= word >> 1 & 0x5555555555555555;
	word = (word & 0x3333333333333333) + (word >> 2 & 0x3333333333333333);
	word = (word + (word >> 4)) & 0x0f0f0f0f0f0f0f0f;
	return word * 0x0101010101010101 >> 56;
}

/* Number of words for @num bits. */
static inline uint64_t cw_bits_words(uint64_t num)
{
	return (num + 63) >> 6;
}

/* Sets @num bits from @at on. */
static inline void cw_bits_fill(uint64_t *bits, uint64_t at, uint64_t num)
{
	while (num > 0) {
		unsigned first = at & 63;
		uint64_t here = 64 - first < num ? 64 - first : num;

		bits[at >> 6] |= UINT64_MAX >> (64 - here) << first;
		at += here;
		num -= here;
	}
}

/*
 * Sets the bits from @at on that are set in @from: @num of them, in bytes with
 * the lowest bit first.
 */
static inline void cw_bits_merge(uint64_t *bits, uint64_t at,
				 const unsigned char *from, uint64_t num)
{
	for (uint64_t i = 0; i < num; i += 64) {
		uint64_t left = num - i, some = 0;
		unsigned shift = (at + i) & 63;

		if (left >= 64) {
			memcpy(&some, from + i / 8, sizeof(some));
		} else {
			memcpy(&some, from + i / 8, (left + 7) / 8);
			some &= (UINT64_C(1) << left) - 1;
		}
		bits[(at + i) >> 6] |= some << shift;
		if (shift && some >> (64 - shift))
			bits[((at + i) >> 6) + 1] |= some >> (64 - shift);
	}
}

#endif

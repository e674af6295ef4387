/*
 * Number words: words of blocks that lead to blocks though their types say
 * that they are numbers (object/number.h).
 *
 * Only blocks count that are filled by a type that is declared, without a
 * rival, and not by a local, which may be stale; of arrays the elements that
 * are known to live, or all where they are floating point numbers.
 *
 * Programs keep pointers in integers.  So an integer member that leads to a
 * block in more than one of 64 objects is a pointer in all of them, and so is
 * one of which there are too few to say.
 *
 * Not here: numbers in roots (object/weak.h).
 */
#ifndef OBJECT_NUMBER_WORD_H
#define OBJECT_NUMBER_WORD_H

#include "base/bits.h"
#include "object/typing.h"

struct cw_number_words {
	CW_ARRAY(cw_addr) slots; /* sorted */
	/* Bits by granule: the block that begins there has some.  NULL: there
	 * are none at all. */
	uint64_t *holders;
	uint64_t num_granules;
};

struct cw_error *
cw_number_words_find(struct cw_typing *typing, struct cw_progress *progress,
		     struct cw_number_words *ret) cw_must_check;
void cw_number_words_deinit(struct cw_number_words *words);

/* Whether the block that begins at @granule has some; @words may be NULL. */
static inline bool cw_number_words_hold(const struct cw_number_words *words,
					uint64_t granule)
{
	return words && words->holders && cw_bit_test(words->holders, granule);
}

/* How many of them are before @address. */
size_t cw_number_words_before(const struct cw_number_words *words,
			      cw_addr address);

/* Whether the word at @slot is one; @words may be NULL. */
bool cw_number_words_has(const struct cw_number_words *words, cw_addr slot);

#endif

/*
 * Start: a word that leads to where a used block starts.
 *
 * Hardly any number does by accident, so such words say what bytes are of which
 * no type is known, or one is only tried: pointers, or no text, or an object of
 * another type.
 *
 * Not here: words where a type has pointers (object/content.h).
 */
#ifndef OBJECT_START_H
#define OBJECT_START_H

#include "object/typing_private.h"

/* Whether a used block begins at @word. */
bool cw_start_is(const struct cw_block_index *index, uint64_t word);

/* Not pointers, but used as such: small numbers, and -1. */
static inline bool cw_sentinel_is(uint64_t word)
{
	const uint64_t most = 4096;

	return word < most || word >= -most;
}

/* How many words of the first few KB lead to the start of a used block. */
unsigned cw_starts_count(const struct cw_typing *typing,
			 const unsigned char *bytes, uint64_t size);

/*
 * Whether the words are pointers: addresses or null, and the start of a used
 * block among them.  The last may never have been asked for.
 */
bool cw_starts_are_pointers(const struct cw_typing *typing,
			    const unsigned char *bytes, uint64_t size);

/*
 * Words of the object's @size bytes that lead to the start of a used block, or
 * to code, where the type has no pointer: what is there is rather of another
 * type.
 */
unsigned cw_starts_count_strangers(struct cw_typing *typing,
				   const struct cw_type *type, cw_addr address,
				   uint64_t size);

/*
 * Whether several words of the @size bytes at @address lead to the starts of
 * blocks, and all of these are where elements of the flexible end of @layout
 * have pointers, whatever may be behind the last of them.
 */
bool cw_starts_are_in_elements(struct cw_typing *typing,
			       const struct cw_layout *layout, cw_addr address,
			       uint64_t size);

#endif

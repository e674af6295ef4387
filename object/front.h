/*
 * Front: a header that a program's own allocator puts before what it hands out.
 *
 * It is of one or two words, one of which says how many bytes were asked for:
 * with the header, that is the block's size class.  Or it is one word, a link
 * to the next block, so that all can be freed together.  Pointers lead to
 * behind it.  That is so of many blocks, or it is an accident; of links, which
 * lists have as well, objects of several sizes show it.
 *
 * Not here: headers that only the type behind them tells (object/interior.h).
 */
#ifndef OBJECT_FRONT_H
#define OBJECT_FRONT_H

#include "object/typing_private.h"

/* Looks whether the program has such an allocator. */
void cw_fronts_find(struct cw_typing *typing);

/*
 * Whether the block begins with a link to another one that may do so, too, and
 * @address is just behind.
 */
bool cw_front_may_be_link(const struct cw_typing *typing,
			  const struct cw_block *block, cw_addr address);

/* An object of @size is known to be at @address in the block. */
void cw_front_learn(struct cw_typing *typing, const struct cw_block *block,
		    cw_addr address, uint64_t size);

/* Whether what was handed out begins at @address: there is none, or there is
 * one just before. */
bool cw_front_is_start(const struct cw_typing *typing,
		       const struct cw_block *block, cw_addr address);

/* The room behind a @header of the block, which may be a front, or 0. */
struct cw_room cw_front_room(const struct cw_typing *typing,
			     const struct cw_block *block, uint64_t header);

/* Whether the @header is the number of @type's elements behind it, as new[]
 * makes it. */
bool cw_front_is_count(const struct cw_typing *typing,
		       const struct cw_block *block, const struct cw_type *type,
		       uint64_t header);

#endif

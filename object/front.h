/*
 * Front: a header that a program's own allocator puts before what it hands out.
 *
 * It is of one or two words, one of which says how many bytes were asked for:
 * with the header, that is the block's size class.  Pointers lead to behind it.
 * That is so of many blocks, or it is an accident.
 *
 * Not here: headers that only the type behind them tells (object/interior.h).
 */
#ifndef OBJECT_FRONT_H
#define OBJECT_FRONT_H

#include "object/typing_private.h"

/* Looks whether the program has such an allocator. */
void cw_fronts_find(struct cw_typing *typing);

/* Whether what was handed out begins at @address: there is none, or there is
 * one just before. */
bool cw_front_is_start(const struct cw_typing *typing,
		       const struct cw_block *block, cw_addr address);

/* The room behind a @header of the block, which may be a front, or 0. */
struct cw_room cw_front_room(const struct cw_typing *typing,
			     const struct cw_block *block, uint64_t header);

#endif

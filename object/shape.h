/*
 * Shape: blocks that stay without a type, grouped by what they look like.
 *
 * Of one shape are blocks of one size whose words point to the same kinds of
 * things: blocks of one type, code, other memory.  A block some of whose
 * pointers are null is of the shape in which they are not.  Of a large block
 * the first words count.
 *
 * Shapes of several blocks are numbered from 1, most bytes first.
 *
 * Not here: what is lost, grouped by who points to whom (object/pattern.h).
 */
#ifndef OBJECT_SHAPE_H
#define OBJECT_SHAPE_H

#include "base/map.h"
#include "base/progress.h"
#include "base/text.h"
#include "heap/heap.h"

struct cw_typing;

struct cw_form {
	uint64_t size;	   /* of each block */
	uint64_t pointers; /* bits of words that are addresses */
	uint64_t zeros;	   /* ... that are 0 in all blocks */
	struct cw_heap_count count;
	cw_addr example; /* the lowest block with all pointers */
	uint32_t whole;	 /* index of the shape that this one is part of */
	uint32_t number; /* 0: of a single block */
};

struct cw_shapes {
	CW_ARRAY(struct cw_form) all;
	CW_ARRAY(uint32_t) by_number; /* from 1 */
};

void cw_shapes_deinit(struct cw_shapes *shapes);

/* Groups all blocks that are unknown then. */
struct cw_error *cw_shapes_find(struct cw_typing *typing,
				struct cw_progress *progress) cw_must_check;

/* The number of an unknown block's shape; 0: there is none like it. */
uint32_t cw_shape_of(const struct cw_typing *typing,
		     const struct cw_block *block);

/* Adds "40 B, +0 item, +8 code, +16 shape#2". */
void cw_shape_describe(struct cw_typing *typing, uint32_t number,
		       struct cw_text *text);

#endif

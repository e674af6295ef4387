/*
 * Outline: what one cluster of lost blocks looks like, by its edges: a ring, a
 * chain, a tree, or an owner of blocks of other kinds.
 *
 * It is that of the head: a ring goes round in it, a chain or tree leads from
 * it over blocks of its own class.
 *
 * Not here: which blocks are of one class (object/pattern.h).
 *
 * Private to object/leak.c.
 */
#ifndef OBJECT_OUTLINE_H
#define OBJECT_OUTLINE_H

#include "object/leak.h"

struct cw_outline {
	enum cw_leak_shape shape;
	uint32_t length; /* blocks in the ring, or of the head's class */
	cw_node next;	 /* of the head, in the ring or chain; or CW_NO_NODE */
};

/* @classes are by node; of @leaks the graph and the clusters are needed. */
struct cw_outline cw_outline_of(const struct cw_leaks *leaks,
				const uint32_t *classes, uint32_t cluster);

#endif

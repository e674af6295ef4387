/*
 * Label: what a block is, as a small number, for whoever groups blocks.
 *
 * Who knows types gives each block a label: the id of its type, say.  Equal
 * labels are the same kind of thing whatever the size; 0 says that nothing is
 * known, and such blocks are told apart by their size.
 *
 * Labels keep this part free of types: object/typing.h comes later than what
 * uses them.
 */
#ifndef OBJECT_LABEL_H
#define OBJECT_LABEL_H

#include "heap/heap.h"

struct cw_labels {
	/* NULL: every label is 0. */
	uint32_t (*of)(void *context, const struct cw_block *block);
	void *context;
};

/* @labels may be NULL too. */
static inline uint32_t cw_label_of(const struct cw_labels *labels,
				   const struct cw_block *block)
{
	return labels && labels->of ? labels->of(labels->context, block) : 0;
}

#endif

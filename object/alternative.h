/*
 * Alternative: the member of a union that the name of a number's value says is
 * there.
 *
 *	enum kind { NODE_IF, NODE_LOOP };
 *	union { struct branch *if_; struct loop *loop; }
 *
 * A name says so that ends in the member's, letters and digits taken for
 * themselves; of several the longest.
 *
 * Not here: whether that is what is there (object/verdict.h).
 */
#ifndef OBJECT_ALTERNATIVE_H
#define OBJECT_ALTERNATIVE_H

#include "object/layout.h"
#include "object/tag.h"

struct cw_alternatives {
	/* By value: the slot's target; NULL: its name says none. */
	const struct cw_type *targets[CW_NUM_TAG_VALUES];
};

/*
 * What the names of the tag's values say of the union of @layout that has its
 * pointers at @offset.  False: they do not tell two of its members apart.
 */
bool cw_alternatives_named(const struct cw_layout *layout, uint64_t offset,
			   const struct cw_tag *tag,
			   struct cw_alternatives *ret);

#endif

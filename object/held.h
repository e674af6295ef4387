/*
 * Held: what containers hold that say nothing of it themselves: nodes with a
 * `void *`, arrays of those, hash tables of GLib.
 *
 * All that one member or variable leads to is for one purpose.  So what the
 * code does with what it takes out of there, or puts in, says what an element
 * is, where the same node's type has a hundred meanings elsewhere.
 *
 * Not here: which candidate fits (object/mined.h).
 */
#ifndef OBJECT_HELD_H
#define OBJECT_HELD_H

#include "object/gtable.h"
#include "object/vague.h"

struct cw_helds {
	struct cw_typing *typing;
	struct cw_vagues *vagues;
	struct cw_gtables tables;
	/* By block, of nodes: a number in places and one more, or 0. */
	uint32_t *of_blocks;
	CW_ARRAY(struct cw_pointer_place) places;
	struct cw_map by_place; /* hash to number in places */

	/* Told of elements of tables; @vague is what they may be. */
	void (*element)(void *context, struct cw_vague *vague, cw_addr slot,
			cw_addr target);
	void *context;
};

/* Finds the tables.  Is to be ended also when this fails. */
struct cw_error *cw_helds_init(struct cw_helds *helds, struct cw_vagues *vagues,
			       struct cw_progress *progress) cw_must_check;
void cw_helds_deinit(struct cw_helds *helds);

/*
 * Whether @word, which is in a @slot of an object of @layout, leads to a hash
 * table; the first time, what it holds is told.
 */
bool cw_helds_meet(struct cw_helds *helds, const struct cw_layout *layout,
		   const struct cw_slot *slot, cw_addr slot_address,
		   bool is_variable, uint64_t word);

/* Tells of tables that nobody led to who has a type. */
void cw_helds_rest(struct cw_helds *helds);

/*
 * What the @slot of the node at @object, or of the element of an array, may be
 * by what its container is for; NULL: it is neither, or nothing is known.
 */
struct cw_vague *cw_helds_of_node(struct cw_helds *helds,
				  const struct cw_layout *layout,
				  const struct cw_slot *slot, cw_addr object);

#endif

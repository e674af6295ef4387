/*
 * Walk: all references that objects of a type hold, slot by slot.
 *
 * Plain pointers are told with what they are declared to point to, library
 * rules' parts in other memory with what the rule says.  Parts within the
 * object are walked in turn.  Nothing is followed: what is told may lead
 * anywhere.
 *
 * Rules and types are input: depth and number of inner parts are bounded.
 */
#ifndef OBJECT_WALK_H
#define OBJECT_WALK_H

#include "object/layout.h"
#include "target/target.h"

/* Objects one behind the other. */
struct cw_run {
	const struct cw_type *type; /* stripped */
	cw_addr address;
	uint64_t count;
	uint64_t stride; /* 0: the type's size */
};

struct cw_walk {
	/* A word that may be a pointer, at @slot_address. */
	void (*pointer)(struct cw_walk *walk, const struct cw_layout *layout,
			const struct cw_slot *slot, cw_addr slot_address,
			uint64_t word);
	/* A part that is not within the object. */
	void (*part)(struct cw_walk *walk, const struct cw_part *part);

	const struct cw_target *target;
	struct cw_layouts *layouts;
	cw_addr object; /* whose slots are being told */

	/* Private. */
	struct inner_run {
		struct cw_run run;
		unsigned depth;
	} * runs;
	size_t num_runs, capacity;
	unsigned depth;
	const unsigned char *apart; /* the object that is in no memory */
	uint64_t apart_size;
};

void cw_walk_init(struct cw_walk *walk, const struct cw_target *target,
		  struct cw_layouts *layouts);
void cw_walk_deinit(struct cw_walk *walk);

/* What cannot be read of @run is left out. */
void cw_walk_run(struct cw_walk *walk, const struct cw_run *run);

/*
 * The same for one object whose bytes are not (all) in the target's memory: a
 * variable in registers.  @address is told as place of its words; 0: it has
 * none, and words have their offsets for places.
 */
void cw_walk_bytes(struct cw_walk *walk, const struct cw_type *type,
		   const unsigned char *bytes, uint64_t size, cw_addr address);

#endif

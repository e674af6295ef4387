/*
 * Layout: where the pointers are in an object of a type, compiled once a type.
 *
 * A slot stands for @count pointers, @stride bytes apart, that the type says
 * point to @target.  Members of members and elements of arrays are flattened
 * into the slots of the outermost type.  Unions are left out: which of their
 * members holds, a type alone does not say.
 *
 * Not here: what the pointers point to in memory (object/typing.h).
 */
#ifndef OBJECT_LAYOUT_H
#define OBJECT_LAYOUT_H

#include "base/arena.h"
#include "base/array.h"
#include "base/map.h"
#include "dwarf/type.h"

struct cw_slot {
	uint64_t offset;
	uint64_t stride;
	uint64_t count;		      /* at least 1 */
	const struct cw_type *target; /* stripped; what is pointed to */
};

struct cw_layout {
	const struct cw_type *type; /* stripped */
	uint32_t num_slots;
	const struct cw_slot *slots;
	/* A pointer to its own type is among the slots: a list or tree node,
	 * which does not come in arrays. */
	bool is_self_linked;
	/* The last member is an array of no length: what lies behind the
	 * size are elements of this type; NULL: it has none. */
	const struct cw_type *flexible;
	uint64_t flexible_offset;
	/* Slots were left out, because there would be too many. */
	bool is_cut;
};

struct cw_layouts {
	struct cw_arena arena;
	struct cw_map by_type; /* id to number in layouts */
	CW_ARRAY(const struct cw_layout *) layouts;
};

void cw_layouts_init(struct cw_layouts *layouts);
void cw_layouts_deinit(struct cw_layouts *layouts);

/* The layout of @type; for pointers, of one pointer.  Owned by @layouts. */
const struct cw_layout *cw_layout_of(struct cw_layouts *layouts,
				     const struct cw_type *type);

#endif

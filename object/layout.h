/*
 * Layout: where the pointers are in an object of a type, compiled once a type.
 *
 * A slot stands for @count pointers, @stride bytes apart, that the type says
 * point to @target.  Members of members and elements of arrays are flattened
 * into the slots of the outermost type.
 *
 * A rule item stands for members, at any depth, of a type that a library's rule
 * is for: the rule says what they hold, and their words are no slots.
 *
 * Of a union, all members' pointers are slots, marked: which member holds, the
 * type alone does not say.
 *
 * A check is a member of which not all values are legal: a bool, an enum.
 *
 * Not here: what the pointers point to in memory (object/typing.h).
 */
#ifndef OBJECT_LAYOUT_H
#define OBJECT_LAYOUT_H

#include "base/arena.h"
#include "base/array.h"
#include "dwarf/type.h"
#include "object/rule.h"

struct cw_slot {
	uint64_t offset;
	uint64_t stride;
	uint64_t count;		      /* at least 1 */
	const struct cw_type *target; /* stripped; what is pointed to */
	bool is_in_union;
	/* The union's member that it is, or is in; NULL: it has no name. */
	const char *alternative;
	/* The pointer's type has a name, as Rust's have: it is to nothing
	 * else than it says. */
	bool is_strict;
	bool is_table; /* of uthash: object/uthash.h */
};

struct cw_rule_item {
	uint64_t offset, stride, count; /* as of slots */
	const struct cw_type *type;	/* stripped */
	const struct cw_found_rule *found;
};

struct cw_check {
	uint64_t offset;
	const struct cw_type *type; /* a bool or an enum */
	int64_t min, max;	    /* what is legal */
	uint64_t flags; /* values made of these bits are legal too */
};

/* A member that may say how many elements there are behind the object. */
struct cw_length {
	uint64_t offset, size;
	uint32_t bit_offset, bit_size; /* 0 bits: all of it */
	bool is_named; /* it is called "len", "num_items", ... */
};

struct cw_layout {
	const struct cw_type *type; /* stripped */
	uint32_t num_slots, num_rules, num_checks, num_lengths;
	const struct cw_slot *slots;
	const struct cw_rule_item *rules;
	const struct cw_check *checks;
	const struct cw_length *lengths;
	/* A pointer to its own type is among the slots: a list or tree node,
	 * which does not come in arrays, unless all of them are in a union. */
	bool is_self_linked, is_linked_in_union;
	/* The last member is an array of no length: what lies behind the
	 * size are elements of this type; NULL: it has none. */
	const struct cw_type *flexible;
	uint64_t flexible_offset;
	/* Of one element, as C had it before: there may be just that one. */
	bool is_flexible_one;
	/* Slots were left out, because there would be too many. */
	bool is_cut;
	uint32_t num_functions; /* slots to functions, none of them a union's */
};

struct cw_layouts {
	struct cw_arena arena;
	struct cw_rules *rules;
	/* By the type's id; NULL: not compiled yet. */
	CW_ARRAY(const struct cw_layout *) layouts;
};

/* Without @rules, all members are looked into. */
void cw_layouts_init(struct cw_layouts *layouts, struct cw_rules *rules);
void cw_layouts_deinit(struct cw_layouts *layouts);

/* What the member says, of an object at @bytes. */
uint64_t cw_length_read(const struct cw_length *length,
			const unsigned char *bytes);

/* For cw_layout_of(), of what is not known yet. */
const struct cw_layout *cw_layout_make(struct cw_layouts *layouts,
				       const struct cw_type *type);

/* The layout of @type; for pointers, of one pointer.  Owned by @layouts. */
static inline const struct cw_layout *cw_layout_of(struct cw_layouts *layouts,
						   const struct cw_type *type)
{
	if (!type->is_declaration && type->id < layouts->layouts.num &&
	    layouts->layouts.items[type->id])
		return layouts->layouts.items[type->id];
	return cw_layout_make(layouts, type);
}

#endif

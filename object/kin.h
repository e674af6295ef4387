/*
 * Kin: types of which one may stand for the other.
 *
 * A type begins with another: its first member is one, or its first members
 * are the same, with the same names.  The other is a base or a header.
 *
 * Not here: all types that begin with one (object/family.h).
 */
#ifndef OBJECT_KIN_H
#define OBJECT_KIN_H

#include "dwarf/type.h"

/* Whether an object of @type begins with one of @base. */
bool cw_type_begins_with(const struct cw_type *type,
			 const struct cw_type *base);

/* How many first members of the two have the same names, sizes and places; 0
 * also when these are but links and pointers to anything. */
size_t cw_type_num_alike(const struct cw_type *type,
			 const struct cw_type *base);

/* Whether an object of @holder has one of @member at @offset. */
bool cw_type_holds(const struct cw_type *holder, const struct cw_type *member,
		   uint64_t offset);

/*
 * Whether a pointer to @type may lead to @offset in an object of @holder: what
 * begins there is one, or one of the two begins with the other, also where a
 * union has it for a member.
 */
bool cw_type_agrees(const struct cw_type *holder, const struct cw_type *type,
		    uint64_t offset);

/* What cw_type_agrees() said lately. */
struct cw_kinships {
	struct cw_kinship {
		uint32_t holder, type; /* ids; 0: nothing is kept here */
		uint32_t offset;
		bool agrees;
	} kept[1 << 10];
};

/* The same as cw_type_agrees(). */
bool cw_kinships_agree(struct cw_kinships *kinships,
		       const struct cw_type *holder, const struct cw_type *type,
		       uint64_t offset);

/*
 * What an object of @type takes at least: of a union its smallest structure,
 * and an array of one at the end may be of none.
 */
uint64_t cw_type_least_size(const struct cw_type *type);

/* Where the text begins that the type ends in, as an array of no length or, as
 * C had it before, of one character; 0: it does not. */
uint64_t cw_type_text_offset(const struct cw_type *type);

#endif

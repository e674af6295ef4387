/*
 * Place: where a member is in an object of a type, found by names.
 *
 * A path such as "_M_impl._M_start" is searched one name after the other:
 * among the members of the type, of its anonymous members, then of its bases,
 * nearest first.  So a place does not depend on how a library's version
 * splits a class into bases.  "__value_#1" is the second of that name: bases
 * may have equal members.
 *
 * Not here: names of places that are known (object/field_path.h).
 */
#ifndef OBJECT_PLACE_H
#define OBJECT_PLACE_H

#include "object/rule.h"

struct cw_place {
	const struct cw_type *type; /* stripped; NULL: none was found */
	uint64_t offset;	    /* bytes into the outermost type */
	uint32_t bit_offset, bit_size;
};

/* False: there is no such member, or it is not within the type's size. */
bool cw_place_find(const struct cw_type *type, const char *path,
		   struct cw_place *ret);

/* All of @paths, up to a NULL or @num of them, or false. */
bool cw_places_find(const struct cw_type *type, const char *const *paths,
		    size_t num, struct cw_place *ret);

/* The unsigned number, or pointer, at the place; of longer ones 8 bytes. */
uint64_t cw_place_number(const struct cw_place *place,
			 const struct cw_object *object);

/* What the pointer at the place is declared to point to; NULL: no pointer. */
const struct cw_type *cw_place_target(const struct cw_place *place);

/* Bytes of an object to which rules attach no meaning of their own. */
struct cw_rest {
	size_t num;
	const struct cw_place *places;
	const char *const *labels; /* a member's name, or NULL: a base */
};

/*
 * Parts of @type outside of @known that hold pointers: allocators and
 * comparators with a state.  In the context's arena.
 */
struct cw_rest cw_rest_find(const struct cw_rule_context *context,
			    const struct cw_type *type,
			    const struct cw_place *known, size_t num_known);
void cw_rest_visit(const struct cw_rest *rest, const struct cw_object *object,
		   struct cw_part_visitor *visitor);

#endif

/*
 * Go rule: what the rules for types of Go have in common.
 *
 * Private to object/go.c, object/go_map.c and object/go_pool.c.
 */
#ifndef OBJECT_GO_RULE_H
#define OBJECT_GO_RULE_H

#include <string.h>

#include "object/rule.h"

/* Elements behind a pointer: offsets in the object. */
struct cw_go_run {
	const struct cw_type *element;
	uint64_t pointer, length, room; /* offsets */
};

/* NULL: the struct has no such member. */
const struct cw_member *cw_go_member(const struct cw_type *type,
				     const char *name);

/* Offset of a member that is a number of that many bytes; false: it is not. */
bool cw_go_number(const struct cw_type *type, const char *name, uint64_t size,
		  uint64_t *ret);

/* What the pointer that the member is points to, stripped; NULL: it is none. */
const struct cw_type *cw_go_pointer(const struct cw_type *type,
				    const char *name, uint64_t *ret);

/* The type of that name, described or not; NULL: the program has none. */
const struct cw_type *cw_go_type_for(const struct cw_rule_context *context,
				     const char *name);

/* Elements that the pointer at @slot of the object leads to. */
void cw_go_visit_run(const struct cw_object *object, uint64_t slot,
		     const struct cw_type *element, uint64_t count,
		     struct cw_part_visitor *visitor);

/* The same of a plain pointer, to one object. */
void cw_go_visit_object(const struct cw_object *object, uint64_t slot,
			const struct cw_type *type,
			struct cw_part_visitor *visitor);

static inline uint64_t cw_go_word(const struct cw_object *object,
				  uint64_t offset)
{
	uint64_t word;

	memcpy(&word, object->bytes + offset, sizeof(word));
	return word;
}

/* A copy of a plan, in the context's arena. */
#define cw_go_keep(context, plan)                                              \
	({                                                                     \
		__typeof__(*(plan)) *kept_ =                                   \
			cw_arena_alloc((context)->arena, sizeof(*kept_));      \
		*kept_ = *(plan);                                              \
		kept_;                                                         \
	})

#endif

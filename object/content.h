/*
 * Content: whether bytes look like an object of a type.
 *
 * A pointer must be null, or lead somewhere that is mapped, and to something
 * of its type where that is known; a bool is 0 or 1, an enum one of its values.
 *
 * Not here: who asks (object/claim.h, object/interior.h); words where the type
 * has no pointer, or without a type at all (object/start.h).
 */
#ifndef OBJECT_CONTENT_H
#define OBJECT_CONTENT_H

#include "object/typing_private.h"

struct cw_content {
	unsigned num_wrong;    /* members that contradict the type */
	unsigned num_odd;      /* of these, a void * that is none: a number? */
	unsigned num_nowhere;  /* of these, words that are no address */
	unsigned num_unlikely; /* that are small numbers, or lead from data to
				  code */
	unsigned num_doubtful; /* pointers to blocks of which less is sure */
	unsigned num_right;    /* pointers to blocks typed as they say */
	unsigned num_pointers; /* that lead to blocks, typed or not */
};

/* Of the object at @address; what cannot be read is wrong, and so is what is
 * doubtful. */
struct cw_content cw_content_check(struct cw_typing *typing,
				   const struct cw_type *type, cw_addr address);

/* The same for its first @size bytes, when it may be cut off; what is doubtful
 * is counted apart. */
struct cw_content cw_content_check_part(struct cw_typing *typing,
					const struct cw_type *type,
					cw_addr address, uint64_t size);

/*
 * Whether more is right than wrong, where something is.  A void * that is none
 * is a number in a member that is for either.
 */
bool cw_content_agrees(const struct cw_content *content);

/*
 * Whether the object's pointers to functions lead to data: several do, and more
 * than to code.  What is mangled leads nowhere.
 */
bool cw_content_calls_data(const struct cw_typing *typing,
			   const struct cw_layout *layout, cw_addr address);

/* Whether the @size bytes are text: valid UTF-8 without control characters,
 * to the end or to a NUL. *ret_length: up to there. */
bool cw_content_is_text(const unsigned char *bytes, uint64_t size,
			uint64_t *ret_length);

#endif

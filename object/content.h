/*
 * Content: whether bytes look like an object of a type.
 *
 * A pointer must be null, or lead somewhere that is mapped, and to something
 * of its type where that is known; a bool is 0 or 1, an enum one of its values.
 *
 * Not here: who asks (object/claim.h, object/interior.h).
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

/*
 * Whether more is right than wrong, where something is.  A void * that is none
 * is a number in a member that is for either.
 */
bool cw_content_agrees(const struct cw_content *content);

/*
 * Words of the object's @size bytes that lead to the start of a used block, or
 * to code, where the type has no pointer: what is there is rather of another
 * type.
 */
unsigned cw_content_strangers(struct cw_typing *typing,
			      const struct cw_type *type, cw_addr address,
			      uint64_t size);

/*
 * Whether the object's pointers to functions lead to data: several do, and more
 * than to code.  What is mangled leads nowhere.
 */
bool cw_content_calls_data(const struct cw_typing *typing,
			   const struct cw_layout *layout, cw_addr address);

/*
 * Whether several words of the @size bytes at @address lead to the starts of
 * blocks, and all of these are where elements of the flexible end of @layout
 * have pointers, whatever may be behind the last of them.
 */
bool cw_content_is_in_elements(struct cw_typing *typing,
			       const struct cw_layout *layout, cw_addr address,
			       uint64_t size);

/* How many words of the first few KB lead to the start of a used block. */
unsigned cw_content_count_starts(const struct cw_typing *typing,
				 const unsigned char *bytes, uint64_t size);

/*
 * Whether the words are pointers: addresses or null, and the start of a used
 * block among them.  The last may never have been asked for.
 */
bool cw_content_are_pointers(const struct cw_typing *typing,
			     const unsigned char *bytes, uint64_t size);

/* Whether a used block begins at @word. */
bool cw_content_is_start(const struct cw_block_index *index, uint64_t word);
/* The same for the first @size bytes of an object, when it may be cut off. */
struct cw_content cw_content_check_part(struct cw_typing *typing,
					const struct cw_type *type,
					cw_addr address, uint64_t size);

/* Whether the @size bytes are text: valid UTF-8 without control characters,
 * to the end or to a NUL. *ret_length: up to there. */
bool cw_content_is_text(const unsigned char *bytes, uint64_t size,
			uint64_t *ret_length);

#endif

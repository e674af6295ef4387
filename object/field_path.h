/*
 * Field path: where a place is in an object, as a person writes it: ".next",
 * "[3].key", "[\"user:42\"].name".
 *
 * Where the object's bytes and the rules for its type are at hand, the path
 * goes through what the rules know: the members of a vector are not named, the
 * entries of a map are by their keys.  A word that refers to a part of a
 * library's object (a vector's elements, a list's first node) has the path of
 * that object alone, and @end says what it leads to.
 *
 * All functions add to a text.
 *
 * Not here: variables (object/name.h).
 */
#ifndef OBJECT_FIELD_PATH_H
#define OBJECT_FIELD_PATH_H

#include "base/text.h"
#include "object/rule.h"
#include "object/typing.h"

enum cw_field_end {
	CW_FIELD_PLAIN,	   /* a member, or a place that nothing is known of */
	CW_FIELD_ELEMENTS, /* refers to elements: "[3]" follows */
	CW_FIELD_LINK,	   /* refers to one object or node */
	CW_FIELD_LABELLED, /* refers to what only the library knows of */
};

struct cw_field_path {
	enum cw_field_end end;
	const char *label; /* of a LABELLED one */
	enum cw_ownership ownership;
	uint64_t first_index; /* of ELEMENTS */
	/* It is in a variable that has a name; set by object/name.h. */
	bool is_variable;
	/* The path begins within a node, with the container's element. */
	bool is_element;
	bool has_key; /* named by its key, not by a number */
	/* It begins with the index of an object in a block of them. */
	bool is_indexed;
	/* It leads into a library's lock: to this length of the text it is the
	 * way to that. */
	bool is_in_lock;
	size_t lock_length;
};

/*
 * The path of what is @offset bytes into an object of @type: ".next",
 * "[3].key", ".u.text+0x2"; "+0x18" where the type says nothing of the place
 * (or is NULL).  Offsets beyond the type's size are those of an array of it:
 * "[2].next".  The innermost member that begins there or holds it is named.
 */
void cw_field_path_add(const struct cw_type *type, uint64_t offset,
		       struct cw_text *text);

/*
 * As above for the object of @type at @address in memory, with the rules.
 * @first_index is that of a node's element among those of its container.
 */
void cw_field_path_add_at(struct cw_rules *rules, const struct cw_type *type,
			  cw_addr address, uint64_t offset,
			  uint64_t first_index, struct cw_text *text,
			  struct cw_field_path *ret);

/*
 * As above for a block as typing sees it, whose elements are counted: ".next"
 * in a single Node, "[3].key" in an array of them.  With @typing NULL or an
 * unknown block "+0x18"; an offset of 0 then adds "+0x0".
 */
void cw_field_path_add_block(struct cw_typing *typing,
			     const struct cw_block *block, uint64_t offset,
			     uint64_t first_index, struct cw_text *text,
			     struct cw_field_path *ret);

/*
 * What the block of a node stands for: the element of the container in it,
 * "[\"user:42\"]" or "[7]" for the number @index.  False: it is no node.
 */
bool cw_field_path_add_element(struct cw_typing *typing,
			       const struct cw_block *block, uint64_t index,
			       struct cw_text *text);

/*
 * The scalar that is at @offset of an object of @type, looking through members
 * and arrays: what a word there is declared as.  NULL: padding, or the offset
 * is not where a scalar begins.
 */
const struct cw_type *cw_type_scalar_at(const struct cw_type *type,
					uint64_t offset);

#endif

/*
 * Reference: a word that points to a block, and where that word is.
 *
 * The holder is a used block or a root.  A value is the word as it is; it may
 * point behind the block's start.
 *
 * Not here: the field that the word is, by its type (typing); ways over
 * several references (object/path.h).
 */
#ifndef OBJECT_REFERENCE_H
#define OBJECT_REFERENCE_H

#include "object/number_word.h"
#include "object/roots.h"

struct cw_reference {
	/* Where the word is in the target; 0 when it is in a register. */
	cw_addr slot;
	cw_addr value;
	/* The holder: a root, or when NULL the block. */
	const struct cw_root *root;
	struct cw_block holder;
	/* Of the word, in the holder; in bytes, from the root's or the
	 * block's start.  In the general registers offset / 8 is an enum
	 * cw_register (see cw_root_is_general()). */
	uint64_t offset;
	struct cw_block target; /* what value points to */
};

struct cw_references {
	CW_ARRAY(struct cw_reference) items;
	uint64_t num_total; /* there are, items or not */
};

/* Enough for any list that a person reads. */
#define CW_REFERENCES_ALL UINT64_MAX

/*
 * Who points into @block: roots first, then used blocks in address order, the
 * block itself too.  At most @max are listed, all are counted.  Reads the
 * whole heap once; needs nothing computed before but the roots.
 */
struct cw_error *
cw_references_incoming(const struct cw_heap *heap, const struct cw_roots *roots,
		       const struct cw_block *block, uint64_t max,
		       struct cw_progress *progress,
		       struct cw_references *ret) cw_must_check;

/* The words of @block that point to used blocks, by offset. */
void cw_references_outgoing(const struct cw_heap *heap,
			    const struct cw_block *block, uint64_t max,
			    struct cw_references *ret);

void cw_references_deinit(struct cw_references *references);

/*
 * The first word of block @from that points to the used block @to, to its
 * start if any does; one of @numbers (or NULL) only if there is no other.
 * Gives the offset in @from and the value; false: none.
 */
bool cw_reference_between(const struct cw_heap *heap,
			  const struct cw_number_words *numbers,
			  const struct cw_block *from,
			  const struct cw_block *to, uint64_t *ret_offset,
			  cw_addr *ret_value);

#endif

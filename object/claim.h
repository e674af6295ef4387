/*
 * Claim: somebody says that there are objects of a type at an address.
 *
 * A claim that fits types the block; of two that disagree one is kept:
 *
 *  1. the block's own vtable pointer speaks before all others;
 *  2. a type that begins with the other, and fits, is the more precise one,
 *     and so is one that code takes the declared one for;
 *  3. structures before pointers, and these before bytes and numbers, which
 *     fit everything;
 *  4. the surer one: rules and declared fields, then what is derived, then
 *     what locals led to, which may be stale, then what is likely;
 *  5. the better shape;
 *  6. else the first stays, and the other is kept as its rival.
 *
 * A surer claim of what is known raises how sure that is, also of what it leads
 * to: it does not matter which came first.
 *
 * Not here: where claims come from (object/spread.h).
 */
#ifndef OBJECT_CLAIM_H
#define OBJECT_CLAIM_H

#include "object/typing_private.h"

struct cw_claim {
	/* Stripped; NULL: known by name only, or bytes. */
	const struct cw_type *type;
	uint32_t id;	 /* of the type, or CW_FIRST_NAMED + number */
	cw_addr address; /* of the first object */
	/* Objects that live, @stride apart (0: their size); CW_ALL_LIVE: a
	 * plain pointer, which does not say how many. */
	uint64_t live;
	uint64_t stride;
	/* The allocation, when it does not begin at @address; or 0. */
	cw_addr storage;
	uint64_t storage_size;
	cw_addr holder; /* slot that says so */
	enum cw_confidence confidence;
	enum cw_provenance provenance;
	/* Id of what the holder declares: a claim to know better than that; or
	 * 0. */
	uint32_t declared;
	bool is_text;
	bool is_whole; /* with text behind it, the object fills the block */
	bool is_local; /* a local led there */
};

enum cw_verdict {
	CW_CLAIM_NOWHERE,  /* there is no block that is used */
	CW_CLAIM_INTERIOR, /* it points into a block */
	CW_CLAIM_UNFIT,	   /* the block is too small, or much too large */
	CW_CLAIM_KNOWN,	   /* the block is of that type already */
	CW_CLAIM_SURER,	   /* it was, and less sure: it is to be walked again */
	CW_CLAIM_WORSE,	   /* it is of another, which is kept */
	CW_CLAIM_TYPED,	   /* it is now: its objects are to be walked */
	CW_CLAIM_MORE,	   /* it was: these objects are to be walked */
};

/* The block, unless it is nowhere, is written to *ret: of one that was of that
 * type, its granule. */
enum cw_verdict cw_claim_make(struct cw_typing *typing,
			      const struct cw_claim *claim,
			      struct cw_block *ret);

/* An id for what has no type but a name, which is borrowed. */
uint32_t cw_typing_name_id(struct cw_typing *typing, const char *name);

/* What a block says of itself: it is one object, derived, of the type @id, with
 * @header bytes before it. */
void cw_typing_name_block(struct cw_typing *typing,
			  const struct cw_block *block, uint32_t id,
			  uint64_t header, enum cw_provenance provenance);

#endif

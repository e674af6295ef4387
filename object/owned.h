/*
 * Owned: how many things hang on a pointer, counted by what is there.
 *
 * Nodes are blocks of one type that link to their own type: all that are
 * reached along such links are counted, whether they are a list, a ring or a
 * tree.  Behind a table of pointers, nodes of all its chains are counted
 * together.
 *
 * All members are looked into, without the rules of libraries.
 *
 * Not here: what the count is compared with (object/self_check.h).
 */
#ifndef OBJECT_OWNED_H
#define OBJECT_OWNED_H

#include "object/typing_private.h"

enum cw_owned_kind {
	CW_OWNED_NODES,	   /* it points to the first node */
	CW_OWNED_TABLE,	   /* ... to an array of pointers to nodes */
	CW_OWNED_POINTERS, /* ... of pointers, those that are not null */
	CW_OWNED_ELEMENTS, /* ... of objects */
	CW_NUM_OWNED_KINDS,
};

struct cw_owned {
	struct cw_typing *typing;
	struct cw_layouts layouts; /* without rules */
	uint32_t *seen;		   /* by block: when it was last counted */
	uint32_t time;
	CW_ARRAY(cw_addr) waiting;
	struct cw_map kin; /* ids of two types, to whether one is the other */
};

struct cw_error *cw_owned_init(struct cw_owned *owned,
			       struct cw_typing *typing) cw_must_check;
void cw_owned_deinit(struct cw_owned *owned);

/* Whether what a pointer to @target leads to can be counted that way. */
bool cw_owned_may_be(struct cw_owned *owned, const struct cw_type *target,
		     enum cw_owned_kind kind);

/*
 * What is at @address, @target being declared; of more than @wanted, two
 * more are counted and no further: one more may be what is meant, too.
 */
uint64_t cw_owned_count(struct cw_owned *owned, const struct cw_type *target,
			enum cw_owned_kind kind, cw_addr address,
			uint64_t wanted);

/* Whether a block of type @known may be what is declared as @declared. */
bool cw_owned_is_kin(struct cw_owned *owned, const struct cw_type *known,
		     const struct cw_type *declared);

#endif

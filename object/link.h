/*
 * Links: the typed references among the blocks of one ring, and which of them
 * keep alive what they point to.
 *
 * What rules and user say of a reference is taken as it is.  A plain pointer
 * owns, unless it leads back: several blocks of the ring point to one by the
 * same field (a parent, a list's head); or the block pointed to has a field
 * that always points back here (prev beside next).  Of such a pair the one that
 * has an owner for its partner leads back, or the one that is called so, or in
 * one type the later one; else it is not known which.
 *
 * Not here: comparing reference counts (object/audit.h).
 */
#ifndef OBJECT_LINK_H
#define OBJECT_LINK_H

#include "graph/graph.h"
#include "object/counter.h"
#include "object/typing.h"

struct cw_link {
	uint32_t from, to; /* numbers of blocks in the ring */
	uint32_t field;	   /* number */
	uint64_t offset;   /* of the word in the block */
	enum cw_ownership ownership;
};

struct cw_link_field {
	uint64_t key;  /* type and offset */
	cw_addr block; /* one that has it, and where there */
	uint64_t offset;
	enum cw_ownership ownership; /* of a plain pointer: as settled */
	bool is_plain;
};

struct cw_links {
	CW_ARRAY(struct cw_link) items; /* sorted by from */
	CW_ARRAY(struct cw_link_field) fields;
	uint32_t num_blocks;
	uint32_t num_untyped; /* blocks whose references are not known */
};

void cw_links_init(struct cw_links *links, const struct cw_heap *heap,
		   struct cw_typing *typing, struct cw_counters *counters,
		   const cw_addr *blocks, uint32_t num_blocks);
void cw_links_deinit(struct cw_links *links);

enum cw_link_set {
	CW_LINKS_OWNING,	    /* known to own */
	CW_LINKS_OWNING_OR_UNKNOWN, /* not known not to */
	CW_LINKS_ALL,
};

/* Whether links of that set alone lead round. */
struct cw_error *cw_links_lead_round(const struct cw_links *links,
				     enum cw_link_set set,
				     bool *ret) cw_must_check;

/*
 * A shortest way from the ring's lowest block back to it along links of that
 * set, as numbers of links in the arena; their number goes to *ret_num, 0 when
 * there is no such way.
 */
const uint32_t *cw_links_way(const struct cw_links *links, enum cw_link_set set,
			     struct cw_arena *arena, uint32_t *ret_num);

#endif

/*
 * Typing private: what the parts of the typing share, and nobody else.
 *
 * All that is known of a block is in parallel arrays, by block number.
 */
#ifndef OBJECT_TYPING_PRIVATE_H
#define OBJECT_TYPING_PRIVATE_H

#include "base/arena.h"
#include "base/map.h"
#include "object/family.h"
#include "object/kin.h"
#include "object/lesser.h"
#include "object/shape.h"
#include "object/static_storage.h"
#include "object/tag.h"
#include "object/typing.h"
#include "object/vtable.h"
#include "object/walk.h"

/* Type ids from here on are known by name alone, such as a vtable's. */
#define CW_FIRST_NAMED UINT32_C(0x80000000)
/* Labels from here on are numbers of shapes: of blocks without a type. */
#define CW_FIRST_SHAPE UINT32_C(0xc0000000)

/* All elements live. */
#define CW_ALL_LIVE UINT32_MAX

struct cw_facts {
	uint16_t shape : 4;
	uint16_t confidence : 2;
	uint16_t provenance : 4;
	uint16_t is_scattered : 1;
	uint16_t has_rivals : 1;
	uint16_t num_changes : 3; /* of its type: does not go on for ever */
	uint16_t is_local : 1;	  /* a local, which may be stale, led here */
};

/* Objects behind links, and the first sizes that they were of. */
struct cw_front_links {
	uint64_t sizes[3];
	uint32_t num_sizes, num;
};

/* What blocks of one size were cut into: object/slab.h. */
struct cw_slab_kind {
	uint32_t type; /* id */
	uint64_t size;
};

struct cw_typing {
	const struct cw_heap *heap;
	const struct cw_block_index *index;
	const struct cw_target *target;
	const struct cw_roots *roots;
	struct cw_debug *debug;

	/* By block number. */
	uint32_t *types; /* id, or CW_FIRST_NAMED + number; 0: unknown */
	struct cw_facts *facts;
	uint16_t *headers; /* bytes before the first element */
	uint32_t *live;	   /* first elements that live, or CW_ALL_LIVE */
	cw_addr *holders;
	struct cw_heap_count count[CW_NUM_CONFIDENCES];
	struct cw_evidence_count mined;

	struct cw_rules rules;
	struct cw_layouts layouts;
	struct cw_vtables vtables;
	struct cw_family family;
	struct cw_kinships kinships;
	struct cw_lesser lesser;
	struct cw_shapes shapes; /* of what is unknown at the end */
	struct cw_taggings taggings;
	struct cw_static_objects statics; /* sorted by address */
	uint32_t fronts; /* kinds of headers there are: object/front.h */
	struct cw_front_links front_links;
	CW_ARRAY(struct cw_slab_kind) slab_kinds;
	/* Objects within pools: address to id of the type. */
	struct cw_map objects;
	/* Go's objects within blocks that were looked into: a hash of address
	 * and type to their number. */
	struct cw_map walked;

	CW_ARRAY(const char *) given_names; /* by id - CW_FIRST_NAMED */
	struct cw_map given_ids;	    /* hash to number in given_names */
	struct cw_map type_names;	    /* id to number in names */
	CW_ARRAY(const char *) names;
	struct cw_map rivals_of; /* block number to the last of its rivals */
	CW_ARRAY(struct cw_rival) rivals;
	struct cw_arena arena;
};

struct cw_rival {
	uint32_t type;
	uint32_t next; /* number, or UINT32_MAX */
};

/* NULL for an id that is known by name alone, and 0. */
const struct cw_type *cw_typing_type(const struct cw_typing *typing,
				     uint32_t id);

/* The objects of a typed block that live: one run, and flexible elements. */
void cw_typing_walk_block(struct cw_typing *typing,
			  const struct cw_block *block, struct cw_walk *walk);

/* The same, also where live elements are scattered. */
void cw_typing_walk_live(struct cw_typing *typing, const struct cw_block *block,
			 struct cw_walk *walk);

/* The variable that holds @address; false: none does. */
bool cw_typing_static_at(const struct cw_typing *typing, cw_addr address,
			 struct cw_run *ret);

/* The outermost typed object that holds @address; false: none does. */
bool cw_typing_object_at(const struct cw_typing *typing, cw_addr address,
			 struct cw_run *ret);

/* Calls  for all used blocks, by address. */
struct cw_error *
cw_typing_each_used(struct cw_typing *typing, struct cw_progress *progress,
		    void (*look)(void *context, const struct cw_block *block),
		    void *context) cw_must_check;
/* The same for those without a type. */
struct cw_error *cw_typing_each_unknown(
	struct cw_typing *typing, struct cw_progress *progress,
	void (*look)(void *context, const struct cw_block *block),
	void *context) cw_must_check;

#endif

/*
 * Pattern: what sets of blocks (clusters, rings) have in common, and groups of
 * sets that are alike.
 *
 * Each node gets a class: its label; or, without one, its size; see
 * object/leak.h for leaves and large blocks.  Two hashes describe a set: of
 * which classes are in it and which point to which (structure), and of that
 * with the number and sizes of its nodes (identity).  Sets of one identity are
 * a group; unless a structure has too many identities, then all of it is one.
 *
 * Private to object/leak.c and object/ring.c.
 */
#ifndef OBJECT_PATTERN_H
#define OBJECT_PATTERN_H

#include "base/map.h"
#include "graph/graph.h"
#include "object/leak.h"

enum {
	CW_SMALL_SIZE = 512
}; /* bytes; above, an unlabelled block is an array */

struct cw_patterns {
	const struct cw_graph *graph;
	/* By node. */
	uint64_t *sizes; /* usable bytes */
	uint32_t *labels;
	uint32_t *classes; /* set by cw_patterns_of() */

	/* Private. */
	struct cw_map class_numbers;
	CW_ARRAY(uint64_t) class_keys;
	struct cw_map seen; /* pair of classes: the set it was last seen in */
	uint32_t set;
	uint32_t small_seen[CW_SMALL_SIZE / 8 + 1];
};

struct cw_error *cw_patterns_init(struct cw_patterns *patterns,
				  const struct cw_graph *graph) cw_must_check;
void cw_patterns_deinit(struct cw_patterns *patterns);

struct cw_pattern {
	uint64_t structure, identity;
};

/*
 * The pattern of the set @members, of which the first @head_size are special;
 * @part[node] is @number for all of them and no others.
 */
struct cw_pattern cw_patterns_of(struct cw_patterns *patterns,
				 const cw_node *members, uint32_t num,
				 uint32_t head_size, const uint32_t *part,
				 uint32_t number);

/* Sets to groups, in two steps: add all, settle, then ask. */
struct cw_grouping {
	struct cw_map identities, structures;
	CW_ARRAY(struct cw_pattern) patterns;	 /* one an identity */
	CW_ARRAY(uint32_t) structure_numbers;	 /* by identity */
	CW_ARRAY(uint32_t) structure_identities; /* by structure: how many */
	CW_ARRAY(uint32_t) groups;		 /* by identity, settled */
	uint32_t num_groups;
};

/* Gives the number of the identity, which the caller keeps. */
uint32_t cw_grouping_add(struct cw_grouping *grouping,
			 const struct cw_pattern *pattern);
void cw_grouping_settle(struct cw_grouping *grouping);
/* Whether the group of @identity holds no other one. */
bool cw_grouping_is_identical(const struct cw_grouping *grouping,
			      uint32_t identity);
void cw_grouping_deinit(struct cw_grouping *grouping);

/* What the groups' members are, by class. */
struct cw_members {
	struct cw_map places;
	CW_ARRAY(struct cw_leak_member) items;
	CW_ARRAY(uint32_t) groups; /* by item */
};

void cw_members_add(struct cw_members *members, uint32_t group, uint32_t class,
		    uint32_t label, uint64_t size);
/*
 * The members of each group, most bytes first, in the arena: @ret and @ret_num
 * are by group.
 */
void cw_members_list(const struct cw_members *members, uint32_t num_groups,
		     struct cw_arena *arena, struct cw_leak_member **ret,
		     uint32_t *ret_num);
void cw_members_deinit(struct cw_members *members);

#endif

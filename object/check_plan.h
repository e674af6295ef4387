/*
 * Check plan: which numbers of a type's objects may count what, and which of
 * its pointers declare what they lead to.
 *
 * Members of members are of the types that have them: what is learned of a
 * list's counter is learned of the lists in all objects together.
 *
 * Not here: looking at objects (object/self_check.h).
 */
#ifndef OBJECT_CHECK_PLAN_H
#define OBJECT_CHECK_PLAN_H

#include "object/owned.h"

enum {
	/* The counter may count a sentinel, or not the first. */
	CW_NUM_DIFFERENCES = 3,
};

/* A number of a type's objects, and a pointer that it may count. */
struct cw_relation {
	const struct cw_type *type, *target;
	uint64_t counter, slot; /* offsets */
	uint8_t counter_size;
	uint8_t kind;
	bool is_dropped;
	uint64_t num_seen, num_by_difference[CW_NUM_DIFFERENCES];
	uint64_t values; /* bits, by hash */
	/* Of those where both are 1 or less, it may be by accident. */
	uint64_t num_large, num_large_right;
	uint64_t largest; /* counter that was right */
};

struct cw_checked_field {
	const struct cw_type *holder, *type;
	uint64_t offset;
	uint64_t num, num_wrong;
	cw_addr example;
};

/* What there is to look at in objects of a type, and which are within. */
struct cw_check_plan {
	uint32_t first_relation, num_relations;
	uint32_t first_field, num_fields;
	uint32_t first_inner, num_inners;
};

struct cw_check_inner {
	const struct cw_type *type;
	uint64_t offset;
};

struct cw_check_plans {
	struct cw_owned owned;
	struct cw_map by_type; /* id to number in all */
	CW_ARRAY(struct cw_check_plan) all;
	CW_ARRAY(struct cw_check_inner) inners;
	CW_ARRAY(struct cw_relation) relations;
	CW_ARRAY(struct cw_checked_field) fields;
};

struct cw_error *cw_check_plans_init(struct cw_check_plans *plans,
				     struct cw_typing *typing) cw_must_check;
void cw_check_plans_deinit(struct cw_check_plans *plans);

/* The number of the plan of @type, an aggregate: made when first asked for. */
uint32_t cw_check_plan_of(struct cw_check_plans *plans,
			  const struct cw_type *type);

#endif

/*
 * Control: the counts in a control block of shared_ptr.
 *
 * Not here: the pointers to it (object/cxx_pointer.c).
 */
#ifndef OBJECT_CXX_CONTROL_H
#define OBJECT_CXX_CONTROL_H

#include "object/cxx.h"

enum { CW_COUNT_STRONG, CW_COUNT_WEAK, CW_NUM_COUNTS };

/* Vtable pointer and counts; of libc++ a long each. */
#define CW_CONTROL_SIZE 24

/* Where the counts are, within the first CW_CONTROL_SIZE bytes. */
struct cw_counts_plan {
	struct cw_place places[CW_NUM_COUNTS];
	unsigned less; /* than the true counts by this */
};

/* False: @type, which may be incomplete, is no class of control blocks. */
bool cw_counts_find(const struct cw_rule_context *context,
		    const struct cw_type *type, struct cw_counts_plan *ret);

/* The weak count is told without the one for all strong ones. */
void cw_counts_read(const struct cw_counts_plan *counts,
		    const struct cw_object *object,
		    struct cw_reference_counts *ret);

#endif

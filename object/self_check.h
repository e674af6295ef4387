/*
 * Self-check: whether the types that were found agree with what the program
 * itself counts, and with each other.
 *
 * A counter is a number beside a pointer, called "len", "used", "num_items" or
 * so.  Which of them counts what hangs on which pointer (object/owned.h) is not
 * known beforehand: it is learned, as what holds for nearly all objects of the
 * type.  The others then fail: their type is wrong, or their memory is not as
 * the program left it.
 *
 * A field is a pointer member of a type, over all its objects.  It fails when
 * many of them lead to blocks that are of another type than it declares.
 */
#ifndef OBJECT_SELF_CHECK_H
#define OBJECT_SELF_CHECK_H

#include "object/typing.h"

enum {
	CW_MAX_FAILED_CHECKS = 1000,
};

struct cw_failed_check {
	const struct cw_type *type; /* of the object */
	cw_addr address;	    /* of the object; of a field, the first */
	bool is_field;
	uint64_t offset;  /* of the pointer */
	uint64_t counter; /* offset of the number */
	int64_t expected; /* of a field: pointers in all */
	int64_t found;	  /* ... those that contradict */
};

struct cw_self_check {
	uint64_t num_kinds; /* members that count something */
	uint64_t num_counters, num_counters_hold;
	uint64_t num_fields, num_fields_hold;
	uint64_t num_failed;
	CW_ARRAY(struct cw_failed_check) failed; /* the first of them */
};

struct cw_error *cw_self_check_run(struct cw_typing *typing,
				   struct cw_progress *progress,
				   struct cw_self_check *ret) cw_must_check;
void cw_self_check_deinit(struct cw_self_check *check);

#endif

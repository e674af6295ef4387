/*
 * Counters: which objects carry a count of the references to them.
 *
 * Rules know those of their libraries (shared_ptr, Rc, Arc).  Of types that
 * count for themselves a user says so, a line each:
 *
 *     count conn refs          struct conn has the count in its member refs
 *     borrows session.conn     pointers in session's conn are not counted
 *
 * Types are named as answers name them, members may be paths ("base.refs").  An
 * empty line, or one that begins with #, says nothing.
 *
 * Not here: comparing counts with references (object/audit.h).
 */
#ifndef OBJECT_COUNTER_H
#define OBJECT_COUNTER_H

#include "base/map.h"
#include "object/rule.h"

/* A type's own counter. */
struct cw_counter {
	const char *type, *member;
};

/* Pointers that are not counted. */
struct cw_borrower {
	const char *type, *member;
};

struct cw_counter_place {
	uint64_t offset;
	uint32_t size; /* 0: the type has none */
	bool is_signed;
};

struct cw_counters {
	CW_ARRAY(struct cw_counter) counters;
	CW_ARRAY(struct cw_borrower) borrowers;
	struct cw_arena arena;
	/* What was looked for already, by type. */
	struct cw_map by_type;
	CW_ARRAY(struct cw_counter_place) places;
};

/* With the rows that are always there: GObject and CPython. */
void cw_counters_init(struct cw_counters *counters);
void cw_counters_deinit(struct cw_counters *counters);

/* Adds what the file says.  Fails naming the file and line. */
struct cw_error *cw_counters_read(struct cw_counters *counters,
				  const char *path) cw_must_check;

/* Where objects of @type, which is stripped, have it; false: none. */
bool cw_counter_of(struct cw_counters *counters, const struct cw_type *type,
		   struct cw_counter_place *ret);

/*
 * What a plain pointer to an object of @target means, at @offset of one of
 * @holder: it shares a counted object, or borrows it, or nothing is said.
 */
enum cw_ownership cw_counters_tell(struct cw_counters *counters,
				   const struct cw_type *holder,
				   uint64_t offset,
				   const struct cw_type *target);

#endif

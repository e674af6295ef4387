/*
 * Vague: a field that holds a pointer of which the declared type says little,
 * with what it may lead to.
 *
 * Not here: which of them goes with what (object/learning.h); numbers in what
 * is pointed to (object/tag.h).
 */
#ifndef OBJECT_VAGUE_H
#define OBJECT_VAGUE_H

#include "code/evidence.h"
#include "object/typing_private.h"

enum {
	CW_MAX_CANDIDATES = 48,
	CW_MAX_HANDLERS = 8,
};

/* Where an object keeps functions beside the field: object/handler.h. */
struct cw_vague_handlers {
	const struct cw_layout *holder;
	uint32_t slots[CW_MAX_HANDLERS]; /* numbers in the layout */
	uint32_t num;
	bool is_looked_for;
};

struct cw_vague {
	const struct cw_type *declared; /* what it points to; may be void */
	/* Never seen in code: it begins with the declared type. */
	struct cw_candidate candidates[CW_MAX_CANDIDATES];
	/* Bits by candidate: it begins with the declared type, and is larger.
	 */
	uint64_t extensions;
	uint32_t num_candidates;
	struct cw_tag tags[CW_MAX_TAGS]; /* of the holder */
	uint32_t num_tags;
	/* A word among bytes: functions read it, and give it as a result; so
	 * what code says indirectly is all that it can. */
	bool is_packed;
	struct cw_vague_handlers *handlers; /* NULL: it has no holder */
	uint32_t id;
	/* By tag and its value: how often it was seen, and with each of the
	 * candidates; NULL: nothing was learned. */
	uint32_t *learned;
	/* What was learned last, not counted yet. */
	struct cw_learned_run {
		uint64_t container;
		uint32_t which, num;
	} waiting;
};

struct cw_vagues {
	struct cw_typing *typing;
	const struct cw_evidence *evidence;
	struct cw_map by_place; /* type and offset to number in fields */
	CW_ARRAY(struct cw_vague *) fields;
	/* By the id of a layout's type: its slots' numbers in fields, as what
	 * was asked before; or NULL. */
	CW_ARRAY(uint32_t *) by_layout;
	/* Of field, container and candidate, how often; and which one most. */
	struct cw_map of_containers;
	struct cw_map handlers; /* of field and table: what they tell */
	/* By block, the number of its container and one more; 0: not known. */
	uint32_t *containers;
	struct cw_arena arena;
};

/* Is to be ended also when this fails. */
struct cw_error *
cw_vagues_init(struct cw_vagues *fields, struct cw_typing *typing,
	       const struct cw_evidence *evidence) cw_must_check;
void cw_vagues_deinit(struct cw_vagues *fields);

/*
 * The field of @slot in an object of @layout; NULL: it has no candidates but
 * what is declared.  @address is that of a word of a variable, or 0.
 */
struct cw_vague *cw_vague_of(struct cw_vagues *fields,
			     const struct cw_layout *layout,
			     const struct cw_slot *slot, cw_addr address);

/*
 * What any pointer that is declared to lead to @type, a header or a union, may
 * lead to; NULL: nothing else is known.
 */
struct cw_vague *cw_vague_of_type(struct cw_vagues *fields,
				  const struct cw_type *type);

enum {
	CW_TABLE_KEYS, /* as code/evidence.h numbers them */
	CW_TABLE_VALUES,
};

/*
 * What keys or values of a table may be that the pointer at @place leads to, or
 * of any table when that is NULL; also what @functions, or 0, take.  NULL:
 * nothing is known.
 */
struct cw_vague *cw_vague_of_held(struct cw_vagues *fields,
				  const struct cw_pointer_place *place,
				  unsigned number, const cw_addr *functions,
				  size_t num_functions);

/*
 * What word @number of the nodes may be that the pointer at @place leads to,
 * and which is declared to point to @declared; NULL: nothing is known.
 */
struct cw_vague *cw_vague_of_word(struct cw_vagues *fields,
				  const struct cw_pointer_place *place,
				  unsigned number,
				  const struct cw_type *declared);

/*
 * The same for elements of the array that a pointer in @array leads to: by the
 * pointer at @place that leads to what that is in, or NULL.
 */
struct cw_vague *cw_vague_of_elements(struct cw_vagues *fields,
				      const struct cw_pointer_place *place,
				      const struct cw_pointer_place *array);

#endif

/*
 * Gtable: hash tables of GLib, whose structure no header declares.
 *
 * A table proves itself: its size is a power of two, its three arrays are
 * blocks of that many elements, and as many hashes are set as it says that it
 * has nodes.  Keys that g_str_hash() made the hashes of are text.
 *
 * Not here: what other keys and values are (object/held.h).
 */
#ifndef OBJECT_GTABLE_H
#define OBJECT_GTABLE_H

#include "object/typing_private.h"

struct cw_gtable {
	cw_addr address;
	uint64_t size; /* of each array, in elements */
	cw_addr keys, hashes, values;
	cw_addr hash, equal, destroy_key, destroy_value; /* functions, or 0 */
	bool has_texts;					 /* for keys */
	/* Elements are words, not numbers of 4 bytes. */
	bool has_big_keys, has_big_values;
	bool is_met; /* somebody led there who has a type */
};

struct cw_gtables {
	CW_ARRAY(struct cw_gtable) all;
	struct cw_map by_address; /* to number in all */
};

void cw_gtables_init(struct cw_gtables *tables);
void cw_gtables_deinit(struct cw_gtables *tables);

/* Finds all there are, and names their blocks.  No GLib: nothing. */
struct cw_error *cw_gtables_find(struct cw_gtables *tables,
				 struct cw_typing *typing,
				 struct cw_progress *progress) cw_must_check;

/* NULL: no table is there. */
struct cw_gtable *cw_gtables_at(struct cw_gtables *tables, cw_addr address);

/* Moves *index on to an element that lives, if it is none; false: none is. */
bool cw_gtable_next(const struct cw_typing *typing,
		    const struct cw_gtable *table, uint64_t *index);

#endif

/*
 * Type place: where the debug info describes a type, as it can be written down
 * and found again in another run.
 *
 * A place means something only while modules and their debug info are the same:
 * whoever keeps it takes care of that.  A place that is nobody's is found to be
 * no type, or some type.
 */
#ifndef DWARF_TYPE_PLACE_H
#define DWARF_TYPE_PLACE_H

#include "base/array.h"
#include "dwarf/debug.h"

struct cw_type_place {
	uint32_t module; /* number from 1; 0: the place is not known */
	/* Of its files: 0 the first, 1 the dwz file, then what it is split
	 * into. */
	uint32_t file;
	uint64_t key; /* 0: void; 1: the unknown type */
};

struct cw_type_places {
	CW_ARRAY(struct cw_type_place) by_id;
};

/* Of all types that are read by now. */
void cw_type_places_init(struct cw_type_places *places, struct cw_debug *debug);
void cw_type_places_deinit(struct cw_type_places *places);

/* NULL: there is nothing. */
const struct cw_type *cw_debug_type_placed(struct cw_debug *debug,
					   const struct cw_type_place *place);

#endif

/*
 * Location: where a variable with static storage is.
 */
#ifndef DWARF_LOCATION_H
#define DWARF_LOCATION_H

#include "dwarf/die.h"

struct cw_location {
	uint64_t address; /* in the file; of TLS the offset in the module's */
	bool is_tls;
};

/* False: the DIE has no location, or none that is fixed. */
bool cw_location_read(struct cw_library *library, Dwarf_Die die,
		      struct cw_location *ret);

/*
 * The offset that a member's location expression of DWARF 2 and 3 adds to the
 * object's address.  False: it depends on the object (virtual bases).
 */
bool cw_location_offset(const unsigned char *expression, uint64_t size,
			uint64_t *ret);

#endif

/*
 * Location: where a variable with static storage is.
 */
#ifndef DWARF_LOCATION_H
#define DWARF_LOCATION_H

#include "dwarf/die.h"

struct cw_location {
	uint64_t address; /* in the file; of TLS the offset in the module's */
	bool is_tls;
	/* It has several pieces; the address is the first one's. */
	bool is_split;
};

/* A part of a variable; one that is nowhere has no piece. */
struct cw_location_piece {
	uint64_t offset; /* in the variable */
	uint64_t size;
	uint64_t address; /* in the file */
};

enum {
	CW_MAX_LOCATION_PIECES = 64,
};

/* From the expression [bytes, bytes + size) of a DIE in the unit.  False: it is
 * none that is fixed. */
bool cw_location_read(const struct cw_unit_head *head,
		      const unsigned char *bytes, uint64_t size,
		      struct cw_location *ret);

/* The pieces of one that is split; their number. */
size_t cw_location_pieces(const struct cw_die *die,
			  struct cw_location_piece ret[CW_MAX_LOCATION_PIECES]);

/*
 * The offset that a member's location expression of DWARF 2 and 3 adds to the
 * object's address.  False: it depends on the object (virtual bases).
 */
bool cw_location_offset(const unsigned char *expression, uint64_t size,
			uint64_t *ret);

/*
 * How many bytes before what the object's vtable pointer points to the offset
 * of a virtual base is, when its location says so.
 */
bool cw_location_vtable_offset(const unsigned char *expression, uint64_t size,
			       uint64_t *ret);

#endif

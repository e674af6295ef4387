/*
 * Scan: a unit's DIEs in the order of the file, read without libdwarf, which
 * is too slow for going through all of them.
 *
 * Only what an index needs is read of each; the rest is passed over.
 */
#ifndef DWARF_SCAN_H
#define DWARF_SCAN_H

#include "dwarf/abbrev.h"

/* A unit's header and where its tables are. */
struct cw_scan_unit {
	struct cw_library *library;
	const unsigned char *section; /* its start */
	struct cw_cursor cursor;      /* in the unit, behind what was read */
	uint64_t start, end;	      /* offsets in the section */
	uint64_t key_flag;	      /* CW_KEY_TYPES or 0 */
	struct cw_unit_format format;
	bool is_type_unit;
	uint64_t id;	    /* of a skeleton or .dwo file, or 0 */
	uint64_t signature; /* of a type unit */
	uint64_t type;	    /* its type's key */
	uint64_t abbrevs;   /* offset */
	uint64_t string_offsets_base, address_base;
	/* Where the bytes of strings are. */
	const struct cw_section *strings, *line_strings, *alternate_strings,
		*string_offsets, *addresses;
};

/* What a DIE says, as far as it is of interest. */
struct cw_scan_values {
	const char *name;
	uint64_t sibling;	    /* offset in the section, or 0 */
	uint64_t specification;	    /* key, or 0 */
	uint64_t type;		    /* key, or 0 */
	const unsigned char *place; /* DW_AT_location's bytes, or NULL */
	uint64_t place_size;
	uint64_t low, high;
	bool has_low, has_high, high_is_size;
	bool is_declaration, is_external;
	/* Of a unit. */
	const char *split_name, *directory;
	uint64_t split_id, language;
};

/*
 * Reads the header at @offset of the section of units.  False: there is none,
 * or it is damaged.
 */
bool cw_scan_unit_init(struct cw_scan_unit *unit, struct cw_library *library,
		       bool is_info, uint64_t offset);

/* Reads the unit's own DIE, with the bases that others need. */
bool cw_scan_unit_die(struct cw_scan_unit *unit,
		      const struct cw_abbrev_table *table,
		      struct cw_scan_values *ret);

/* Key of the DIE that comes next. */
uint64_t cw_scan_key(const struct cw_scan_unit *unit);

/*
 * The abbreviation of the next DIE, whose values are then next.  NULL: a null
 * entry, or damage, which makes the cursor bad.
 */
const struct cw_abbrev *cw_scan_abbrev(struct cw_scan_unit *unit,
				       const struct cw_abbrev_table *table);

void cw_scan_values_read(struct cw_scan_unit *unit,
			 const struct cw_abbrev_table *table,
			 const struct cw_abbrev *abbrev,
			 struct cw_scan_values *ret);

/* Passes over the values; gives the sibling's offset in the section, or 0. */
uint64_t cw_scan_values_skip(struct cw_scan_unit *unit,
			     const struct cw_abbrev_table *table,
			     const struct cw_abbrev *abbrev);

/* Goes on at that offset, which must be ahead.  False: it is not. */
bool cw_scan_go(struct cw_scan_unit *unit, uint64_t offset);

/* Address number @index of the unit. */
bool cw_scan_address(const struct cw_scan_unit *unit, uint64_t index,
		     uint64_t *ret);

#endif

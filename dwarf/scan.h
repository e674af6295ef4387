/*
 * Scan: a unit's DIEs in the order of the file.
 *
 * Only what an index needs is read of each; the rest is passed over.
 *
 * Not here: DIEs one by one, with all that they say (dwarf/die.h).
 */
#ifndef DWARF_SCAN_H
#define DWARF_SCAN_H

#include "dwarf/form.h"

struct cw_scan {
	struct cw_unit_head *head;
	const struct cw_abbrev_table *abbrevs;
	struct cw_cursor cursor; /* in the unit, behind what was read */
};

/* What a DIE says, as far as it is of interest. */
struct cw_scan_values {
	const char *name;
	uint64_t sibling;	    /* offset in the section, or 0 */
	uint64_t specification;	    /* key, or 0 */
	uint64_t type;		    /* key, or 0 */
	uint64_t signed_type;	    /* key of the type unit's, or 0 */
	const unsigned char *place; /* DW_AT_location's bytes, or NULL */
	uint64_t place_size;
	uint64_t low, high;
	bool has_low, has_high, high_is_size;
	bool is_declaration, is_external;
	/* Of a unit. */
	const char *split_name, *directory;
	uint64_t split_id;
	uint64_t go_type; /* of Go's types: see cw_index_go_type; 0: none */
};

/*
 * Reads the unit's own DIE, with what others need of it, and is then behind
 * it.  False: damaged.
 */
bool cw_scan_init(struct cw_scan *scan, struct cw_unit_head *head,
		  const struct cw_abbrev_table *abbrevs,
		  struct cw_scan_values *ret);

/* Key of the DIE that comes next. */
static inline uint64_t cw_scan_key(const struct cw_scan *scan)
{
	return (scan->cursor.at - scan->head->section) | scan->head->key_flag;
}

/*
 * The abbreviation of the next DIE, whose values are then next.  NULL: a null
 * entry, or damage, which makes the cursor bad.
 */
const struct cw_abbrev *cw_scan_abbrev(struct cw_scan *scan);

void cw_scan_values_read(struct cw_scan *scan, const struct cw_abbrev *abbrev,
			 struct cw_scan_values *ret);

/* Passes over the values; gives the sibling's offset in the section, or 0. */
uint64_t cw_scan_values_skip(struct cw_scan *scan,
			     const struct cw_abbrev *abbrev);

/* Passes over the values and over all DIEs below. */
void cw_scan_skip(struct cw_scan *scan, const struct cw_abbrev *abbrev);

/* Goes on at that offset, which must be ahead.  False: it is not. */
bool cw_scan_go(struct cw_scan *scan, uint64_t offset);

#endif

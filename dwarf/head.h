/*
 * Head: a unit's header, what its own DIE says of tables, and where these are.
 *
 * All that is needed to know what the values in the unit stand for.
 *
 * Not here: the DIEs (dwarf/scan.h, dwarf/die.h).
 */
#ifndef DWARF_HEAD_H
#define DWARF_HEAD_H

#include "dwarf/abbrev.h"

struct cw_unit_head {
	struct cw_library *library;
	const unsigned char *section; /* its start */
	uint64_t start, die, end;     /* offsets in the section */
	uint64_t key_flag;	      /* CW_KEY_TYPES or 0 */
	struct cw_unit_format format;
	bool is_bad; /* but for where it ends */
	bool is_type_unit;
	uint64_t id;	    /* of a skeleton or .dwo file, or 0 */
	uint64_t signature; /* of a type unit */
	uint64_t type;	    /* its type's key */
	uint64_t abbrevs;   /* offset */
	/* What the unit's DIE says, once that is read. */
	uint64_t low, language;
	uint64_t string_offsets_base, address_base;
	uint64_t range_lists_base, location_lists_base;
	/* Where the bytes of strings are. */
	const struct cw_section *strings, *line_strings, *alternate_strings,
		*string_offsets, *addresses;
	const struct cw_section *ranges, *locations; /* of lists of these */
};

/*
 * Reads the header at @offset of the section of units.  False: there is none,
 * or nobody knows where it ends.
 */
bool cw_unit_head_read(struct cw_unit_head *head, struct cw_library *library,
		       bool is_info, uint64_t offset);

/* The section with the abbreviations of units of @library, or NULL. */
const struct cw_section *cw_head_abbrevs(const struct cw_library *library);

/* Address number @index of the unit. */
bool cw_head_address(const struct cw_unit_head *head, uint64_t index,
		     uint64_t *ret);

/* String number @index of the unit; NULL: damaged. */
const char *cw_head_string(const struct cw_unit_head *head, uint64_t index);

/* The string at @offset, which ends within the section; NULL: damaged. */
const char *cw_section_string(const struct cw_section *section,
			      uint64_t offset);

bool cw_language_is_c(uint64_t language);

#endif

/*
 * Address list: the lists of address ranges that entries with code refer to:
 * .debug_ranges and .debug_rnglists for the code itself, .debug_loc and
 * .debug_loclists for where a variable is in each range.
 *
 * Addresses are those of the file.  Ranges of code that the linker dropped
 * are left out.  Lists are input: what is damaged ends them.
 */
#ifndef DWARF_ADDRESS_LIST_H
#define DWARF_ADDRESS_LIST_H

#include "dwarf/unit.h"

struct cw_address_range {
	uint64_t start, end;
	/* Of a list of locations; else NULL and 0. */
	const unsigned char *expression;
	uint32_t size;
};

struct cw_address_list {
	struct cw_address_range *items;
	size_t num, capacity;
};

/*
 * Adds the ranges of an entry with code, by its DW_AT_ranges or else from low
 * to high.
 */
void cw_code_ranges_read(const struct cw_unit_head *head,
			 const struct cw_unit_code *code,
			 struct cw_address_list *ret);

/* The start of the first of these ranges; false: there is none. */
bool cw_code_start(const struct cw_unit_head *head,
		   const struct cw_unit_code *code, uint64_t *ret);

/*
 * Adds the ranges of a list of locations, which @value of an entry's
 * DW_AT_location refers to.  one for everywhere else is from 1 to the
 * greatest address.
 */
void cw_location_list_read(const struct cw_unit_head *head,
			   const struct cw_value *value,
			   struct cw_address_list *ret);

/* Address number @index of the unit's table; false: there is none. */
bool cw_unit_address(const struct cw_unit_head *head, uint64_t index,
		     uint64_t *ret);

#endif

/*
 * Unit: what a compile unit says of its functions.
 *
 * An entry is a DIE of interest: a function (declared ones too), a block, an
 * inlined call, a parameter, a variable within a function, a call site or one
 * of its parameters, a namespace.  Entries are in the file's order, so that
 * those below one follow it.  A unit is read as a whole and may be dropped
 * again.
 *
 * Not here: what is made of them (dwarf/scope.h).
 */
#ifndef DWARF_UNIT_H
#define DWARF_UNIT_H

#include "dwarf/file.h"
#include "dwarf/unit_entry.h"

struct cw_unit {
	uint64_t key; /* of its DIE */
	const struct cw_unit_head *head;
	bool is_loaded;
	bool is_c;
	bool is_noted; /* of what it declares note was taken */
	/* Number 0 stands for the unit itself, and for no code. */
	CW_ARRAY(struct cw_unit_entry) entries;
	CW_ARRAY(struct cw_unit_code) codes;
	/* By 512 bytes of the unit, the number of the first entry there. */
	CW_ARRAY(uint32_t) pages;
	/* Keys of functions that have no code themselves, and the numbers of
	 * the entries that are their code. */
	struct cw_map concretes;
};

struct cw_units {
	struct cw_debug_file *file;
	CW_ARRAY(struct cw_unit) items; /* sorted by key */
	/* Entries that were asked for one by one, and their keys. */
	struct cw_map single_numbers;
	CW_ARRAY(struct cw_unit_entry *) singles;
	CW_ARRAY(struct cw_unit_code) single_codes;
	uint64_t num_loaded; /* entries */
	uint64_t num_too_deep;
};

/* Finds the units of @file, which must stay; loads none. */
struct cw_units *cw_units_create(struct cw_debug_file *file);
void cw_units_destroy(struct cw_units *units);

/* The unit that has the DIE with that key, or NULL. */
struct cw_unit *cw_units_find(struct cw_units *units, uint64_t key);

/*
 * Makes @own the same unit for whoever needs it for a while, apart from the
 * other and not loaded.  @own is all 0, or what was another unit, whose room is
 * used again.
 */
void cw_unit_turn(struct cw_unit *own, const struct cw_unit *unit);

void cw_unit_load(struct cw_units *units, struct cw_unit *unit);
void cw_unit_drop(struct cw_unit *unit);

/* The entry with that key in a loaded unit, or NULL. */
const struct cw_unit_entry *cw_unit_entry_at(const struct cw_unit *unit,
					     uint64_t key);

/*
 * As above; a DIE that is elsewhere, or not of interest there, is read by
 * itself: its @parent and @end say nothing then.  So is any when @unit is NULL.
 * Stays until the units go, or the unit is dropped.
 */
const struct cw_unit_entry *cw_units_entry(struct cw_units *units,
					   const struct cw_unit *unit,
					   uint64_t key);

const struct cw_unit_code *cw_units_code(const struct cw_units *units,
					 const struct cw_unit *unit,
					 const struct cw_unit_entry *entry);

/* Whether the entry is in the unit, not read by itself. */
bool cw_unit_has(const struct cw_unit *unit, const struct cw_unit_entry *entry);

#endif

/*
 * Extract: of a DIE only what an outline of its function is made of.
 *
 * What an abbreviation's attributes are taken for, and how many bytes lie
 * between those of interest, is found out once a unit: millions of DIEs are
 * read by a few dozen such plans.
 *
 * Not here: all that entries say (dwarf/unit_entry.h).
 */
#ifndef DWARF_EXTRACT_H
#define DWARF_EXTRACT_H

#include "dwarf/unit_entry.h"

struct cw_extract_step {
	uint32_t skip; /* bytes to pass over first */
	uint32_t attribute;
	uint8_t use, way;
	uint8_t kind; /* enum cw_value_kind, of numbers */
	uint8_t size; /* of numbers, in bytes */
};

/* What becomes of DIEs with that tag. */
enum cw_extract_role {
	CW_EXTRACT_NONE, /* no plan was made yet */
	CW_EXTRACT_SKIP,
	CW_EXTRACT_FUNCTION,
	CW_EXTRACT_LOCAL, /* variable or parameter */
	CW_EXTRACT_BLOCK, /* has a scope of its own */
	CW_EXTRACT_INLINED,
	CW_EXTRACT_PACK, /* of parameters, which are below it */
	CW_EXTRACT_RECORD,
	CW_EXTRACT_NAMESPACE,
};

struct cw_extract_plan {
	const struct cw_abbrev *abbrev;
	uint32_t first, num; /* of steps */
	uint32_t rest;	     /* bytes behind the last */
	uint8_t role;
};

struct cw_extract_plans {
	const struct cw_die_unit *unit;
	CW_ARRAY(struct cw_extract_plan) items; /* by code */
	CW_ARRAY(struct cw_extract_step) steps;
};

struct cw_extract {
	uint64_t type, origin; /* keys, or 0, as of entries */
	const char *name;
	struct cw_value value; /* location, constant or frame base */
	uint32_t flags;	       /* enum cw_entry_flags */
};

/* Plans of the unit, whose abbreviations were read; made when asked for. */
void cw_extract_plans_use(struct cw_extract_plans *plans,
			  const struct cw_die_unit *unit);
void cw_extract_plans_deinit(struct cw_extract_plans *plans);

/* The plan for DIEs with that code; NULL: there is no such. */
const struct cw_extract_plan *
cw_extract_plan_need(struct cw_extract_plans *plans, uint64_t code);

/*
 * The plan for the DIE at @cursor, whose values are then next.  NULL: a null
 * entry, or damage, which makes the cursor bad.
 */
static inline const struct cw_extract_plan *
cw_extract_plan_next(struct cw_extract_plans *plans, struct cw_cursor *cursor)
{
	uint64_t code = cw_cursor_uleb(cursor);

	if (code == 0)
		return NULL;
	if (code < plans->items.num && plans->items.items[code].role)
		return &plans->items.items[code];
	const struct cw_extract_plan *plan = cw_extract_plan_need(plans, code);
	cursor->is_bad |= !plan;
	return plan;
}

/*
 * Reads the values and is behind them.  Of a local @ret_code is left as it is;
 * of others it is filled in, all 0 before.
 */
void cw_extract_read(const struct cw_extract_plans *plans,
		     const struct cw_extract_plan *plan,
		     struct cw_cursor *cursor, struct cw_extract *ret,
		     struct cw_unit_code *ret_code);

#endif

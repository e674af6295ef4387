/*
 * DIE: an entry of debug info and its attributes.
 *
 * A key names a DIE within its file (dwarf/library.h); 0 is none.  A DIE is a
 * place in the file, good until the library is closed; nothing is freed.
 *
 * What an attribute gives is false where it is absent or damaged; the latter
 * is counted by the library.
 */
#ifndef DWARF_DIE_H
#define DWARF_DIE_H

#include "dwarf/scan.h"

/* A unit whose DIEs were asked for, with all that is needed to read them. */
struct cw_die_unit {
	struct cw_unit_head head;
	struct cw_abbrev_table abbrevs;
	bool is_open;
};

struct cw_die {
	const struct cw_die_unit *unit;
	const struct cw_abbrev *abbrev;
	const unsigned char *values;
	uint64_t key;
};

/* The units of a file in its order; of .debug_types last. */
struct cw_die_units {
	CW_ARRAY(struct cw_die_unit) items;
	struct cw_die_unit *last; /* asked for; or NULL */
};

/* The units of @library, found when first asked for; none is read yet. */
struct cw_die_units *cw_library_die_units(struct cw_library *library);
void cw_die_units_destroy(struct cw_die_units *units);

/* The unit that has the DIE with that key, read or not; or NULL. */
struct cw_die_unit *cw_library_unit_at(struct cw_library *library,
				       uint64_t key);

bool cw_die_at(struct cw_library *library, uint64_t key, struct cw_die *ret);

/* A scan that goes on with @die. */
struct cw_scan cw_die_scan(const struct cw_die *die);

/* The one that comes first below @die. */
bool cw_die_child(const struct cw_die *die, struct cw_die *ret);

/*
 * Replaces @die by the one behind it and all that is below it.  Always moves on
 * in the file, whatever the file says.
 */
bool cw_die_next(struct cw_die *die);

static inline unsigned cw_die_tag(const struct cw_die *die)
{
	return die->abbrev->tag;
}

static inline struct cw_library *cw_die_library(const struct cw_die *die)
{
	return die->unit->head.library;
}

/* Goes through what a DIE says. */
struct cw_attributes {
	const struct cw_die *die;
	struct cw_cursor cursor;
	uint32_t num_read;
};

void cw_attributes_init(struct cw_attributes *attributes,
			const struct cw_die *die);

/*
 * The next attribute's name and value.  False: no more, or damage.  A value of
 * no known form is CW_VALUE_NONE.
 */
bool cw_attributes_next(struct cw_attributes *attributes, unsigned *ret_name,
			struct cw_value *ret);

/* The next attribute's name; 0: no more. */
static inline unsigned
cw_attributes_peek(const struct cw_attributes *attributes)
{
	const struct cw_die *die = attributes->die;

	if (attributes->num_read == die->abbrev->num)
		return 0;
	return die->unit->abbrevs.attributes
		.items[die->abbrev->first + attributes->num_read]
		.name;
}

/* Passes over it. */
void cw_attributes_skip(struct cw_attributes *attributes);

/* DW_AT_name, in the file; NULL: none. */
const char *cw_die_name(const struct cw_die *die);
/* DW_AT_linkage_name, likewise. */
const char *cw_die_linkage_name(const struct cw_die *die);

bool cw_die_has(const struct cw_die *die, unsigned attribute);
bool cw_die_flag(const struct cw_die *die, unsigned attribute);

/* A constant; signed ones as their two's complement. */
bool cw_die_number(const struct cw_die *die, unsigned attribute, uint64_t *ret);

/* The place in another section. */
bool cw_die_offset(const struct cw_die *die, unsigned attribute, uint64_t *ret);

/* The DIE referred to; its key may have the number of another file. */
bool cw_die_reference(const struct cw_die *die, unsigned attribute,
		      uint64_t *ret_key);

/* The bytes of an expression or block, in the file. */
bool cw_die_block(const struct cw_die *die, unsigned attribute,
		  const unsigned char **ret, uint64_t *ret_size);

/* What a value says; false or NULL: it says something else. */
const char *cw_value_text(const struct cw_value *value); /* not "" */
bool cw_value_number(const struct cw_value *value, uint64_t *ret);
bool cw_value_reference(const struct cw_value *value, uint64_t *ret);

/* As a number, also when it is a block of at most 16 bytes; of unsigned ones
 * the upper half is 0. */
bool cw_value_wide_number(const struct cw_value *value, unsigned __int128 *ret);

#endif

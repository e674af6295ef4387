/*
 * Abbreviation: what DIEs of one kind say, and in which form.
 */
#ifndef DWARF_ABBREV_H
#define DWARF_ABBREV_H

#include "base/array.h"
#include "dwarf/cursor.h"
#include "dwarf/library.h"

/* Go's, which <dwarf.h> lacks: a type's descriptor, from runtime.types on. */
enum { CW_AT_GO_RUNTIME_TYPE = 0x2904 };

#define CW_SIZE_VARIES UINT32_MAX

struct cw_abbrev_attribute {
	uint16_t name, form;
	uint32_t size;	  /* of the value, or CW_SIZE_VARIES */
	int64_t constant; /* of DW_FORM_implicit_const */
};

struct cw_abbrev {
	uint16_t tag; /* 0: there is none with that code */
	bool has_children;
	bool has_sibling, has_location, has_low_pc, has_ranges;
	bool has_external, has_declaration;
	bool has_go_type;
	uint32_t first, num; /* of its attributes */
	uint32_t size;	     /* of all their values, or CW_SIZE_VARIES */
	/* Where in the values a sibling is, of DW_FORM_ref4; or that. */
	uint32_t sibling_at;
};

/* Sizes of forms depend on it. */
struct cw_unit_format {
	uint16_t version;
	uint8_t offset_size; /* 4 or 8 */
};

struct cw_abbrev_table {
	uint64_t offset;
	struct cw_unit_format format;
	bool is_read;
	CW_ARRAY(struct cw_abbrev) items; /* by code */
	CW_ARRAY(struct cw_abbrev_attribute) attributes;
};

/*
 * Makes @table the one at @offset of .debug_abbrev, unless it is already.
 * False: damaged, and the table is empty.
 */
bool cw_abbrev_table_read(struct cw_abbrev_table *table,
			  const struct cw_section *section, uint64_t offset,
			  struct cw_unit_format format);
void cw_abbrev_table_deinit(struct cw_abbrev_table *table);

/*
 * Reads a value that is one number, of whatever meaning.  False: the form is
 * none of these.
 */
bool cw_form_number(struct cw_cursor *cursor, struct cw_unit_format format,
		    unsigned form, uint64_t *ret);

/* Passes over a value.  False: the form is not known. */
bool cw_form_skip(struct cw_cursor *cursor, struct cw_unit_format format,
		  unsigned form);

#endif

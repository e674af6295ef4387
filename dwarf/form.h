/*
 * Form: the value of an attribute, in whatever way the file writes it.
 */
#ifndef DWARF_FORM_H
#define DWARF_FORM_H

#include "dwarf/head.h"

enum cw_value_kind {
	CW_VALUE_NONE, /* absent, damaged, or of no interest here */
	CW_VALUE_ADDRESS,
	CW_VALUE_NUMBER,
	CW_VALUE_SIGNED, /* a number, as two's complement */
	CW_VALUE_FLAG,
	CW_VALUE_REFERENCE, /* a key */
	CW_VALUE_STRING,    /* bytes, NUL-terminated */
	CW_VALUE_BYTES,	    /* an expression or block, 16 bytes of data */
	CW_VALUE_OFFSET,    /* into another section */
	CW_VALUE_INDEX,	    /* into the unit's table of lists */
};

struct cw_value {
	const unsigned char *bytes; /* in the file */
	uint64_t number;
	uint32_t size; /* of CW_VALUE_BYTES */
	enum cw_value_kind kind;
};

/*
 * Reads the value at @cursor and moves on; what is read beyond the end makes
 * the cursor bad.  A number of a form that DWARF 2 and 3 use for offsets too
 * is a number.  A signature that is not known is CW_VALUE_NONE.
 */
void cw_form_read(const struct cw_unit_head *head, struct cw_cursor *cursor,
		  const struct cw_abbrev_attribute *attribute,
		  struct cw_value *ret);

#endif

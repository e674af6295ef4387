/*
 * Attribute: all that a DIE says, read at once.
 *
 * For passes that want many attributes of each DIE; for one or two, die.h.
 */
#ifndef DWARF_ATTRIBUTE_H
#define DWARF_ATTRIBUTE_H

#include "dwarf/die.h"

enum cw_value_kind {
	CW_VALUE_NONE,
	CW_VALUE_ADDRESS,
	CW_VALUE_NUMBER,
	CW_VALUE_SIGNED,    /* a number, as two's complement */
	CW_VALUE_REFERENCE, /* a key */
	CW_VALUE_STRING,    /* bytes, NUL-terminated */
	CW_VALUE_BYTES,	    /* an expression or block */
	CW_VALUE_OFFSET,    /* into another section */
	CW_VALUE_INDEX,	    /* into the unit's table of lists */
};

struct cw_value {
	const unsigned char *bytes; /* in the file */
	uint64_t number;
	uint32_t size;
	enum cw_value_kind kind;
};

struct cw_attribute_list {
	Dwarf_Attribute *items;
	Dwarf_Signed num;
};

void cw_attribute_list_init(struct cw_attribute_list *list,
			    struct cw_library *library, Dwarf_Die die);
void cw_attribute_list_deinit(struct cw_attribute_list *list,
			      struct cw_library *library);

/* DW_AT_…; 0: damaged. */
unsigned cw_attribute_name(Dwarf_Attribute attribute);

/*
 * The value of an attribute of @die.  A number of a form that older versions
 * use for offsets too, in a unit of version 3 or less, is a number still.
 * False: damaged, or of a form that is of no interest here.
 */
bool cw_attribute_value(struct cw_library *library, Dwarf_Die die,
			Dwarf_Attribute attribute, struct cw_value *ret);

#endif

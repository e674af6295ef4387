#include "dwarf/attribute.h"

#include <string.h>

#include "base/memory.h"

void cw_attribute_list_init(struct cw_attribute_list *list,
			    struct cw_library *library, Dwarf_Die die)
{
	Dwarf_Error err = NULL;

	*list = (struct cw_attribute_list){0};
	if (!cw_library_is_ok(
		    library,
		    dwarf_attrlist(die, &list->items, &list->num, &err), &err))
		*list = (struct cw_attribute_list){0};
}

void cw_attribute_list_deinit(struct cw_attribute_list *list,
			      struct cw_library *library)
{
	for (Dwarf_Signed i = 0; i < list->num; i++)
		dwarf_dealloc_attribute(list->items[i]);
	if (list->items)
		dwarf_dealloc(library->debug, list->items, DW_DLA_LIST);
	*list = (struct cw_attribute_list){0};
}

unsigned cw_attribute_name(Dwarf_Attribute attribute)
{
	Dwarf_Error err = NULL;
	Dwarf_Half name = 0;

	return dwarf_whatattr(attribute, &name, &err) == DW_DLV_OK ? name : 0;
}

static bool read_address(struct cw_library *library, Dwarf_Die die,
			 Dwarf_Attribute attribute, struct cw_value *ret)
{
	ret->kind = CW_VALUE_ADDRESS;
	return cw_attribute_address(library, die, attribute, &ret->number);
}

static bool read_number(struct cw_library *library, Dwarf_Die die,
			Dwarf_Attribute attribute, struct cw_value *ret)
{
	Dwarf_Error err = NULL;
	Dwarf_Unsigned number;

	if (!cw_library_is_ok(library,
			      dwarf_formudata(attribute, &number, &err), &err))
		return false;
	ret->kind = CW_VALUE_NUMBER;
	ret->number = number;
	return true;
}

static bool read_index(struct cw_library *library, Dwarf_Die die,
		       Dwarf_Attribute attribute, struct cw_value *ret)
{
	if (!read_number(library, die, attribute, ret))
		return false;
	ret->kind = CW_VALUE_INDEX;
	return true;
}

static bool read_signed(struct cw_library *library, Dwarf_Die die,
			Dwarf_Attribute attribute, struct cw_value *ret)
{
	Dwarf_Error err = NULL;
	Dwarf_Signed number;

	if (!cw_library_is_ok(library,
			      dwarf_formsdata(attribute, &number, &err), &err))
		return false;
	ret->kind = CW_VALUE_SIGNED;
	ret->number = number;
	return true;
}

static bool read_flag(struct cw_library *library, Dwarf_Die die,
		      Dwarf_Attribute attribute, struct cw_value *ret)
{
	Dwarf_Error err = NULL;
	Dwarf_Bool flag;

	if (!cw_library_is_ok(library, dwarf_formflag(attribute, &flag, &err),
			      &err))
		return false;
	ret->kind = CW_VALUE_NUMBER;
	ret->number = flag;
	return true;
}

static bool read_string(struct cw_library *library, Dwarf_Die die,
			Dwarf_Attribute attribute, struct cw_value *ret)
{
	Dwarf_Error err = NULL;
	char *string;

	if (!cw_library_is_ok(library,
			      dwarf_formstring(attribute, &string, &err), &err))
		return false;
	ret->kind = CW_VALUE_STRING;
	ret->bytes = (const unsigned char *)string;
	ret->size = strlen(string);
	return true;
}

static bool read_offset(struct cw_library *library, Dwarf_Die die,
			Dwarf_Attribute attribute, struct cw_value *ret)
{
	Dwarf_Error err = NULL;
	Dwarf_Off offset;

	if (!cw_library_is_ok(library,
			      dwarf_global_formref(attribute, &offset, &err),
			      &err))
		return false;
	ret->kind = CW_VALUE_OFFSET;
	ret->number = offset;
	return true;
}

/* Within the unit; others are rare and left to die.h. */
static bool read_reference(struct cw_library *library, Dwarf_Die die,
			   Dwarf_Attribute attribute, struct cw_value *ret)
{
	if (!read_offset(library, die, attribute, ret))
		return false;
	ret->kind = CW_VALUE_REFERENCE;
	ret->number |= cw_die_key(die) & CW_KEY_TYPES;
	return true;
}

static bool read_far_reference(struct cw_library *library, Dwarf_Die die,
			       Dwarf_Attribute attribute, struct cw_value *ret)
{
	ret->kind = CW_VALUE_REFERENCE;
	return cw_die_reference(library, die, cw_attribute_name(attribute),
				&ret->number);
}

static bool read_expression(struct cw_library *library, Dwarf_Die die,
			    Dwarf_Attribute attribute, struct cw_value *ret)
{
	Dwarf_Error err = NULL;
	Dwarf_Unsigned size;
	Dwarf_Ptr bytes;

	if (!cw_library_is_ok(library,
			      dwarf_formexprloc(attribute, &size, &bytes, &err),
			      &err) ||
	    size > UINT32_MAX)
		return false;
	ret->kind = CW_VALUE_BYTES;
	ret->bytes = bytes;
	ret->size = size;
	return true;
}

static bool read_bytes(struct cw_library *library, Dwarf_Die die,
		       Dwarf_Attribute attribute, struct cw_value *ret)
{
	uint64_t size;

	if (!cw_die_block(library, die, cw_attribute_name(attribute),
			  &ret->bytes, &size) ||
	    size > UINT32_MAX)
		return false;
	ret->kind = CW_VALUE_BYTES;
	ret->size = size;
	return true;
}

/* In another file: die.h knows names, and nothing else is wanted of there. */
static bool read_far_string(struct cw_library *library, Dwarf_Die die,
			    Dwarf_Attribute attribute, struct cw_value *ret)
{
	const char *name = cw_attribute_name(attribute) == DW_AT_name
				   ? cw_die_name(library, die)
				   : NULL;

	if (!name)
		return false;
	ret->kind = CW_VALUE_STRING;
	ret->bytes = (const unsigned char *)name;
	ret->size = strlen(name);
	return true;
}

typedef bool read_form(struct cw_library *, Dwarf_Die, Dwarf_Attribute,
		       struct cw_value *);

static read_form *const readers[] = {
	[DW_FORM_addr] = read_address,
	[DW_FORM_addrx] = read_address,
	[DW_FORM_addrx1] = read_address,
	[DW_FORM_addrx2] = read_address,
	[DW_FORM_addrx3] = read_address,
	[DW_FORM_addrx4] = read_address,
	[DW_FORM_data1] = read_number,
	[DW_FORM_data2] = read_number,
	[DW_FORM_data4] = read_number,
	[DW_FORM_data8] = read_number,
	[DW_FORM_udata] = read_number,
	[DW_FORM_sdata] = read_signed,
	[DW_FORM_implicit_const] = read_signed,
	[DW_FORM_flag] = read_flag,
	[DW_FORM_flag_present] = read_flag,
	[DW_FORM_string] = read_string,
	[DW_FORM_strp] = read_string,
	[DW_FORM_line_strp] = read_string,
	[DW_FORM_strx] = read_string,
	[DW_FORM_strx1] = read_string,
	[DW_FORM_strx2] = read_string,
	[DW_FORM_strx3] = read_string,
	[DW_FORM_strx4] = read_string,
	[DW_FORM_ref1] = read_reference,
	[DW_FORM_ref2] = read_reference,
	[DW_FORM_ref4] = read_reference,
	[DW_FORM_ref8] = read_reference,
	[DW_FORM_ref_udata] = read_reference,
	[DW_FORM_strp_sup] = read_far_string,
	[DW_FORM_ref_addr] = read_far_reference,
	[DW_FORM_ref_sig8] = read_far_reference,
	[DW_FORM_ref_sup4] = read_far_reference,
	[DW_FORM_ref_sup8] = read_far_reference,
	[DW_FORM_sec_offset] = read_offset,
	[DW_FORM_loclistx] = read_index,
	[DW_FORM_rnglistx] = read_index,
	[DW_FORM_exprloc] = read_expression,
	[DW_FORM_block] = read_bytes,
	[DW_FORM_block1] = read_bytes,
	[DW_FORM_block2] = read_bytes,
	[DW_FORM_block4] = read_bytes,
};

static read_form *reader_of(Dwarf_Half form)
{
	switch (form) {
	case DW_FORM_GNU_addr_index:
		return read_address;
	case DW_FORM_GNU_str_index:
		return read_string;
	case DW_FORM_GNU_ref_alt:
		return read_far_reference;
	case DW_FORM_GNU_strp_alt:
		return read_far_string;
	}
	return form < cw_num_elements(readers) ? readers[form] : NULL;
}

bool cw_attribute_value(struct cw_library *library, Dwarf_Die die,
			Dwarf_Attribute attribute, struct cw_value *ret)
{
	Dwarf_Error err = NULL;
	Dwarf_Half form;
	struct cw_value value = {0};

	if (dwarf_whatform(attribute, &form, &err) != DW_DLV_OK)
		return false;
	read_form *read = reader_of(form);
	if (!read || !read(library, die, attribute, &value))
		return false;
	*ret = value;
	return true;
}

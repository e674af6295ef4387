#include "dwarf/die.h"

#include <string.h>

#include "base/memory.h"

static void attribute_cleanup(Dwarf_Attribute *attribute)
{
	if (*attribute)
		dwarf_dealloc_attribute(*attribute);
}
#define cleanup_attribute __attribute__((cleanup(attribute_cleanup)))

bool cw_die_at(struct cw_library *library, uint64_t key, Dwarf_Die *ret)
{
	Dwarf_Error err = NULL;
	Dwarf_Die die = NULL;

	if (key == 0)
		return false;
	int status = dwarf_offdie_b(library->debug, key & ~CW_KEY_TYPES,
				    !(key & CW_KEY_TYPES), &die, &err);
	if (!cw_library_is_ok(library, status, &err))
		return false;
	*ret = die;
	return true;
}

void cw_die_free(Dwarf_Die die)
{
	if (die)
		dwarf_dealloc_die(die);
}

void cw_die_cleanup(Dwarf_Die *die)
{
	cw_die_free(*die);
}

bool cw_die_child(struct cw_library *library, Dwarf_Die die, Dwarf_Die *ret)
{
	Dwarf_Error err = NULL;
	Dwarf_Die child = NULL;

	if (!cw_library_is_ok(library, dwarf_child(die, &child, &err), &err))
		return false;
	if (cw_die_key(child) <= cw_die_key(die)) {
		library->num_errors++;
		cw_die_free(child);
		return false;
	}
	*ret = child;
	return true;
}

bool cw_die_next(struct cw_library *library, Dwarf_Die *die)
{
	Dwarf_Error err = NULL;
	Dwarf_Die next = NULL;
	bool is_info = !(cw_die_key(*die) & CW_KEY_TYPES);
	int status =
		dwarf_siblingof_b(library->debug, *die, is_info, &next, &err);
	bool is_ok = cw_library_is_ok(library, status, &err);

	if (is_ok && cw_die_key(next) <= cw_die_key(*die)) {
		library->num_errors++;
		cw_die_free(next);
		is_ok = false;
	}
	cw_die_free(*die);
	*die = is_ok ? next : NULL;
	return is_ok;
}

uint64_t cw_die_key(Dwarf_Die die)
{
	Dwarf_Error err = NULL;
	Dwarf_Off offset = 0;

	if (dwarf_dieoffset(die, &offset, &err) != DW_DLV_OK)
		return 0;
	return dwarf_get_die_infotypes_flag(die) ? offset
						 : offset | CW_KEY_TYPES;
}

unsigned cw_die_tag(Dwarf_Die die)
{
	Dwarf_Error err = NULL;
	Dwarf_Half tag = 0;

	return dwarf_tag(die, &tag, &err) == DW_DLV_OK ? tag : 0;
}

/* For a string in another file libdwarf gives "<DW_FORM_GNU_strp_alt…>". */
static const char *name_check(struct cw_library *library, const char *name)
{
	if (strncmp(name, "<DW_FORM_", 9) == 0) {
		library->num_errors++;
		return NULL;
	}
	return name[0] ? name : NULL;
}

const char *cw_die_name(struct cw_library *library, Dwarf_Die die)
{
	Dwarf_Error err = NULL;
	char *name = NULL;

	if (!cw_library_is_ok(library, dwarf_diename(die, &name, &err), &err))
		return NULL;
	return name_check(library, name);
}

static bool attribute_find(struct cw_library *library, Dwarf_Die die,
			   unsigned name, Dwarf_Attribute *ret)
{
	Dwarf_Error err = NULL;

	*ret = NULL;
	return cw_library_is_ok(library, dwarf_attr(die, name, ret, &err),
				&err);
}

const char *cw_die_linkage_name(struct cw_library *library, Dwarf_Die die)
{
	const char *name = cw_die_string(library, die, DW_AT_linkage_name);

	return name ? name
		    : cw_die_string(library, die, DW_AT_MIPS_linkage_name);
}

const char *cw_die_string(struct cw_library *library, Dwarf_Die die,
			  unsigned attribute)
{
	Dwarf_Error err = NULL;
	cleanup_attribute Dwarf_Attribute found = NULL;
	char *name = NULL;

	if (!attribute_find(library, die, attribute, &found))
		return NULL;
	if (!cw_library_is_ok(library, dwarf_formstring(found, &name, &err),
			      &err))
		return NULL;
	return name_check(library, name);
}

bool cw_die_has(struct cw_library *library, Dwarf_Die die, unsigned attribute)
{
	Dwarf_Error err = NULL;
	Dwarf_Bool has = false;

	return cw_library_is_ok(library,
				dwarf_hasattr(die, attribute, &has, &err),
				&err) &&
	       has;
}

bool cw_die_flag(struct cw_library *library, Dwarf_Die die, unsigned attribute)
{
	Dwarf_Error err = NULL;
	cleanup_attribute Dwarf_Attribute found = NULL;
	Dwarf_Bool flag = false;

	if (!attribute_find(library, die, attribute, &found))
		return false;
	return cw_library_is_ok(library, dwarf_formflag(found, &flag, &err),
				&err) &&
	       flag;
}

/* libdwarf 20210528 reads DW_FORM_implicit_const as signed only. */
static bool form_is_signed(Dwarf_Half form)
{
	return form == DW_FORM_sdata || form == DW_FORM_implicit_const;
}

static bool form_is_constant(Dwarf_Half form)
{
	return form == DW_FORM_data1 || form == DW_FORM_data2 ||
	       form == DW_FORM_data4 || form == DW_FORM_data8 ||
	       form == DW_FORM_udata || form_is_signed(form);
}

bool cw_die_number(struct cw_library *library, Dwarf_Die die,
		   unsigned attribute, uint64_t *ret)
{
	Dwarf_Error err = NULL;
	cleanup_attribute Dwarf_Attribute found = NULL;
	Dwarf_Half form;

	if (!attribute_find(library, die, attribute, &found) ||
	    dwarf_whatform(found, &form, &err) != DW_DLV_OK ||
	    !form_is_constant(form))
		return false;
	if (form_is_signed(form)) {
		Dwarf_Signed value;
		if (!cw_library_is_ok(library,
				      dwarf_formsdata(found, &value, &err),
				      &err))
			return false;
		*ret = value;
		return true;
	}
	Dwarf_Unsigned value;
	if (!cw_library_is_ok(library, dwarf_formudata(found, &value, &err),
			      &err))
		return false;
	*ret = value;
	return true;
}

bool cw_die_wide_number(struct cw_library *library, Dwarf_Die die,
			unsigned attribute, unsigned __int128 *ret)
{
	Dwarf_Error err = NULL;
	cleanup_attribute Dwarf_Attribute found = NULL;
	Dwarf_Half form;
	const unsigned char *bytes;
	uint64_t value, size;

	if (!attribute_find(library, die, attribute, &found) ||
	    dwarf_whatform(found, &form, &err) != DW_DLV_OK)
		return false;
	if (form == DW_FORM_data16) {
		Dwarf_Form_Data16 data;
		if (!cw_library_is_ok(library,
				      dwarf_formdata16(found, &data, &err),
				      &err))
			return false;
		memcpy(ret, &data, sizeof(*ret));
		return true;
	}
	if (cw_die_block(library, die, attribute, &bytes, &size)) {
		if (size > sizeof(*ret))
			return false;
		*ret = 0;
		memcpy(ret, bytes, size);
		return true;
	}
	if (!cw_die_number(library, die, attribute, &value))
		return false;
	if (form_is_signed(form))
		*ret = (__int128)(int64_t)value;
	else
		*ret = value;
	return true;
}

static bool signature_key(struct cw_library *library, Dwarf_Attribute found,
			  uint64_t *ret_key)
{
	Dwarf_Error err = NULL;
	Dwarf_Sig8 signature;
	uint64_t number;

	if (!cw_library_is_ok(library, dwarf_formsig8(found, &signature, &err),
			      &err))
		return false;
	memcpy(&number, &signature, sizeof(number));
	return cw_library_signed(library, number, ret_key);
}

/* libdwarf does not read DW_FORM_ref_sup4, but knows where it is. */
static bool supplement_offset(struct cw_library *library, Dwarf_Die die,
			      Dwarf_Attribute found, size_t size, uint64_t *ret)
{
	const struct cw_section *section =
		cw_sections_find(library->sections, ".debug_info");
	Dwarf_Error err = NULL;
	Dwarf_Off at;

	if (!cw_library_is_ok(library, dwarf_attr_offset(die, found, &at, &err),
			      &err) ||
	    !section || at > section->size || size > section->size - at)
		return false;
	*ret = 0;
	memcpy(ret, section->bytes + at, size);
	return true;
}

/* An offset into the file that dwz made. */
static bool alternate_key(struct cw_library *library, Dwarf_Die die,
			  Dwarf_Attribute found, Dwarf_Half form,
			  uint64_t *ret_key)
{
	Dwarf_Error err = NULL;
	uint64_t offset;

	if (!library->alternate) {
		library->num_errors++;
		return false;
	}
	if (form == DW_FORM_GNU_ref_alt) {
		Dwarf_Off value;
		if (!cw_library_is_ok(library,
				      dwarf_global_formref(found, &value, &err),
				      &err))
			return false;
		offset = value;
	} else if (!supplement_offset(library, die, found,
				      form == DW_FORM_ref_sup4 ? 4 : 8,
				      &offset)) {
		return false;
	}
	if (offset > CW_KEY_OFFSET)
		return false;
	*ret_key = offset | (uint64_t)library->alternate << CW_KEY_FILE_SHIFT;
	return true;
}

bool cw_die_reference(struct cw_library *library, Dwarf_Die die,
		      unsigned attribute, uint64_t *ret_key)
{
	Dwarf_Error err = NULL;
	cleanup_attribute Dwarf_Attribute found = NULL;
	Dwarf_Half form;

	if (!attribute_find(library, die, attribute, &found) ||
	    dwarf_whatform(found, &form, &err) != DW_DLV_OK)
		return false;
	switch (form) {
	case DW_FORM_ref_sig8:
		return signature_key(library, found, ret_key);
	case DW_FORM_GNU_ref_alt: /* an offset into another file */
	case DW_FORM_ref_sup4:
	case DW_FORM_ref_sup8:
		return alternate_key(library, die, found, form, ret_key);
	}

	Dwarf_Off offset;
	if (!cw_library_is_ok(library,
			      dwarf_global_formref(found, &offset, &err), &err))
		return false;
	bool is_types = cw_die_key(die) & CW_KEY_TYPES;
	if (is_types && form != DW_FORM_ref_addr)
		*ret_key = offset | CW_KEY_TYPES;
	else
		*ret_key = offset;
	return true;
}

bool cw_die_block(struct cw_library *library, Dwarf_Die die, unsigned attribute,
		  const unsigned char **ret, uint64_t *ret_size)
{
	Dwarf_Error err = NULL;
	cleanup_attribute Dwarf_Attribute found = NULL;
	Dwarf_Half form;

	if (!attribute_find(library, die, attribute, &found) ||
	    dwarf_whatform(found, &form, &err) != DW_DLV_OK)
		return false;
	if (form == DW_FORM_exprloc) {
		Dwarf_Unsigned size;
		Dwarf_Ptr bytes;
		if (!cw_library_is_ok(
			    library,
			    dwarf_formexprloc(found, &size, &bytes, &err),
			    &err))
			return false;
		*ret = bytes;
		*ret_size = size;
		return true;
	}
	if (form != DW_FORM_block && form != DW_FORM_block1 &&
	    form != DW_FORM_block2 && form != DW_FORM_block4)
		return false;
	Dwarf_Block *block = NULL;
	if (!cw_library_is_ok(library, dwarf_formblock(found, &block, &err),
			      &err))
		return false;
	*ret = block->bl_data;
	*ret_size = block->bl_len;
	dwarf_dealloc(library->debug, block, DW_DLA_BLOCK);
	return true;
}

static bool form_is_index(Dwarf_Half form)
{
	return form == DW_FORM_addrx || form == DW_FORM_GNU_addr_index ||
	       (form >= DW_FORM_addrx1 && form <= DW_FORM_addrx4);
}

bool cw_attribute_address(struct cw_library *library, Dwarf_Die die,
			  Dwarf_Attribute attribute, uint64_t *ret)
{
	Dwarf_Error err = NULL;
	Dwarf_Addr address;
	Dwarf_Half form;

	if (dwarf_whatform(attribute, &form, &err) != DW_DLV_OK)
		return false;
	if (library->is_split && form_is_index(form)) {
		Dwarf_Unsigned index;
		return cw_library_is_ok(library,
					dwarf_get_debug_addr_index(
						attribute, &index, &err),
					&err) &&
		       cw_library_address(library, die, index, ret);
	}
	if (!cw_library_is_ok(library,
			      dwarf_formaddr(attribute, &address, &err), &err))
		return false;
	*ret = address;
	return true;
}

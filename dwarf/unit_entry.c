#include "dwarf/unit_entry.h"

bool cw_tag_is_function_block(unsigned tag)
{
	return tag == DW_TAG_lexical_block || tag == DW_TAG_try_block ||
	       tag == DW_TAG_catch_block || tag == DW_TAG_with_stmt;
}

bool cw_tag_is_call_site(unsigned tag)
{
	return tag == DW_TAG_call_site || tag == DW_TAG_GNU_call_site;
}

static bool tag_is_call_parameter(unsigned tag)
{
	return tag == DW_TAG_call_site_parameter ||
	       tag == DW_TAG_GNU_call_site_parameter;
}

static void code_attribute(unsigned name, const struct cw_value *value,
			   struct cw_unit_code *code)
{
	switch (name) {
	case DW_AT_low_pc:
	case DW_AT_call_return_pc:
		code->low = value->number;
		code->has_low = value->kind == CW_VALUE_ADDRESS;
		break;
	case DW_AT_high_pc:
		code->high = *value;
		break;
	case DW_AT_ranges:
		code->ranges = *value;
		break;
	case DW_AT_linkage_name:
	case DW_AT_MIPS_linkage_name:
		if (value->kind == CW_VALUE_STRING)
			code->linkage_name = (const char *)value->bytes;
		break;
	case DW_AT_call_file:
		code->call_file = value->number;
		break;
	case DW_AT_call_line:
		code->call_line = value->number;
		break;
	case DW_AT_call_target:
	case DW_AT_GNU_call_site_target:
		code->target = *value;
		break;
	}
}

/* By attribute, the flag that it stands for. */
static unsigned flag_of(unsigned name)
{
	switch (name) {
	case DW_AT_declaration:
		return CW_ENTRY_DECLARATION;
	case DW_AT_artificial:
		return CW_ENTRY_ARTIFICIAL;
	case DW_AT_external:
		return CW_ENTRY_EXTERNAL;
	case DW_AT_noreturn:
		return CW_ENTRY_NORETURN;
	case DW_AT_prototyped:
		return CW_ENTRY_PROTOTYPED;
	case DW_AT_call_tail_call:
	case DW_AT_GNU_tail_call:
		return CW_ENTRY_TAIL_CALL;
	}
	return 0;
}

static void entry_attribute(unsigned name, const struct cw_value *value,
			    struct cw_unit_entry *entry)
{
	unsigned flag = flag_of(name);

	if (flag) {
		if (value->number)
			entry->flags |= flag;
		return;
	}
	switch (name) {
	case DW_AT_name:
		entry->name = cw_value_text(value);
		break;
	case DW_AT_type:
		entry->type = value->number;
		entry->flags &= ~CW_ENTRY_UNKNOWN_TYPE;
		break;
	case DW_AT_abstract_origin:
	case DW_AT_call_origin:
		entry->origin = value->number;
		break;
	case DW_AT_specification:
		if (!entry->origin)
			entry->origin = value->number;
		break;
	case DW_AT_location:
	case DW_AT_frame_base:
	case DW_AT_call_value:
	case DW_AT_GNU_call_site_value:
		entry->value = *value;
		entry->flags &= ~CW_ENTRY_CONSTANT;
		break;
	case DW_AT_const_value:
		if (entry->value.kind != CW_VALUE_NONE)
			break;
		entry->value = *value;
		entry->flags |= CW_ENTRY_CONSTANT;
		break;
	}
}

/* What of an entry an attribute is. */
enum use {
	UNUSED,
	OF_ENTRY,
	OF_CODE,
};

static enum use use_of(unsigned name)
{
	switch (name) {
	case DW_AT_low_pc:
	case DW_AT_high_pc:
	case DW_AT_ranges:
	case DW_AT_linkage_name:
	case DW_AT_MIPS_linkage_name:
	case DW_AT_call_return_pc:
	case DW_AT_call_file:
	case DW_AT_call_line:
	case DW_AT_call_target:
	case DW_AT_GNU_call_site_target:
		return OF_CODE;
	case DW_AT_name:
	case DW_AT_abstract_origin:
	case DW_AT_call_origin:
	case DW_AT_call_value:
	case DW_AT_GNU_call_site_value:
	case DW_AT_type:
	case DW_AT_specification:
	case DW_AT_location:
	case DW_AT_frame_base:
	case DW_AT_const_value:
		return OF_ENTRY;
	}
	return flag_of(name) ? OF_ENTRY : UNUSED;
}

bool cw_unit_entry_read(const struct cw_die *die, struct cw_unit_entry *ret,
			struct cw_unit_code *ret_code)
{
	struct cw_attributes attributes;
	struct cw_value value;
	bool has_code = false;
	unsigned name, tag = cw_die_tag(die);

	cw_attributes_init(&attributes, die);
	while ((name = cw_attributes_peek(&attributes))) {
		enum use use = use_of(name);
		if (use == UNUSED) {
			cw_attributes_skip(&attributes);
			continue;
		}
		if (!cw_attributes_next(&attributes, &name, &value))
			break;
		/* Which register it is, and not what is in it. */
		if (name == DW_AT_location && tag_is_call_parameter(tag)) {
			name = DW_AT_call_target;
			use = OF_CODE;
		}
		if (name == DW_AT_type)
			ret->flags |= CW_ENTRY_UNKNOWN_TYPE;
		if (value.kind == CW_VALUE_NONE)
			continue;
		if (use == OF_CODE)
			code_attribute(name, &value, ret_code);
		else
			entry_attribute(name, &value, ret);
		has_code |= use == OF_CODE;
	}
	return has_code;
}

void cw_unit_entry_place(struct cw_unit_entry *entry,
			 const struct cw_library *library)
{
	entry->origin = cw_library_key(library, entry->origin);
	entry->type = cw_library_key(library, entry->type);
}

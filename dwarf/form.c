#include "dwarf/form.h"

#include <string.h>

static void string_use(const char *text, struct cw_value *ret)
{
	if (!text)
		return;
	ret->kind = CW_VALUE_STRING;
	ret->bytes = (const unsigned char *)text;
}

static void number_use(enum cw_value_kind kind, uint64_t number,
		       struct cw_value *ret)
{
	ret->kind = kind;
	ret->number = number;
}

static void bytes_use(struct cw_cursor *cursor, uint64_t size,
		      struct cw_value *ret)
{
	ret->bytes = cw_cursor_bytes(cursor, size);
	if (!ret->bytes || size > UINT32_MAX)
		return;
	ret->kind = CW_VALUE_BYTES;
	ret->size = size;
}

static void address_use(const struct cw_unit_head *head, uint64_t index,
			struct cw_value *ret)
{
	if (cw_head_address(head, index, &ret->number))
		ret->kind = CW_VALUE_ADDRESS;
}

/* Within the unit. */
static void near_use(const struct cw_unit_head *head, uint64_t offset,
		     struct cw_value *ret)
{
	if (offset < head->end - head->start)
		number_use(CW_VALUE_REFERENCE,
			   (head->start + offset) | head->key_flag, ret);
}

/* Anywhere in .debug_info of this file or, with a number, of another. */
static void far_use(uint64_t offset, uint64_t file, struct cw_value *ret)
{
	if (offset <= CW_KEY_OFFSET)
		number_use(CW_VALUE_REFERENCE,
			   offset | file << CW_KEY_FILE_SHIFT, ret);
}

static void alternate_use(const struct cw_unit_head *head, uint64_t offset,
			  struct cw_value *ret)
{
	if (head->library->alternate)
		far_use(offset, head->library->alternate, ret);
}

static void signature_use(const struct cw_unit_head *head, uint64_t signature,
			  struct cw_value *ret)
{
	uint64_t key;

	if (cw_library_signed(head->library, signature, &key))
		number_use(CW_VALUE_REFERENCE, key, ret);
}

/* A string's bytes are here. */
static void text_use(struct cw_cursor *cursor, struct cw_value *ret)
{
	const void *end = memchr(cursor->at, 0, cw_cursor_left(cursor));

	if (!end) {
		cursor->is_bad = true;
		return;
	}
	string_use((const char *)cursor->at, ret);
	cursor->at = (const unsigned char *)end + 1;
}

/* Forms whose value is a length and as many bytes. */
static bool block_read(struct cw_cursor *cursor, unsigned form,
		       struct cw_value *ret)
{
	uint64_t size;

	switch (form) {
	case DW_FORM_block:
	case DW_FORM_exprloc:
		size = cw_cursor_uleb(cursor);
		break;
	case DW_FORM_block1:
		size = cw_cursor_fixed(cursor, 1);
		break;
	case DW_FORM_block2:
		size = cw_cursor_fixed(cursor, 2);
		break;
	case DW_FORM_block4:
		size = cw_cursor_fixed(cursor, 4);
		break;
	case DW_FORM_data16:
		size = 16;
		break;
	default:
		return false;
	}
	bytes_use(cursor, size, ret);
	return true;
}

/* What the number that a form has stands for. */
static void number_resolve(const struct cw_unit_head *head, unsigned form,
			   uint64_t number, struct cw_value *ret)
{
	switch (form) {
	case DW_FORM_data1:
	case DW_FORM_data2:
	case DW_FORM_data4:
	case DW_FORM_data8:
	case DW_FORM_udata:
		number_use(CW_VALUE_NUMBER, number, ret);
		break;
	case DW_FORM_flag:
		number_use(CW_VALUE_FLAG, number != 0, ret);
		break;
	case DW_FORM_addr:
		number_use(CW_VALUE_ADDRESS, number, ret);
		break;
	case DW_FORM_addrx:
	case DW_FORM_addrx1:
	case DW_FORM_addrx2:
	case DW_FORM_addrx3:
	case DW_FORM_addrx4:
	case DW_FORM_GNU_addr_index:
		address_use(head, number, ret);
		break;
	case DW_FORM_strp:
		string_use(cw_section_string(head->strings, number), ret);
		break;
	case DW_FORM_line_strp:
		string_use(cw_section_string(head->line_strings, number), ret);
		break;
	case DW_FORM_strp_sup:
	case DW_FORM_GNU_strp_alt:
		string_use(cw_section_string(head->alternate_strings, number),
			   ret);
		break;
	case DW_FORM_strx:
	case DW_FORM_strx1:
	case DW_FORM_strx2:
	case DW_FORM_strx3:
	case DW_FORM_strx4:
	case DW_FORM_GNU_str_index:
		string_use(cw_head_string(head, number), ret);
		break;
	case DW_FORM_ref1:
	case DW_FORM_ref2:
	case DW_FORM_ref4:
	case DW_FORM_ref8:
	case DW_FORM_ref_udata:
		near_use(head, number, ret);
		break;
	case DW_FORM_ref_addr:
		far_use(number, 0, ret);
		break;
	case DW_FORM_ref_sig8:
		signature_use(head, number, ret);
		break;
	case DW_FORM_ref_sup4:
	case DW_FORM_ref_sup8:
	case DW_FORM_GNU_ref_alt:
		alternate_use(head, number, ret);
		break;
	case DW_FORM_sec_offset:
		number_use(CW_VALUE_OFFSET, number, ret);
		break;
	case DW_FORM_loclistx:
	case DW_FORM_rnglistx:
		number_use(CW_VALUE_INDEX, number, ret);
		break;
	}
}

void cw_form_read(const struct cw_unit_head *head, struct cw_cursor *cursor,
		  const struct cw_abbrev_attribute *attribute,
		  struct cw_value *ret)
{
	unsigned form = attribute->form;
	uint64_t number;

	*ret = (struct cw_value){0};
	if (form == DW_FORM_indirect)
		form = cw_cursor_uleb(cursor);
	switch (form) {
	case DW_FORM_implicit_const:
		cursor->is_bad |= attribute->form != form;
		number_use(CW_VALUE_SIGNED, attribute->constant, ret);
		break;
	case DW_FORM_flag_present:
		number_use(CW_VALUE_FLAG, 1, ret);
		break;
	case DW_FORM_sdata:
		number_use(CW_VALUE_SIGNED, cw_cursor_sleb(cursor), ret);
		break;
	case DW_FORM_string:
		text_use(cursor, ret);
		break;
	default:
		if (block_read(cursor, form, ret))
			break;
		if (!cw_form_number(cursor, head->format, form, &number))
			cursor->is_bad = true;
		if (!cursor->is_bad)
			number_resolve(head, form, number, ret);
	}
	if (cursor->is_bad)
		ret->kind = CW_VALUE_NONE;
}

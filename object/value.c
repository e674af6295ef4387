#include "object/value.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

/* Longest text that is shown of what a char * points to. */
#define MAX_STRING 40

/* The bits of a field of up to eight bytes, sign extended when @is_signed. */
static uint64_t cut_bits(uint64_t raw, uint64_t size,
			 const struct cw_member *member, bool is_signed)
{
	uint32_t num_bits = size * 8;

	if (member && member->bit_size) {
		num_bits = member->bit_size;
		raw = member->bit_offset < 64 ? raw >> member->bit_offset : 0;
	}
	if (num_bits >= 64 || num_bits == 0)
		return raw;
	raw &= (UINT64_C(1) << num_bits) - 1;
	if (is_signed && raw >> (num_bits - 1))
		raw |= ~UINT64_C(0) << num_bits;
	return raw;
}

static void add_enum(const struct cw_type *type, uint64_t value,
		     struct cw_text *text)
{
	const struct cw_enumerator *enumerators;
	size_t num = cw_type_enumerators(type, &enumerators);

	for (size_t i = 0; i < num; i++) {
		if ((uint64_t)enumerators[i].value == value) {
			cw_text_add(text, enumerators[i].name);
			return;
		}
	}
	cw_text_addf(text, "%" PRId64, (int64_t)value);
}

static void add_float(const struct cw_name_context *context, uint64_t size,
		      cw_addr address, struct cw_text *text)
{
	union {
		float single;
		double twice;
		long double extended;
		unsigned char bytes[16];
	} value = {.bytes = {0}};

	if (size > sizeof(value) ||
	    !cw_target_read(context->target, address, value.bytes, size))
		cw_text_add(text, "?");
	else if (size == sizeof(float))
		cw_text_addf(text, "%g", value.single);
	else if (size == sizeof(double))
		cw_text_addf(text, "%g", value.twice);
	else if (size == sizeof(long double))
		cw_text_addf(text, "%Lg", value.extended);
	else
		cw_text_add(text, "?");
}

static void add_base(const struct cw_type *type, uint64_t value,
		     struct cw_text *text)
{
	switch (type->encoding) {
	case CW_ENCODING_BOOL:
		cw_text_add(text, value == 0   ? "false"
				  : value == 1 ? "true"
					       : "neither true nor false");
		break;
	case CW_ENCODING_CHAR:
		cw_text_addf(text, "%d", (int)(signed char)value);
		if (isprint((unsigned char)value))
			cw_text_addf(text, " '%c'", (int)(unsigned char)value);
		break;
	case CW_ENCODING_SIGNED:
		cw_text_addf(text, "%" PRId64, (int64_t)value);
		break;
	default:
		cw_text_addf(text, "%" PRIu64, value);
		break;
	}
}

static bool points_to_chars(const struct cw_type *type)
{
	const struct cw_type *target =
		type->target ? cw_type_strip(type->target) : NULL;

	return target && target->kind == CW_TYPE_BASE &&
	       target->encoding == CW_ENCODING_CHAR;
}

static void add_pointer(const struct cw_name_context *context,
			const struct cw_type *type, uint64_t value,
			struct cw_text *text)
{
	cw_text_addf(text, "0x%" PRIx64, value);
	if (value == 0)
		return;
	if (points_to_chars(type)) {
		char *string = cw_target_read_string(context->target, value,
						     MAX_STRING);
		if (string)
			cw_text_addf(text, " \"%s\"", string);
		free(string);
		return;
	}
	struct cw_block block;
	if (context->heap && cw_heap_block_at(context->heap, value, &block)) {
		if (block.state != CW_BLOCK_USED)
			cw_text_addf(text, " (%s block)",
				     cw_block_state_name(block.state));
		return;
	}
	cw_cleanup_text struct cw_text name = {0};
	if (cw_name_address(context, value, &name, NULL))
		cw_text_addf(text, " <%s>", name.chars);
}

void cw_value_add(const struct cw_name_context *context,
		  const struct cw_type *type, const struct cw_member *member,
		  cw_addr address, struct cw_text *text)
{
	uint64_t raw = 0;

	type = cw_type_strip(type);
	if (type->kind == CW_TYPE_BASE && type->encoding == CW_ENCODING_FLOAT) {
		add_float(context, type->size, address, text);
		return;
	}
	if (type->size == 0 || type->size > sizeof(raw) ||
	    !cw_target_read(context->target, address, &raw, type->size)) {
		cw_text_add(text, "?");
		return;
	}
	bool is_signed = type->kind == CW_TYPE_ENUM ||
			 type->encoding == CW_ENCODING_SIGNED;
	raw = cut_bits(raw, type->size, member, is_signed);
	switch (type->kind) {
	case CW_TYPE_POINTER:
	case CW_TYPE_REFERENCE:
		add_pointer(context, type, raw, text);
		break;
	case CW_TYPE_ENUM:
		add_enum(type, raw, text);
		break;
	case CW_TYPE_BASE:
		add_base(type, raw, text);
		break;
	default:
		cw_text_addf(text, "0x%" PRIx64, raw);
		break;
	}
}

bool cw_value_add_object(const struct cw_name_context *context,
			 const struct cw_type *type, cw_addr address,
			 struct cw_text *text)
{
	type = cw_type_strip(type);
	if (!context->rules || !cw_type_is_aggregate(type))
		return false;
	const struct cw_found_rule *found = cw_rules_find(context->rules, type);
	struct cw_object object = {.type = type, .address = address};
	object.bytes = cw_target_bytes(context->target, address, type->size);
	return found && found->rule->describe && object.bytes &&
	       found->rule->describe(&context->rules->context, found->plan,
				     &object, text);
}

static bool add_string_key(const struct cw_name_context *context,
			   cw_addr address, struct cw_text *text)
{
	cw_addr chars;

	if (!cw_target_read(context->target, address, &chars, sizeof(chars)))
		return false;
	char *string =
		cw_target_read_string(context->target, chars, MAX_STRING);
	if (string)
		cw_text_addf(text, "\"%s\"", string);
	free(string);
	return string != NULL;
}

bool cw_value_add_key(const struct cw_name_context *context,
		      const struct cw_type *type, cw_addr address,
		      struct cw_text *text)
{
	size_t length = text->length;

	type = cw_type_strip(type);
	switch (type->kind) {
	case CW_TYPE_ENUM:
	case CW_TYPE_BASE:
		cw_value_add(context, type, NULL, address, text);
		return true;
	case CW_TYPE_POINTER:
		if (points_to_chars(type) &&
		    add_string_key(context, address, text))
			return true;
		cw_value_add(context, type, NULL, address, text);
		return true;
	default:
		if (!cw_value_add_object(context, type, address, text))
			return false;
		/* A sentence is no key. */
		if (text->length > length && text->chars[length] == '"')
			return true;
		cw_text_cut(text, length);
		return false;
	}
}

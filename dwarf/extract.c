#include "dwarf/extract.h"

#include "base/memory.h"

/* What an attribute is taken for. */
enum use {
	USE_NONE,
	USE_NAME,
	USE_LINKAGE_NAME,
	USE_LOW,
	USE_HIGH,
	USE_RANGES,
	USE_TYPE,
	USE_ORIGIN,
	USE_SPECIFICATION,
	USE_VALUE,
	USE_CONSTANT,
	USE_DECLARATION,
	USE_EXTERNAL,
	USE_NORETURN,
	USE_PROTOTYPED,
};

/* How it is read. */
enum way {
	WAY_PASS,   /* of a size that only its form tells */
	WAY_NUMBER, /* so many bytes */
	WAY_LEB,
	WAY_NEAR, /* a reference within the unit */
	WAY_EXPRESSION,
	WAY_FLAG,
	WAY_OTHER,
};

static enum use use_in_function(unsigned name)
{
	switch (name) {
	case DW_AT_name:
		return USE_NAME;
	case DW_AT_linkage_name:
	case DW_AT_MIPS_linkage_name:
		return USE_LINKAGE_NAME;
	case DW_AT_type:
		return USE_TYPE;
	case DW_AT_abstract_origin:
		return USE_ORIGIN;
	case DW_AT_specification:
		return USE_SPECIFICATION;
	case DW_AT_frame_base:
		return USE_VALUE;
	case DW_AT_external:
		return USE_EXTERNAL;
	case DW_AT_noreturn:
		return USE_NORETURN;
	case DW_AT_prototyped:
		return USE_PROTOTYPED;
	}
	return USE_NONE;
}

static enum use use_in_local(unsigned name)
{
	switch (name) {
	case DW_AT_type:
		return USE_TYPE;
	case DW_AT_abstract_origin:
		return USE_ORIGIN;
	case DW_AT_specification:
		return USE_SPECIFICATION;
	case DW_AT_location:
		return USE_VALUE;
	case DW_AT_const_value:
		return USE_CONSTANT;
	case DW_AT_declaration:
		return USE_DECLARATION;
	}
	return USE_NONE;
}

static enum use use_of(unsigned name, enum cw_extract_role role)
{
	if (role == CW_EXTRACT_LOCAL)
		return use_in_local(name);
	if (role != CW_EXTRACT_FUNCTION && role != CW_EXTRACT_BLOCK &&
	    role != CW_EXTRACT_INLINED)
		return USE_NONE;
	switch (name) {
	case DW_AT_low_pc:
		return USE_LOW;
	case DW_AT_high_pc:
		return USE_HIGH;
	case DW_AT_ranges:
		return USE_RANGES;
	}
	return role == CW_EXTRACT_FUNCTION ? use_in_function(name) : USE_NONE;
}

static enum cw_extract_role role_of(unsigned tag)
{
	switch (tag) {
	case DW_TAG_subprogram:
		return CW_EXTRACT_FUNCTION;
	case DW_TAG_formal_parameter:
	case DW_TAG_variable:
		return CW_EXTRACT_LOCAL;
	case DW_TAG_inlined_subroutine:
		return CW_EXTRACT_INLINED;
	case DW_TAG_GNU_formal_parameter_pack:
		return CW_EXTRACT_PACK;
	case DW_TAG_structure_type:
	case DW_TAG_class_type:
	case DW_TAG_union_type:
		return CW_EXTRACT_RECORD;
	case DW_TAG_namespace:
	case DW_TAG_module:
		return CW_EXTRACT_NAMESPACE;
	}
	return cw_tag_is_function_block(tag) ? CW_EXTRACT_BLOCK
					     : CW_EXTRACT_SKIP;
}

/* The forms that are most of all; others are read as any is. */
static void way_find(const struct cw_abbrev_attribute *attribute,
		     struct cw_extract_step *step)
{
	step->way = WAY_NUMBER;
	step->size = attribute->size;
	switch (attribute->form) {
	case DW_FORM_data1:
	case DW_FORM_data2:
	case DW_FORM_data4:
	case DW_FORM_data8:
		step->kind = CW_VALUE_NUMBER;
		return;
	case DW_FORM_addr:
		step->kind = CW_VALUE_ADDRESS;
		return;
	case DW_FORM_sec_offset:
		step->kind = CW_VALUE_OFFSET;
		return;
	case DW_FORM_ref1:
	case DW_FORM_ref2:
	case DW_FORM_ref4:
	case DW_FORM_ref8:
		step->way = WAY_NEAR;
		return;
	case DW_FORM_loclistx:
	case DW_FORM_rnglistx:
		step->way = WAY_LEB;
		step->kind = CW_VALUE_INDEX;
		return;
	case DW_FORM_exprloc:
		step->way = WAY_EXPRESSION;
		return;
	case DW_FORM_flag_present:
		step->way = WAY_FLAG;
		return;
	}
	step->way = WAY_OTHER;
}

static void plan_make(struct cw_extract_plans *plans,
		      const struct cw_abbrev *abbrev,
		      struct cw_extract_plan *plan)
{
	const struct cw_abbrev_table *abbrevs = &plans->unit->abbrevs;
	uint64_t skip = 0;

	*plan = (struct cw_extract_plan){
		.abbrev = abbrev,
		.first = plans->steps.num,
		.role = role_of(abbrev->tag),
	};
	for (uint32_t i = abbrev->first; i < abbrev->first + abbrev->num; i++) {
		const struct cw_abbrev_attribute *attribute =
			&abbrevs->attributes.items[i];
		struct cw_extract_step step = {
			.attribute = i,
			.use = use_of(attribute->name, plan->role),
			.way = WAY_PASS,
		};
		if (!step.use && attribute->size != CW_SIZE_VARIES) {
			skip += attribute->size;
			continue;
		}
		if (step.use)
			way_find(attribute, &step);
		step.skip = skip;
		skip = 0;
		*cw_array_push(&plans->steps) = step;
	}
	plan->num = plans->steps.num - plan->first;
	plan->rest = skip;
}

void cw_extract_plans_use(struct cw_extract_plans *plans,
			  const struct cw_die_unit *unit)
{
	size_t num = unit->abbrevs.items.num;

	plans->unit = unit;
	plans->steps.num = 0;
	cw_array_reserve(&plans->items, num);
	plans->items.num = num;
	if (num)
		memset(plans->items.items, 0,
		       num * sizeof(*plans->items.items));
}

void cw_extract_plans_deinit(struct cw_extract_plans *plans)
{
	cw_array_deinit(&plans->items);
	cw_array_deinit(&plans->steps);
}

const struct cw_extract_plan *
cw_extract_plan_need(struct cw_extract_plans *plans, uint64_t code)
{
	if (code >= plans->items.num)
		return NULL;
	struct cw_extract_plan *plan = &plans->items.items[code];
	const struct cw_abbrev *abbrev =
		&plans->unit->abbrevs.items.items[code];
	if (abbrev->tag == 0)
		return NULL;
	plan_make(plans, abbrev, plan);
	return plan;
}

static uint64_t number_read(struct cw_cursor *cursor, size_t size)
{
	uint64_t number;

	if (cursor->is_bad || cw_cursor_left(cursor) < sizeof(number))
		return cw_cursor_fixed(cursor, size);
	memcpy(&number, cursor->at, sizeof(number));
	cursor->at += size;
	return size < 8 ? number & ((UINT64_C(1) << 8 * size) - 1) : number;
}

static void value_read(const struct cw_extract_plans *plans,
		       const struct cw_extract_step *step,
		       struct cw_cursor *cursor, struct cw_value *ret)
{
	const struct cw_die_unit *unit = plans->unit;

	*ret = (struct cw_value){.kind = step->kind};
	switch (step->way) {
	case WAY_NUMBER:
		ret->number = number_read(cursor, step->size);
		break;
	case WAY_LEB:
		ret->number = cw_cursor_uleb(cursor);
		break;
	case WAY_NEAR:
		ret->number = number_read(cursor, step->size);
		if (ret->number >= unit->head.end - unit->head.start)
			break;
		ret->number =
			(ret->number + unit->head.start) | unit->head.key_flag;
		ret->kind = CW_VALUE_REFERENCE;
		break;
	case WAY_EXPRESSION:
		ret->number = cw_cursor_uleb(cursor);
		ret->bytes = cw_cursor_bytes(cursor, ret->number);
		ret->size = ret->number;
		if (ret->bytes && ret->number <= UINT32_MAX)
			ret->kind = CW_VALUE_BYTES;
		break;
	case WAY_FLAG:
		ret->number = 1;
		ret->kind = CW_VALUE_FLAG;
		break;
	default:
		cw_form_read(&unit->head, cursor,
			     &unit->abbrevs.attributes.items[step->attribute],
			     ret);
	}
	if (cursor->is_bad)
		ret->kind = CW_VALUE_NONE;
}

static void code_take(enum use use, const struct cw_value *value,
		      struct cw_unit_code *code)
{
	switch (use) {
	case USE_LOW:
		code->low = value->number;
		code->has_low = value->kind == CW_VALUE_ADDRESS;
		break;
	case USE_HIGH:
		code->high = *value;
		break;
	case USE_RANGES:
		code->ranges = *value;
		break;
	case USE_LINKAGE_NAME:
		if (value->kind == CW_VALUE_STRING)
			code->linkage_name = (const char *)value->bytes;
		break;
	default:
		break;
	}
}

static void flag_take(unsigned flag, const struct cw_value *value,
		      struct cw_extract *ret)
{
	if (value->number)
		ret->flags |= flag;
}

static void value_take(enum use use, const struct cw_value *value,
		       struct cw_extract *ret)
{
	switch (use) {
	case USE_NAME:
		ret->name = cw_value_text(value);
		break;
	case USE_TYPE:
		ret->type = value->number;
		break;
	case USE_ORIGIN:
		ret->origin = value->number;
		break;
	case USE_SPECIFICATION:
		if (!ret->origin)
			ret->origin = value->number;
		break;
	case USE_VALUE:
		ret->value = *value;
		ret->flags &= ~CW_ENTRY_CONSTANT;
		break;
	case USE_CONSTANT:
		if (ret->value.kind != CW_VALUE_NONE)
			break;
		ret->value = *value;
		ret->flags |= CW_ENTRY_CONSTANT;
		break;
	case USE_DECLARATION:
		flag_take(CW_ENTRY_DECLARATION, value, ret);
		break;
	case USE_EXTERNAL:
		flag_take(CW_ENTRY_EXTERNAL, value, ret);
		break;
	case USE_NORETURN:
		flag_take(CW_ENTRY_NORETURN, value, ret);
		break;
	case USE_PROTOTYPED:
		flag_take(CW_ENTRY_PROTOTYPED, value, ret);
		break;
	default:
		break;
	}
}

static bool use_is_of_code(enum use use)
{
	return use >= USE_LINKAGE_NAME && use <= USE_RANGES;
}

void cw_extract_read(const struct cw_extract_plans *plans,
		     const struct cw_extract_plan *plan,
		     struct cw_cursor *cursor, struct cw_extract *ret,
		     struct cw_unit_code *ret_code)
{
	const struct cw_extract_step *step = &plans->steps.items[plan->first];
	const struct cw_extract_step *end = step + plan->num;

	*ret = (struct cw_extract){0};
	for (; step < end && !cursor->is_bad; step++) {
		struct cw_value value;
		if (step->skip)
			cw_cursor_bytes(cursor, step->skip);
		if (step->way == WAY_PASS) {
			const struct cw_abbrev_attribute *attribute =
				&plans->unit->abbrevs.attributes
					 .items[step->attribute];
			if (!cw_form_skip(cursor, plans->unit->head.format,
					  attribute->form))
				cursor->is_bad = true;
			continue;
		}
		value_read(plans, step, cursor, &value);
		if (value.kind != CW_VALUE_NONE && use_is_of_code(step->use))
			code_take(step->use, &value, ret_code);
		else if (value.kind != CW_VALUE_NONE)
			value_take(step->use, &value, ret);
		else if (step->use == USE_TYPE)
			ret->flags |= CW_ENTRY_UNKNOWN_TYPE;
	}
	cw_cursor_bytes(cursor, plan->rest);
}

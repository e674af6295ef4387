/*
 * Go: strings, slices, interfaces and channels.
 *
 * string		str *uint8, len int
 * []T			array *T, len int, cap int
 * interface {}		_type, data	the type's descriptor
 * other interfaces	tab, data	the descriptor is the itab's second word
 *			(sync.eface of a sync.Pool: typ, val)
 * chan			hchan<T>: dataqsiz, buf, elemtype
 *
 * Go's int has 8 bytes, which sets these apart from structs of C.
 */
#include <string.h>

#include "base/memory.h"
#include "golang/type.h"
#include "object/go_rule.h"

enum {
	ITAB_TYPE = 8,	/* in an itab, of the descriptor */
	MAX_SHOWN = 64, /* bytes of text */
};

const struct cw_member *cw_go_member(const struct cw_type *type,
				     const char *name)
{
	const struct cw_member *members;
	size_t num = cw_type_members(type, &members);

	for (size_t i = 0; i < num; i++)
		if (members[i].name && strcmp(members[i].name, name) == 0 &&
		    members[i].offset <= type->size &&
		    cw_type_strip(members[i].type)->size <=
			    type->size - members[i].offset)
			return &members[i];
	return NULL;
}

bool cw_go_number(const struct cw_type *type, const char *name, uint64_t size,
		  uint64_t *ret)
{
	const struct cw_member *member = cw_go_member(type, name);

	if (!member)
		return false;
	const struct cw_type *number = cw_type_strip(member->type);
	if (number->kind != CW_TYPE_BASE || number->size != size)
		return false;
	*ret = member->offset;
	return true;
}

const struct cw_type *cw_go_pointer(const struct cw_type *type,
				    const char *name, uint64_t *ret)
{
	const struct cw_member *member = cw_go_member(type, name);

	if (!member)
		return NULL;
	const struct cw_type *pointer = cw_type_strip(member->type);
	if (pointer->kind != CW_TYPE_POINTER || pointer->size != 8 ||
	    !pointer->target)
		return NULL;
	*ret = member->offset;
	return cw_type_strip(pointer->target);
}

const struct cw_type *cw_go_type_for(const struct cw_rule_context *context,
				     const char *name)
{
	const struct cw_type **found;

	if (cw_debug_types_named(context->debug, name, &found) > 0)
		return cw_type_strip(found[0]);
	return context->go ? cw_go_type_named(context->go, name) : NULL;
}

void cw_go_visit_run(const struct cw_object *object, uint64_t slot,
		     const struct cw_type *element, uint64_t count,
		     struct cw_part_visitor *visitor)
{
	struct cw_part part = {
		.kind = CW_PART_OBJECTS,
		.type = element,
		.address = cw_go_word(object, slot),
		.count = count,
		.slot = object->address + slot,
		.is_element = true,
	};

	if (count == 0 || element->size == 0 || part.address == 0 ||
	    __builtin_mul_overflow(count, element->size, &part.storage_size))
		return;
	part.storage = part.address;
	visitor->part(visitor, &part);
}

void cw_go_visit_object(const struct cw_object *object, uint64_t slot,
			const struct cw_type *type,
			struct cw_part_visitor *visitor)
{
	struct cw_part part = {
		.kind = CW_PART_OBJECTS,
		.type = type,
		.address = cw_go_word(object, slot),
		.count = 1,
		.slot = object->address + slot,
	};

	if (part.address && type->size)
		visitor->part(visitor, &part);
}

static bool string_prepare(const struct cw_rule_context *context,
			   const struct cw_type *type, const void **ret)
{
	struct cw_go_run plan = {0};

	if (type->kind != CW_TYPE_STRUCT || type->size != 16)
		return false;
	plan.element = cw_go_pointer(type, "str", &plan.pointer);
	if (!plan.element || plan.element->kind != CW_TYPE_BASE ||
	    plan.element->size != 1 ||
	    !cw_go_number(type, "len", 8, &plan.length))
		return false;
	*ret = cw_go_keep(context, &plan);
	return true;
}

static void string_visit(const struct cw_rule_context *context,
			 const void *data, const struct cw_object *object,
			 struct cw_part_visitor *visitor)
{
	const struct cw_go_run *plan = data;
	struct cw_part part = {
		.kind = CW_PART_TEXT,
		.type = plan->element,
		.address = cw_go_word(object, plan->pointer),
		.count = cw_go_word(object, plan->length),
		.slot = object->address + plan->pointer,
	};

	(void)context;
	if (part.count)
		visitor->part(visitor, &part);
}

static bool string_describe(const struct cw_rule_context *context,
			    const void *data, const struct cw_object *object,
			    struct cw_text *text)
{
	const struct cw_go_run *plan = data;
	uint64_t length = cw_go_word(object, plan->length);
	uint64_t shown = length < MAX_SHOWN ? length : MAX_SHOWN;
	const char *chars = cw_target_bytes(
		context->target, cw_go_word(object, plan->pointer), shown);

	if (length && !chars)
		return false;
	cw_text_add(text, "\"");
	for (uint64_t i = 0; i < shown; i++)
		cw_text_addf(text, "%c",
			     (unsigned char)chars[i] < ' ' ? '.' : chars[i]);
	cw_text_add(text, shown < length ? "…\"" : "\"");
	return true;
}

static bool slice_prepare(const struct cw_rule_context *context,
			  const struct cw_type *type, const void **ret)
{
	struct cw_go_run plan = {0};

	if (type->kind != CW_TYPE_STRUCT || type->size != 24)
		return false;
	plan.element = cw_go_pointer(type, "array", &plan.pointer);
	if (!plan.element || !cw_go_number(type, "len", 8, &plan.length) ||
	    !cw_go_number(type, "cap", 8, &plan.room))
		return false;
	*ret = cw_go_keep(context, &plan);
	return true;
}

/* What is behind the length is no rubbish, and kept alive as well. */
static void slice_visit(const struct cw_rule_context *context, const void *data,
			const struct cw_object *object,
			struct cw_part_visitor *visitor)
{
	const struct cw_go_run *plan = data;

	(void)context;
	cw_go_visit_run(object, plan->pointer, plan->element,
			cw_go_word(object, plan->room), visitor);
}

static bool slice_describe(const struct cw_rule_context *context,
			   const void *data, const struct cw_object *object,
			   struct cw_text *text)
{
	const struct cw_go_run *plan = data;
	char length[CW_NUMBER_SIZE], room[CW_NUMBER_SIZE];

	(void)context;
	cw_text_addf(text, "%s elements, room for %s",
		     cw_text_count(length, cw_go_word(object, plan->length)),
		     cw_text_count(room, cw_go_word(object, plan->room)));
	return true;
}

/* ---- Interfaces */

struct interface_plan {
	uint64_t type, data; /* offsets */
	bool is_empty;	     /* the first word is the type's descriptor */
};

static const struct interface_row {
	const char *name, *type, *data; /* of the struct, of its members */
	bool is_empty;
} interface_rows[] = {
	{"runtime.eface", "_type", "data", true},
	{"runtime.iface", "tab", "data", false},
	{"sync.eface", "typ", "val", true},
};

static bool interface_prepare(const struct cw_rule_context *context,
			      const struct cw_type *type, const void **ret)
{
	if (!context->go || type->kind != CW_TYPE_STRUCT || type->size != 16 ||
	    !type->name)
		return false;
	for (size_t i = 0; i < cw_num_elements(interface_rows); i++) {
		const struct interface_row *row = &interface_rows[i];
		struct interface_plan plan = {.is_empty = row->is_empty};

		if (strcmp(type->name, row->name) != 0 ||
		    !cw_go_pointer(type, row->type, &plan.type) ||
		    !cw_go_pointer(type, row->data, &plan.data))
			continue;
		*ret = cw_go_keep(context, &plan);
		return true;
	}
	return false;
}

static void interface_visit(const struct cw_rule_context *context,
			    const void *data, const struct cw_object *object,
			    struct cw_part_visitor *visitor)
{
	const struct interface_plan *plan = data;
	cw_addr descriptor = cw_go_word(object, plan->type);

	if (descriptor == 0 ||
	    (!plan->is_empty &&
	     !cw_target_read_word(context->target, descriptor + ITAB_TYPE,
				  &descriptor)))
		return;
	const struct cw_go_type *type = cw_go_type_at(context->go, descriptor);
	if (!type || !type->type)
		return;
	struct cw_part part = {
		.kind = CW_PART_OBJECTS,
		.type = type->type,
		.address = cw_go_word(object, plan->data),
		.count = 1,
		.slot = object->address + plan->data,
	};
	/* Of a struct of one pointer, too, the data is the pointer. */
	if (type->is_direct)
		part.type = type->type->kind == CW_TYPE_POINTER
				    ? type->type->target
				    : NULL;
	if (part.type && part.type->size && part.address)
		visitor->part(visitor, &part);
}

/* ---- Channels */

struct channel_plan {
	uint64_t room, buffer, element; /* offsets */
	const struct cw_member *others[3];
};

static bool channel_prepare(const struct cw_rule_context *context,
			    const struct cw_type *type, const void **ret)
{
	static const char *const names[] = {"recvq", "sendq", "timer"};
	struct channel_plan plan = {0};

	if (!context->go || type->kind != CW_TYPE_STRUCT ||
	    !cw_go_number(type, "dataqsiz", 8, &plan.room) ||
	    !cw_go_pointer(type, "buf", &plan.buffer) ||
	    !cw_go_pointer(type, "elemtype", &plan.element))
		return false;
	for (size_t i = 0; i < 3; i++)
		plan.others[i] = cw_go_member(type, names[i]);
	*ret = cw_go_keep(context, &plan);
	return true;
}

static void channel_visit(const struct cw_rule_context *context,
			  const void *data, const struct cw_object *object,
			  struct cw_part_visitor *visitor)
{
	const struct channel_plan *plan = data;
	const struct cw_go_type *element =
		cw_go_type_at(context->go, cw_go_word(object, plan->element));

	if (element && element->type)
		cw_go_visit_run(object, plan->buffer, element->type,
				cw_go_word(object, plan->room), visitor);
	for (size_t i = 0; i < 3; i++) {
		const struct cw_member *member = plan->others[i];
		if (!member)
			continue;
		const struct cw_type *type = cw_type_strip(member->type);
		if (type->kind == CW_TYPE_POINTER) {
			cw_go_visit_object(object, member->offset,
					   cw_type_strip(type->target),
					   visitor);
			continue;
		}
		struct cw_part part = {
			.kind = CW_PART_OBJECTS,
			.type = type,
			.address = object->address + member->offset,
			.count = 1,
			.label = member->name,
		};
		visitor->part(visitor, &part);
	}
}

const struct cw_rule cw_go_rules[] = {
	{"Go string", string_prepare, string_visit, string_describe, NULL},
	{"Go slice", slice_prepare, slice_visit, slice_describe, NULL},
	{"Go interface", interface_prepare, interface_visit, NULL, NULL},
	{"Go channel", channel_prepare, channel_visit, NULL, NULL},
	{0},
};

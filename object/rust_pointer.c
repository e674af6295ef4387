/*
 * Pointers: Box, references, slices, str and dyn.
 *
 * A pointer's type has a name that says what it is: "alloc::boxed::Box<T>"
 * owns, "&T" and "&mut T" borrow, "*const T" and "*mut T" say nothing.
 *
 * Wide ones are structs of that name: {data_ptr, length} of a slice or str,
 * {pointer, vtable} of a dyn.  When they are to an RcInner or ArcInner, its
 * value is the slice's first element, and of a dyn it lies behind the counts
 * as the vtable's alignment demands, whatever the debug info says.
 */
#include <string.h>

#include "base/memory.h"
#include "object/dyn.h"
#include "object/rust.h"

enum { COUNTS_SIZE = 16 };

static bool begins_with(const char *name, const char *prefix)
{
	return strncmp(name, prefix, strlen(prefix)) == 0;
}

static enum cw_ownership ownership_of(const char *name)
{
	if (!name)
		return CW_OWNERSHIP_UNKNOWN;
	if (begins_with(name, "alloc::boxed::Box<"))
		return CW_OWNS;
	return name[0] == '&' ? CW_BORROWS : CW_OWNERSHIP_UNKNOWN;
}

static bool is_counted(const struct cw_type *type)
{
	return cw_rust_is(type, "alloc", "rc::RcInner") ||
	       cw_rust_is(type, "alloc", "rc::RcBox") ||
	       cw_rust_is(type, "alloc", "sync::ArcInner");
}

/* The type of its value, which may lie behind the size that it says. */
static const struct cw_type *counted_value(const struct cw_type *type)
{
	const struct cw_member *members;
	size_t num = cw_type_members(type, &members);

	for (size_t i = 0; i < num; i++)
		if (members[i].name && (strcmp(members[i].name, "value") == 0 ||
					strcmp(members[i].name, "data") == 0))
			return cw_type_strip(members[i].type);
	return NULL;
}

bool cw_rust_wide_prepare(const struct cw_type *type, struct cw_rust_wide *ret)
{
	struct cw_rust_wide wide = {0};
	const struct cw_member *members;

	if (type->kind != CW_TYPE_STRUCT || type->size != 16 ||
	    cw_type_members(type, &members) != 2)
		return false;
	wide.is_dyn = cw_rust_member(type, "pointer", &wide.pointer) &&
		      cw_rust_member(type, "vtable", &wide.second);
	if (!wide.is_dyn && (!cw_rust_member(type, "data_ptr", &wide.pointer) ||
			     !cw_rust_member(type, "length", &wide.second)))
		return false;
	if (wide.pointer.type->kind != CW_TYPE_POINTER)
		return false;
	wide.element = cw_type_strip(wide.pointer.type->target);
	wide.is_text = type->name && (strstr(type->name, "<str") ||
				      strcmp(type->name, "&str") == 0 ||
				      strcmp(type->name, "&mut str") == 0);
	wide.ownership = ownership_of(type->name);
	if (is_counted(wide.element)) {
		wide.is_atomic =
			cw_rust_is(wide.element, "alloc", "sync::ArcInner");
		wide.counts_size = COUNTS_SIZE;
		wide.element = counted_value(wide.element);
		if (!wide.element)
			return false;
	}
	*ret = wide;
	return true;
}

static void slice_visit(const struct cw_rust_wide *wide, cw_addr start,
			uint64_t count, struct cw_part *part,
			struct cw_part_visitor *visitor)
{
	uint64_t size;

	if (wide->element->size == 0 || count == 0 ||
	    __builtin_mul_overflow(count, wide->element->size, &size))
		return;
	part->kind = wide->is_text ? CW_PART_TEXT : CW_PART_OBJECTS;
	part->type = wide->element;
	part->address = start + wide->counts_size;
	part->count = count;
	part->is_element = true;
	/* A borrowed slice may be a part of something. */
	if (wide->ownership != CW_BORROWS &&
	    wide->ownership != CW_OWNERSHIP_UNKNOWN) {
		part->storage = start;
		part->storage_size =
			wide->counts_size
				? cw_rust_align(wide->counts_size + size, 8)
				: size;
	}
	visitor->part(visitor, part);
}

static void dyn_visit(const struct cw_rule_context *context,
		      const struct cw_rust_wide *wide, cw_addr start,
		      cw_addr vtable, struct cw_part *part,
		      struct cw_part_visitor *visitor)
{
	const struct cw_dyn *dyn = cw_dyn_find(context->dyns, vtable);

	if (!dyn || !dyn->type || dyn->size == 0)
		return;
	part->type = dyn->type;
	part->address = start;
	part->count = 1;
	if (wide->counts_size) {
		const struct cw_type *counted =
			cw_dyn_counted(context->dyns, vtable, wide->is_atomic);
		uint64_t header = cw_rust_align(COUNTS_SIZE, dyn->alignment);
		if (counted) {
			part->type = counted;
		} else {
			part->address = start + header;
			part->storage = start;
			part->storage_size = cw_rust_align(
				header + dyn->size,
				dyn->alignment > 8 ? dyn->alignment : 8);
		}
	}
	visitor->part(visitor, part);
}

void cw_rust_wide_visit(const struct cw_rule_context *context,
			const struct cw_rust_wide *wide,
			const struct cw_object *object,
			struct cw_part_visitor *visitor)
{
	cw_addr start = cw_rust_number(&wide->pointer, object);
	uint64_t second = cw_rust_number(&wide->second, object);
	struct cw_part part = {
		.slot = object->address + wide->pointer.offset,
		.ownership = wide->ownership,
	};
	uint64_t strong;

	/* An empty slice's, and that of a Weak that is for nothing. */
	if (start < 4096 || start == UINT64_MAX)
		return;
	if (wide->counts_size &&
	    (!cw_target_read_word(context->target, start, &strong) ||
	     strong == 0))
		return;
	if (wide->is_dyn)
		dyn_visit(context, wide, start, second, &part, visitor);
	else
		slice_visit(wide, start, second, &part, visitor);
}

static bool wide_prepare(const struct cw_rule_context *context,
			 const struct cw_type *type, const void **ret)
{
	struct cw_rust_wide plan;

	if (!cw_rust_wide_prepare(type, &plan))
		return false;
	*ret = cw_rust_keep(context, &plan);
	return true;
}

static void wide_visit(const struct cw_rule_context *context, const void *plan,
		       const struct cw_object *object,
		       struct cw_part_visitor *visitor)
{
	cw_rust_wide_visit(context, plan, object, visitor);
}

static bool wide_describe(const struct cw_rule_context *context,
			  const void *data, const struct cw_object *object,
			  struct cw_text *text)
{
	const struct cw_rust_wide *wide = data;
	uint64_t second = cw_rust_number(&wide->second, object);

	if (!wide->is_dyn)
		return false;
	const struct cw_dyn *dyn = cw_dyn_find(context->dyns, second);
	if (!dyn || !dyn->name)
		return false;
	cw_text_add(text, dyn->name);
	return true;
}

/* ---- thin ones, but for raw ones */

static bool thin_prepare(const struct cw_rule_context *context,
			 const struct cw_type *type, const void **ret)
{
	(void)context;
	*ret = type;
	return type->kind == CW_TYPE_POINTER &&
	       ownership_of(type->name) != CW_OWNERSHIP_UNKNOWN &&
	       cw_type_strip(type->target)->size > 0;
}

static void thin_visit(const struct cw_rule_context *context, const void *data,
		       const struct cw_object *object,
		       struct cw_part_visitor *visitor)
{
	const struct cw_type *type = data;
	struct cw_part part = {
		.type = cw_type_strip(type->target),
		.count = 1,
		.slot = object->address,
		.ownership = ownership_of(type->name),
	};

	(void)context;
	memcpy(&part.address, object->bytes, 8);
	if (part.address)
		visitor->part(visitor, &part);
}

const struct cw_rule cw_rust_pointer_rules[] = {
	{"Box", thin_prepare, thin_visit, NULL, NULL},
	{"wide pointer", wide_prepare, wide_visit, wide_describe, NULL},
	{.name = NULL},
};

/*
 * Enums, Option, Result, futures of async functions: whatever has variants, of
 * which one is there at a time.  Which one, a discriminant of its own says, or
 * a value that a member of another variant cannot have.
 */
#include "object/rust.h"

static bool enum_prepare(const struct cw_rule_context *context,
			 const struct cw_type *type, const void **ret)
{
	(void)context;
	*ret = NULL;
	return cw_type_is_aggregate(type) && cw_type_variants(type);
}

static void members_visit(const struct cw_object *object,
			  const struct cw_member *members, size_t num,
			  struct cw_part_visitor *visitor)
{
	for (size_t i = 0; i < num; i++) {
		struct cw_rust_place place = {cw_type_strip(members[i].type),
					      members[i].offset};
		if (place.offset <= object->type->size &&
		    place.type->size <= object->type->size - place.offset)
			cw_rust_visit_inner(object, &place, members[i].name,
					    visitor);
	}
}

static void enum_visit(const struct cw_rule_context *context, const void *plan,
		       const struct cw_object *object,
		       struct cw_part_visitor *visitor)
{
	const struct cw_variant *variant =
		cw_variant_active(object->type, object->bytes);
	const struct cw_member *members;
	size_t num = cw_type_members(object->type, &members);

	(void)context, (void)plan;
	members_visit(object, members, num, visitor);
	if (variant)
		members_visit(object, variant->members, variant->num_members,
			      visitor);
}

static bool enum_describe(const struct cw_rule_context *context,
			  const void *plan, const struct cw_object *object,
			  struct cw_text *text)
{
	const struct cw_variant *variant =
		cw_variant_active(object->type, object->bytes);

	(void)context, (void)plan;
	if (!variant || variant->num_members != 1 || !variant->members[0].name)
		return false;
	cw_text_add(text, variant->members[0].name);
	return true;
}

const struct cw_rule cw_rust_enum_rules[] = {
	{"enum", enum_prepare, enum_visit, enum_describe, NULL},
	{.name = NULL},
};

#include "object/virtual_base.h"

/* Objects are smaller than that. */
#define MAX_DISTANCE (INT64_C(1) << 24)

bool cw_virtual_base_find(const struct cw_target *target,
			  const struct cw_member *member, cw_addr address,
			  cw_addr *ret)
{
	uint64_t vtable, distance;

	if (!member->is_virtual_base || member->offset == 0 ||
	    !cw_target_read_word(target, address, &vtable) || vtable & 7 ||
	    !cw_target_read_word(target, vtable - member->offset, &distance))
		return false;
	int64_t bytes = (int64_t)distance;
	if (bytes >= MAX_DISTANCE || bytes <= -MAX_DISTANCE)
		return false;
	*ret = address + bytes;
	return true;
}

static void bases_visit(const struct cw_rule_context *context, const void *plan,
			const struct cw_object *object,
			struct cw_part_visitor *visitor)
{
	const struct cw_member *members;
	size_t num = cw_type_members(object->type, &members);

	for (size_t i = 0; i < num; i++) {
		struct cw_part part = {
			.kind = CW_PART_OBJECTS,
			.type = members[i].type,
			.count = 1,
		};
		if (cw_virtual_base_find(context->target, &members[i],
					 object->address, &part.address))
			visitor->part(visitor, &part);
	}
}

static const struct cw_rule rule = {
	.name = "virtual bases",
	.visit = bases_visit,
};

const struct cw_found_rule cw_virtual_bases = {.rule = &rule};

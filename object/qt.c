#include "object/qt.h"

#include <string.h>

bool cw_qt_data(const struct cw_rule_context *context,
		const struct cw_place *place, const struct cw_object *object,
		const struct cw_type *type, struct cw_object *ret)
{
	struct cw_object data = {
		.type = type,
		.address = cw_place_number(place, object),
	};

	data.bytes = data.address & 7
			     ? NULL
			     : cw_target_bytes(context->target, data.address,
					       type->size);
	if (!data.bytes)
		return false;
	*ret = data;
	return true;
}

uint64_t cw_qt_count(const struct cw_place *place,
		     const struct cw_object *object)
{
	int32_t count = cw_place_number(place, object);

	return count > 0 ? count : 0;
}

const struct cw_type *cw_qt_sibling(const struct cw_rule_context *context,
				    const struct cw_type *type,
				    const char *name)
{
	const char *arguments = strchr(type->name, '<');
	const struct cw_type **found;

	if (!arguments)
		return NULL;
	cw_cleanup_text struct cw_text full = {0};
	cw_text_addf(&full, "%s%s", name, arguments);
	size_t num = cw_debug_types_named(context->debug, full.chars, &found);
	for (size_t i = 0; i < num; i++) {
		const struct cw_type *sibling = cw_type_strip(found[i]);
		if (cw_type_is_aggregate(sibling) && sibling->size > 0 &&
		    cw_type_argument(sibling, 0) == cw_type_argument(type, 0))
			return sibling;
	}
	return NULL;
}

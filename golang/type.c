/*
 * abi.Type (runtime._type up to 1.20), the same in all releases:
 *
 *	 0 size   8 bytes with pointers   16 hash (4)   20 flags (1)
 *	21 align   22 align of a field   23 kind (1)   24 equal
 *	32 mask of pointers   40 name (4)   44 pointer to this (4)
 *
 * That the data word of an interface is the value itself was a bit of the kind
 * up to 1.25, and is a flag since.
 */
#include "golang/type.h"

#include <string.h>

enum {
	TYPE_SIZE = 48,
	TYPE_FLAGS = 20,
	TYPE_KIND = 23,
	DIRECT_BIT = 1 << 5, /* of either */
	FLAGS_SINCE = 26,
};

#define NO_TYPE UINT32_MAX

void cw_go_types_init(struct cw_go_types *types, const struct cw_go *go)
{
	*types = (struct cw_go_types){.go = go && !go->problem ? go : NULL};
	cw_map_init(&types->numbers);
}

void cw_go_types_deinit(struct cw_go_types *types)
{
	cw_map_deinit(&types->numbers);
	cw_array_deinit(&types->items);
}

static bool type_read(const struct cw_go *go, cw_addr descriptor,
		      struct cw_go_type *ret)
{
	const unsigned char *bytes =
		cw_target_bytes(go->target, descriptor, TYPE_SIZE);

	if (!bytes)
		return false;
	const struct cw_type *type =
		cw_debug_go_type(go->debug, go->module, descriptor - go->types);
	*ret = (struct cw_go_type){
		.is_direct = bytes[go->minor >= FLAGS_SINCE ? TYPE_FLAGS
							    : TYPE_KIND] &
			     DIRECT_BIT,
		.type = type ? cw_type_strip(type) : NULL,
	};
	memcpy(&ret->size, bytes, sizeof(ret->size));
	/* Functions have no size in debug info, but are pointers. */
	if (ret->type && ret->type->size != ret->size)
		ret->type = NULL;
	return true;
}

const struct cw_go_type *cw_go_type_at(struct cw_go_types *types,
				       cw_addr descriptor)
{
	uint32_t number;

	if (!types->go || descriptor < types->go->types ||
	    descriptor >= types->go->types_end)
		return NULL;
	if (!cw_map_get(&types->numbers, descriptor, &number)) {
		struct cw_go_type type;

		number = NO_TYPE;
		if (type_read(types->go, descriptor, &type)) {
			number = types->items.num;
			*cw_array_push(&types->items) = type;
		}
		cw_map_set(&types->numbers, descriptor, number);
	}
	return number == NO_TYPE ? NULL : &types->items.items[number];
}

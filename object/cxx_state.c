/*
 * Library state: exception_ptr and the components of a filesystem::path.
 *
 * An exception is thrown from a block that begins with a header of the runtime
 * (libstdc++ and libc++: 128 bytes); an exception_ptr counts itself there.
 *
 * libstdc++'s path has its components, when there are several, in a block of
 * its own: int size, int capacity, then the components, each a path and its
 * position; the two low bits of the pointer say what the path is otherwise.
 */
#include <string.h>

#include "base/memory.h"
#include "object/cxx.h"
#include "object/vtable.h"

enum {
	EXCEPTION_HEADER = 128,
	PATH_TAG = 3,
	PATH_HEADER = 8,
	PATH_POSITION = 8,
};

static bool exception_prepare(const struct cw_rule_context *context,
			      const struct cw_type *type, const void **ret)
{
	struct cw_place place;

	if ((!cw_std_is(type, "__exception_ptr::exception_ptr") ||
	     !cw_place_find(type, "_M_exception_object", &place)) &&
	    (!cw_std_is(type, "exception_ptr") ||
	     !cw_place_find(type, "__ptr_", &place)))
		return false;
	*ret = cw_arena_copy(context->arena, &place, sizeof(place));
	return true;
}

static void exception_visit(const struct cw_rule_context *context,
			    const void *data, const struct cw_object *object,
			    struct cw_part_visitor *visitor)
{
	const struct cw_place *place = data;
	cw_addr address = cw_place_number(place, object);
	struct cw_complete_object thrown;

	if (address < EXCEPTION_HEADER || !context->vtables ||
	    !cw_vtable_complete(context->vtables, address, &thrown) ||
	    thrown.address != address || !thrown.class->type)
		return;
	struct cw_part part = {
		.kind = CW_PART_OBJECTS,
		.type = thrown.class->type,
		.address = address,
		.count = 1,
		.slot = object->address + place->offset,
		.ownership = CW_SHARES,
		.storage = address - EXCEPTION_HEADER,
		.storage_size = thrown.class->type->size + EXCEPTION_HEADER,
	};
	visitor->part(visitor, &part);
}

struct path_plan {
	struct cw_place name;
	cw_addr pointer; /* offset of the word */
	uint64_t stride; /* of components */
};

/* clang may leave out the class of _M_cmpts, but not where it is. */
static bool path_prepare(const struct cw_rule_context *context,
			 const struct cw_type *type, const void **ret)
{
	static const char *const names[] = {
		"filesystem::path",
		"filesystem::__cxx11::path",
	};
	struct path_plan plan = {.stride = type->size + PATH_POSITION};
	struct cw_place list;

	if ((!cw_std_is(type, names[0]) && !cw_std_is(type, names[1])) ||
	    !cw_place_find(type, "_M_pathname", &plan.name) ||
	    !cw_place_find(type, "_M_cmpts", &list) ||
	    type->size < list.offset + 8)
		return false;
	plan.pointer = list.offset;
	*ret = cw_arena_copy(context->arena, &plan, sizeof(plan));
	return true;
}

static void path_visit(const struct cw_rule_context *context, const void *data,
		       const struct cw_object *object,
		       struct cw_part_visitor *visitor)
{
	const struct path_plan *plan = data;
	struct cw_part name = {
		.kind = CW_PART_OBJECTS,
		.type = plan->name.type,
		.address = object->address + plan->name.offset,
		.count = 1,
	};
	int32_t counts[2]; /* components, and how many there is room for */
	cw_addr address;

	visitor->part(visitor, &name);
	memcpy(&address, object->bytes + plan->pointer, 8);
	address &= ~(cw_addr)PATH_TAG;
	if (address == 0 ||
	    !cw_target_read(context->target, address, counts, sizeof(counts)) ||
	    counts[0] < 0 || counts[1] < counts[0] ||
	    !cw_memory_holds(context, address + PATH_HEADER,
			     counts[1] * plan->stride))
		return;
	struct cw_part part = {
		.kind = CW_PART_OBJECTS,
		.type = object->type,
		.address = address + PATH_HEADER,
		.count = counts[0],
		.stride = plan->stride,
		.slot = object->address + plan->pointer,
		.ownership = CW_OWNS,
		.storage = address,
		.storage_size = PATH_HEADER + counts[1] * plan->stride,
		.is_element = true,
	};
	visitor->part(visitor, &part);
}

const struct cw_rule cw_cxx_state_rules[] = {
	{"std::exception_ptr", exception_prepare, exception_visit, NULL, NULL},
	{"std::filesystem::path", path_prepare, path_visit, NULL, NULL},
	{.name = NULL},
};

#include "object/lesser.h"

#include <stdlib.h>

#include "base/memory.h"
#include "object/content.h"
#include "object/front.h"
#include "object/kin.h"
#include "object/start.h"
#include "object/typing_private.h"

enum {
	/* One member alone is no family: many things begin with a pointer. */
	MIN_SHARED = 2,
	MAX_TYPES = 64,
	MAX_LISTS = 512, /* each takes a look at all types */
};

void cw_lesser_init(struct cw_lesser *lesser)
{
	*lesser = (struct cw_lesser){0};
	cw_map_init(&lesser->by_type);
}

void cw_lesser_deinit(struct cw_lesser *lesser)
{
	cw_map_deinit(&lesser->by_type);
	cw_array_foreach(list, &lesser->lists) free(list->types);
	cw_array_deinit(&lesser->lists);
}

static bool is_struct(const struct cw_type *type)
{
	return cw_type_is_aggregate(type) && type->kind != CW_TYPE_UNION;
}

bool cw_lesser_is(const struct cw_type *lesser, const struct cw_type *type)
{
	return lesser->size < type->size && is_struct(type) &&
	       is_struct(lesser) &&
	       cw_type_num_alike(type, lesser) >= MIN_SHARED;
}

/* Room for all of those at most, which are few. */
static void module_look(struct cw_typing *typing, struct cw_module *module,
			const struct cw_type *type, struct cw_lesser_list *list)
{
	const struct cw_type *const *types;
	size_t num;
	cw_cleanup_error struct cw_error *err =
		cw_debug_all_types(typing->debug, module, &types, &num);

	for (size_t i = 0; !err && i < num && list->num < MAX_TYPES; i++)
		if (cw_lesser_is(types[i], type))
			list->types[list->num++] = types[i];
}

/* NULL: it has none, or there were too many to be looked through. */
static const struct cw_lesser_list *list_of(struct cw_typing *typing,
					    const struct cw_type *type)
{
	struct cw_lesser *lesser = &typing->lesser;
	uint32_t number = lesser->lists.num;

	if (!is_struct(type))
		return NULL;
	if (!cw_map_get(&lesser->by_type, type->id, &number)) {
		if (number == MAX_LISTS)
			return NULL;
		struct cw_lesser_list list = {
			.types = cw_alloc(MAX_TYPES * sizeof(*list.types))};
		cw_array_foreach(module, &typing->target->modules)
			module_look(typing, module, type, &list);
		cw_map_set(&lesser->by_type, type->id, number);
		*cw_array_push(&lesser->lists) = list;
	}
	return &lesser->lists.items[number];
}

/* Nothing of the bytes contradicts the type, and a pointer speaks for it. */
static bool is_plausible(struct cw_typing *typing, const struct cw_type *type,
			 cw_addr address)
{
	struct cw_content content = cw_content_check(typing, type, address);

	return content.num_wrong == 0 &&
	       (content.num_right > 0 || content.num_pointers > 0) &&
	       cw_starts_count_strangers(typing, type, address, type->size) ==
		       0;
}

/* The largest of the list that both begin with; NULL: there is none. */
static const struct cw_type *begin_of(const struct cw_lesser_list *list,
				      const struct cw_type *a,
				      const struct cw_type *b)
{
	const struct cw_type *best = NULL;

	for (size_t i = 0; i < list->num; i++) {
		const struct cw_type *type = list->types[i];
		if ((type == a || cw_type_begins_with(a, type)) &&
		    (type == b || cw_type_begins_with(b, type)) &&
		    (!best || type->size > best->size))
			best = type;
	}
	return best;
}

/*
 * What both begin with; else the smaller one, where nothing is set of what the
 * other has more.  NULL: it may be either.
 */
static const struct cw_type *one_of(const struct cw_typing *typing,
				    const struct cw_lesser_list *list,
				    const struct cw_type *a,
				    const struct cw_type *b, cw_addr address)
{
	const struct cw_type *begin = begin_of(list, a, b);
	const struct cw_type *small = a->size < b->size ? a : b;
	uint64_t size = a->size < b->size ? b->size : a->size;
	const unsigned char *bytes =
		cw_target_bytes(typing->target, address, size);

	if (begin)
		return begin;
	if (a->size == b->size || !bytes)
		return NULL;
	for (uint64_t at = small->size; at < size; at++)
		if (bytes[at])
			return NULL;
	return small;
}

bool cw_lesser_has(struct cw_typing *typing, const struct cw_type *type,
		   const struct cw_room *room)
{
	const struct cw_lesser_list *list = list_of(typing, type);

	for (size_t i = 0; list && i < list->num; i++)
		if (cw_room_is_class(room, list->types[i]->size))
			return true;
	return false;
}

const struct cw_type *cw_lesser_find(struct cw_typing *typing,
				     const struct cw_type *type,
				     const struct cw_block *block)
{
	const struct cw_lesser_list *list = list_of(typing, type);
	struct cw_room room = cw_front_room(typing, block, 0);
	const struct cw_type *found = NULL;

	for (size_t i = 0; list && i < list->num; i++) {
		const struct cw_type *one = list->types[i];
		if (!cw_room_is_class(&room, one->size) ||
		    !is_plausible(typing, one, block->address))
			continue;
		found = found ? one_of(typing, list, found, one, block->address)
			      : one;
		if (!found)
			break;
	}
	return found;
}

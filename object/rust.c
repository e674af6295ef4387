#include "object/rust.h"

#include <string.h>

#include "base/memory.h"

enum {
	MAX_DEPTH = 32,
	MAX_ALIGNMENT = 1 << 29, /* what rustc allows */
};

bool cw_rust_is(const struct cw_type *type, const char *crate, const char *noun)
{
	if (!type->name)
		return false;
	size_t length = strcspn(type->name, "<");
	size_t noun_length = strlen(noun);
	size_t crate_length = crate ? strlen(crate) : 0;

	if (length < noun_length + 2 + crate_length ||
	    memcmp(type->name + length - noun_length, noun, noun_length) != 0 ||
	    type->name[length - noun_length - 1] != ':')
		return false;
	return !crate || (memcmp(type->name, crate, crate_length) == 0 &&
			  type->name[crate_length] == ':');
}

const struct cw_type *cw_rust_argument(const struct cw_type *type,
				       const char *name)
{
	const struct cw_type_argument *arguments;
	size_t num = cw_type_arguments(type, &arguments);

	for (size_t i = 0; i < num; i++)
		if (arguments[i].name && strcmp(arguments[i].name, name) == 0)
			return cw_type_strip(arguments[i].type);
	return NULL;
}

static bool member_find(const struct cw_type *type, const char *name,
			size_t length, struct cw_rust_place *place)
{
	const struct cw_member *members;
	size_t num = cw_type_members(type, &members);

	for (size_t i = 0; i < num; i++) {
		if (!members[i].name ||
		    strncmp(members[i].name, name, length) != 0 ||
		    members[i].name[length] != '\0')
			continue;
		place->type = cw_type_strip(members[i].type);
		place->offset += members[i].offset;
		return true;
	}
	return false;
}

/* Types are input. */
static bool is_within(const struct cw_type *type,
		      const struct cw_rust_place *place)
{
	return place->offset <= type->size &&
	       place->type->size <= type->size - place->offset;
}

bool cw_rust_member(const struct cw_type *type, const char *path,
		    struct cw_rust_place *ret)
{
	struct cw_rust_place place = {.type = type};

	while (*path) {
		size_t length = strcspn(path, ".");
		if (!member_find(place.type, path, length, &place))
			return false;
		path += length;
		path += *path == '.';
	}
	if (!is_within(type, &place))
		return false;
	*ret = place;
	return true;
}

/* The only member that takes room; NULL: there is none, or several. */
static const struct cw_member *only_member(const struct cw_type *type)
{
	const struct cw_member *members, *found = NULL;
	size_t num = cw_type_members(type, &members);

	for (size_t i = 0; i < num; i++) {
		if (cw_type_strip(members[i].type)->size == 0)
			continue;
		if (found)
			return NULL;
		found = &members[i];
	}
	return found;
}

static bool place_enter(struct cw_rust_place *place)
{
	const struct cw_member *member = only_member(place->type);

	if (!member)
		return false;
	place->type = cw_type_strip(member->type);
	place->offset += member->offset;
	return true;
}

bool cw_rust_scalar(const struct cw_type *type, const char *path,
		    struct cw_rust_place *ret)
{
	struct cw_rust_place place;
	struct cw_rust_wide wide;

	if (!cw_rust_member(type, path, &place))
		return false;
	for (unsigned i = 0; cw_type_is_aggregate(place.type); i++)
		if (cw_rust_wide_prepare(place.type, &wide))
			break;
		else if (i == MAX_DEPTH || !place_enter(&place))
			return false;
	if (!is_within(type, &place))
		return false;
	*ret = place;
	return true;
}

bool cw_rust_value(const struct cw_type *type, const char *path,
		   struct cw_rust_place *ret)
{
	static const char *const wrappers[] = {"UnsafeCell", "MaybeUninit",
					       "ManuallyDrop"};
	struct cw_rust_place place;

	if (!cw_rust_member(type, path, &place))
		return false;
	for (unsigned i = 0; i < MAX_DEPTH; i++) {
		bool is_wrapper = false;
		for (size_t k = 0; k < cw_num_elements(wrappers); k++)
			is_wrapper |=
				cw_rust_is(place.type, "core", wrappers[k]);
		if (!is_wrapper || !place_enter(&place))
			break;
	}
	if (!is_within(type, &place))
		return false;
	*ret = place;
	return true;
}

uint64_t cw_rust_number(const struct cw_rust_place *place,
			const struct cw_object *object)
{
	uint64_t number = 0;
	uint64_t size = place->type->size < 8 ? place->type->size : 8;

	memcpy(&number, object->bytes + place->offset, size);
	return number;
}

/* Of types that do not say: numbers are aligned to their size. */
static uint64_t alignment_of_scalar(const struct cw_type *type)
{
	uint64_t size = type->size;

	if (size == 0 || (size & (size - 1)))
		return 1;
	return size < 16 ? size : 16;
}

uint64_t cw_rust_alignment(const struct cw_type *type)
{
	for (unsigned i = 0; i < MAX_DEPTH; i++) {
		uint64_t said = type->alignment;
		if (said && !(said & (said - 1)) && said <= MAX_ALIGNMENT)
			return said;
		if (type->kind != CW_TYPE_ARRAY)
			break;
		type = cw_type_strip(type->target);
	}
	return cw_type_is_aggregate(type) ? 8 : alignment_of_scalar(type);
}

void cw_rust_visit_inner(const struct cw_object *object,
			 const struct cw_rust_place *place, const char *label,
			 struct cw_part_visitor *visitor)
{
	struct cw_part part = {
		.type = place->type,
		.address = object->address + place->offset,
		.count = 1,
		.label = label,
	};

	if (place->type->size > 0)
		visitor->part(visitor, &part);
}

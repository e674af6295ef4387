#include "object/place.h"

#include <string.h>

#include "base/memory.h"

enum {
	/* Bases and anonymous members looked into for one name. */
	MAX_SCOPES = 256,
	MAX_REST = 16,
	MAX_DEPTH = 64,
};

struct scope {
	const struct cw_type *type; /* stripped */
	uint64_t offset;
};

static bool is_named(const struct cw_member *member, const char *name,
		     size_t length)
{
	return member->name && !member->is_base &&
	       strncmp(member->name, name, length) == 0 &&
	       member->name[length] == '\0';
}

/* One name; the outermost scope is looked into first. */
static bool member_find(const struct scope *from, const char *name,
			size_t length, unsigned number, struct cw_place *ret)
{
	struct scope scopes[MAX_SCOPES];
	size_t num_scopes = 1;

	scopes[0] = *from;
	for (size_t i = 0; i < num_scopes; i++) {
		const struct cw_member *members;
		size_t num = cw_type_members(scopes[i].type, &members);

		for (size_t k = 0; k < num; k++) {
			const struct cw_member *member = &members[k];
			const struct cw_type *type =
				cw_type_strip(member->type);
			uint64_t offset = scopes[i].offset + member->offset;
			if (!type || member->is_virtual_base)
				continue;
			if (is_named(member, name, length) && number-- == 0) {
				*ret = (struct cw_place){type, offset,
							 member->bit_offset,
							 member->bit_size};
				return true;
			}
			if ((member->is_base || !member->name) &&
			    num_scopes < MAX_SCOPES)
				scopes[num_scopes++] =
					(struct scope){type, offset};
		}
	}
	return false;
}

bool cw_place_find(const struct cw_type *type, const char *path,
		   struct cw_place *ret)
{
	struct cw_place place = {.type = type};

	while (*path) {
		size_t length = strcspn(path, ".#");
		struct scope from = {place.type, place.offset};
		unsigned number =
			path[length] == '#' ? path[length + 1] - '0' : 0;
		if (!member_find(&from, path, length, number, &place))
			return false;
		path += strcspn(path, ".");
		path += *path == '.';
	}
	if (place.offset > type->size ||
	    place.type->size > type->size - place.offset)
		return false;
	*ret = place;
	return true;
}

bool cw_places_find(const struct cw_type *type, const char *const *paths,
		    size_t num, struct cw_place *ret)
{
	for (size_t i = 0; i < num && paths[i]; i++)
		if (!cw_place_find(type, paths[i], &ret[i]))
			return false;
	return true;
}

uint64_t cw_place_number(const struct cw_place *place,
			 const struct cw_object *object)
{
	uint64_t number = 0;
	uint64_t size = place->type->size < 8 ? place->type->size : 8;

	memcpy(&number, object->bytes + place->offset, size);
	if (place->bit_size == 0 || place->bit_size >= 64)
		return number;
	return number >> (place->bit_offset & 63) &
	       ((UINT64_C(1) << place->bit_size) - 1);
}

const struct cw_type *cw_place_target(const struct cw_place *place)
{
	if (!place->type || place->type->kind != CW_TYPE_POINTER)
		return NULL;
	return cw_type_strip(place->type->target);
}

/* Whether there is a pointer at all in @type; types are input. */
static bool holds_pointers(const struct cw_type *type, unsigned depth)
{
	const struct cw_member *members;

	type = cw_type_strip(type);
	if (!type || depth >= MAX_DEPTH)
		return false;
	switch (type->kind) {
	case CW_TYPE_POINTER:
	case CW_TYPE_REFERENCE:
		return true;
	case CW_TYPE_ARRAY:
		return holds_pointers(type->target, depth + 1);
	default:
		break;
	}
	size_t num = cw_type_members(type, &members);
	for (size_t i = 0; i < num; i++)
		if (holds_pointers(members[i].type, depth + 1))
			return true;
	return false;
}

struct rest_builder {
	const struct cw_place *known;
	size_t num_known;
	struct cw_place places[MAX_REST];
	const char *labels[MAX_REST];
	size_t num;
};

static bool meets_known(const struct rest_builder *builder, uint64_t offset,
			uint64_t size)
{
	for (size_t i = 0; i < builder->num_known; i++) {
		const struct cw_place *known = &builder->known[i];
		if (known->type && known->offset < offset + size &&
		    offset < known->offset + known->type->size)
			return true;
	}
	return false;
}

static void rest_add(struct rest_builder *builder, const struct cw_type *type,
		     uint64_t offset, unsigned depth)
{
	const struct cw_member *members;
	size_t num = cw_type_members(type, &members);

	for (size_t i = 0; i < num && builder->num < MAX_REST; i++) {
		const struct cw_type *inner = cw_type_strip(members[i].type);
		uint64_t place = offset + members[i].offset;
		if (!inner || inner->size == 0 || members[i].is_artificial ||
		    members[i].is_virtual_base)
			continue;
		if (meets_known(builder, place, inner->size)) {
			if (depth < MAX_DEPTH)
				rest_add(builder, inner, place, depth + 1);
			continue;
		}
		if (!holds_pointers(inner, 0))
			continue;
		builder->labels[builder->num] =
			members[i].is_base ? NULL : members[i].name;
		builder->places[builder->num++] =
			(struct cw_place){.type = inner, .offset = place};
	}
}

struct cw_rest cw_rest_find(const struct cw_rule_context *context,
			    const struct cw_type *type,
			    const struct cw_place *known, size_t num_known)
{
	struct rest_builder builder = {.known = known, .num_known = num_known};
	struct cw_rest rest = {0};

	rest_add(&builder, type, 0, 0);
	while (builder.num > 0 &&
	       (builder.places[builder.num - 1].offset > type->size ||
		builder.places[builder.num - 1].type->size >
			type->size - builder.places[builder.num - 1].offset))
		builder.num--;
	if (builder.num == 0)
		return rest;
	struct cw_place *places =
		cw_arena_alloc(context->arena, builder.num * sizeof(*places));
	const char **labels =
		cw_arena_alloc(context->arena, builder.num * sizeof(*labels));
	memcpy(places, builder.places, builder.num * sizeof(*places));
	memcpy(labels, builder.labels, builder.num * sizeof(*labels));
	rest = (struct cw_rest){builder.num, places, labels};
	return rest;
}

void cw_rest_visit(const struct cw_rest *rest, const struct cw_object *object,
		   struct cw_part_visitor *visitor)
{
	for (size_t i = 0; i < rest->num; i++) {
		const struct cw_place *place = &rest->places[i];
		struct cw_part part = {
			.kind = CW_PART_OBJECTS,
			.type = place->type,
			.address = object->address + place->offset,
			.count = 1,
			.label = rest->labels[i] ? rest->labels[i] : "state",
		};
		visitor->part(visitor, &part);
	}
}

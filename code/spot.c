#include "code/spot.h"

#include <string.h>

enum {
	MAX_OFFSET = 1 << 24,
	MAX_OPEN = 16,	 /* types still to be looked into */
	MAX_PREFIX = 64, /* members of a base */
	MAX_STEPS = 256, /* into members of members */
};

void cw_spots_init(struct cw_spots *spots)
{
	*spots = (struct cw_spots){0};
	cw_map_init(&spots->by_place);
	cw_map_init(&spots->prefixes);
	cw_arena_init(&spots->arena);
}

void cw_spots_deinit(struct cw_spots *spots)
{
	cw_map_deinit(&spots->by_place);
	cw_map_deinit(&spots->prefixes);
	cw_array_deinit(&spots->all);
	cw_arena_deinit(&spots->arena);
}

const struct cw_type *cw_pointee_of(const struct cw_type *type)
{
	type = cw_type_strip(type);
	if ((type->kind != CW_TYPE_POINTER &&
	     type->kind != CW_TYPE_REFERENCE) ||
	    !type->target)
		return NULL;
	return cw_type_strip(type->target);
}

bool cw_pointee_is_generic(const struct cw_type *pointee)
{
	return pointee->kind == CW_TYPE_VOID || pointee->is_declaration ||
	       (pointee->kind == CW_TYPE_BASE && pointee->size == 1);
}

bool cw_spot_has(const struct cw_spot *spot, const struct cw_type *type)
{
	for (uint32_t i = 0; i < spot->num_types; i++)
		if (spot->types[i] == type)
			return true;
	return false;
}

static bool has_member(const struct cw_member *members, size_t num,
		       const struct cw_member *wanted)
{
	for (size_t i = 0; i < num && members[i].offset <= wanted->offset; i++)
		if (members[i].offset == wanted->offset &&
		    members[i].bit_offset == wanted->bit_offset &&
		    members[i].bit_size == wanted->bit_size &&
		    members[i].name && wanted->name &&
		    strcmp(members[i].name, wanted->name) == 0 &&
		    cw_type_strip(members[i].type) ==
			    cw_type_strip(wanted->type))
			return true;
	return false;
}

static bool prefix_read(const struct cw_type *type, const struct cw_type *whole)
{
	const struct cw_member *members, *of_whole;
	size_t num, num_of_whole;

	if (type->kind == CW_TYPE_UNION || whole->kind == CW_TYPE_UNION ||
	    type->size >= whole->size)
		return false;
	num = cw_type_members(type, &members);
	num_of_whole = cw_type_members(whole, &of_whole);
	if (num == 0 || num > MAX_PREFIX)
		return false;
	for (size_t i = 0; i < num; i++)
		if (!has_member(of_whole, num_of_whole, &members[i]))
			return false;
	return true;
}

bool cw_spots_is_prefix(struct cw_spots *spots, const struct cw_type *type,
			const struct cw_type *whole)
{
	enum {
		UNKNOWN,
		YES,
		NO,
	};
	uint32_t *known =
		cw_map_place(&spots->prefixes,
			     (uint64_t)type->id << 32 | whole->id, UNKNOWN);

	if (*known == UNKNOWN)
		*known = prefix_read(type, whole) ? YES : NO;
	return *known == YES;
}

/* A type, the offset in it, and the levels around it. */
struct opened {
	const struct cw_type *type;
	uint64_t offset;
};

static bool is_aggregate(const struct cw_type *type)
{
	return type->kind == CW_TYPE_STRUCT || type->kind == CW_TYPE_CLASS ||
	       type->kind == CW_TYPE_UNION;
}

static void note_pointer(struct cw_spot *spot, const struct cw_type *pointee)
{
	if (spot->is_pointer && spot->pointee != pointee)
		spot->is_several = true;
	spot->is_pointer = true;
	spot->pointee = spot->is_several ? NULL : pointee;
}

static void note_type(struct cw_spot *spot, const struct opened *at)
{
	if (is_aggregate(at->type) && spot->num_levels < CW_MAX_SPOT_TYPES)
		spot->levels[spot->num_levels++] = (struct cw_spot_level){
			.type = at->type,
			.offset = at->offset,
		};
	if (at->offset == 0 && spot->num_types < CW_MAX_SPOT_TYPES &&
	    !cw_spot_has(spot, at->type))
		spot->types[spot->num_types++] = at->type;
}

/* All levels around an array are at its first element. */
static void leave_index(struct cw_spot *spot, uint64_t index_size)
{
	for (uint32_t i = 0; i < spot->num_levels; i++)
		if (spot->levels[i].offset >= index_size)
			spot->levels[i].offset -= index_size;
}

static size_t open_members(const struct opened *at, struct opened *open,
			   size_t num)
{
	const struct cw_member *members;
	size_t num_members = cw_type_members(at->type, &members);

	for (size_t i = num_members; i-- > 0 && num < MAX_OPEN;) {
		const struct cw_type *type = cw_type_strip(members[i].type);
		bool is_flexible =
			type->kind == CW_TYPE_ARRAY && type->count == 0;
		if (members[i].is_virtual_base || members[i].bit_size ||
		    at->offset < members[i].offset ||
		    (!is_flexible &&
		     at->offset - members[i].offset >= type->size))
			continue;
		open[num++] = (struct opened){
			.type = type,
			.offset = at->offset - members[i].offset,
		};
	}
	return num;
}

static size_t open_element(struct cw_spot *spot, const struct opened *at,
			   struct opened *open, size_t num)
{
	const struct cw_type *element =
		at->type->target ? cw_type_strip(at->type->target) : NULL;

	if (!element || element->size == 0)
		return num;
	uint64_t within = at->offset % element->size;
	leave_index(spot, at->offset - within);
	open[num++] = (struct opened){.type = element, .offset = within};
	return num;
}

static void spot_read(struct cw_spot *spot, const struct cw_type *type,
		      uint64_t offset)
{
	struct opened open[MAX_OPEN] = {{.type = type, .offset = offset}};
	size_t num = 1;

	for (int steps = 0; num > 0 && steps < MAX_STEPS; steps++) {
		struct opened at = open[--num];
		const struct cw_type *pointee;
		note_type(spot, &at);
		if (is_aggregate(at.type)) {
			num = open_members(&at, open, num);
		} else if (at.type->kind == CW_TYPE_ARRAY) {
			num = open_element(spot, &at, open, num);
		} else if (at.offset == 0) {
			pointee = cw_pointee_of(at.type);
			if (pointee)
				note_pointer(spot, pointee);
		}
	}
}

/* Whether the last member is an array that goes on behind the end. */
static bool is_open_ended(const struct cw_type *type)
{
	const struct cw_member *members;
	size_t num = cw_type_members(type, &members);

	if (num == 0 || type->kind == CW_TYPE_UNION)
		return false;
	const struct cw_type *last = cw_type_strip(members[num - 1].type);
	return last->kind == CW_TYPE_ARRAY && last->count <= 1;
}

const struct cw_spot *cw_spot_at(struct cw_spots *spots,
				 const struct cw_type *type, int64_t offset)
{
	uint64_t key = (uint64_t)type->id << 32 | (uint32_t)offset;
	uint32_t number;

	if (offset < 0 || offset >= MAX_OFFSET)
		return NULL;
	if (cw_map_get(&spots->by_place, key, &number))
		return spots->all.items[number];
	struct cw_spot *spot = NULL;
	bool is_beyond = type->size && (uint64_t)offset >= type->size;
	uint64_t within = offset;
	if (is_beyond && !is_open_ended(type))
		within = offset % type->size;
	if (type->size) {
		spot = cw_arena_alloc(&spots->arena, sizeof(*spot));
		spot->is_beyond = is_beyond;
		spot_read(spot, type, within);
	}
	cw_map_set(&spots->by_place, key, spots->all.num);
	*cw_array_push(&spots->all) = spot;
	return spot;
}

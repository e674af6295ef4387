#include "object/slab.h"

#include "object/content.h"
#include "object/front.h"
#include "object/start.h"

enum {
	/* Smaller ones divide any block. */
	MIN_ELEMENT = 24,
	MIN_ELEMENTS = 8,
	MAX_LOOKED_AT = 64,
	/* One of so many may have been overwritten, */
	MANY_PER_WRONG = 8,
	/* and one of so many at least says that it is of the type. */
	MANY_PER_RIGHT = 4,
	MAX_KINDS = 64,
};

/* What an element says. */
enum saying { WRONG, NOTHING, RIGHT };

/* A bool or an enum has one of its values, and not that of zeroed memory. */
static bool has_value(const struct cw_typing *typing,
		      const struct cw_layout *layout, cw_addr address)
{
	const unsigned char *bytes =
		cw_target_bytes(typing->target, address, layout->type->size);

	for (uint32_t i = 0; bytes && i < layout->num_checks; i++) {
		const struct cw_check *check = &layout->checks[i];
		/* A byte has few other values. */
		for (uint64_t k = 0; check->type->size >= 4 && k < 4; k++)
			if (bytes[check->offset + k])
				return true;
	}
	return false;
}

static enum saying struct_look(struct cw_typing *typing,
			       const struct cw_type *type, cw_addr address)
{
	struct cw_content content =
		cw_content_check_part(typing, type, address, type->size);

	if (content.num_wrong > 0 ||
	    cw_starts_count_strangers(typing, type, address, type->size) > 0)
		return WRONG;
	return content.num_right > 0 ||
			       has_value(typing,
					 cw_layout_of(&typing->layouts, type),
					 address)
		       ? RIGHT
		       : NOTHING;
}

/* Of a union the member that says most. */
static enum saying element_look(struct cw_typing *typing,
				const struct cw_type *type, cw_addr address)
{
	const struct cw_member *members;
	enum saying best = WRONG;

	if (type->kind != CW_TYPE_UNION)
		return struct_look(typing, type, address);
	size_t num = cw_type_members(type, &members);
	for (size_t i = 0; i < num && best != RIGHT; i++) {
		const struct cw_type *inner = cw_type_strip(members[i].type);
		enum saying one = cw_type_is_aggregate(inner)
					  ? struct_look(typing, inner, address)
					  : WRONG;
		if (one > best)
			best = one;
	}
	return best;
}

/* Blocks of that size were slabs of the type before. */
static bool is_known(const struct cw_typing *typing, uint32_t type,
		     uint64_t size)
{
	cw_array_foreach(kind, &typing->slab_kinds)
	{
		if (kind->type == type && kind->size == size)
			return true;
	}
	return false;
}

bool cw_slab_may_be(const struct cw_typing *typing, const struct cw_type *type,
		    const struct cw_block *block)
{
	uint32_t number = cw_block_index_block(typing->index, block->granule);

	return typing->types[number] == 0 ||
	       (typing->types[number] == type->id &&
		typing->facts[number].shape == CW_SHAPE_PREFIX);
}

bool cw_slab_is(struct cw_typing *typing, const struct cw_type *type,
		const struct cw_block *block, cw_addr address)
{
	uint64_t size = type->size, num_right = 0, num_wrong = 0;

	if (!cw_type_is_aggregate(type) || size < MIN_ELEMENT ||
	    (address - block->address) % size != 0)
		return false;
	uint64_t num = block->size / size;
	struct cw_room room = cw_front_room(typing, block, 0);
	if (num < MIN_ELEMENTS || !cw_room_is_near(&room, num * size))
		return false;
	if (num > MAX_LOOKED_AT)
		num = MAX_LOOKED_AT;
	for (uint64_t i = 0; i < num; i++) {
		enum saying one =
			element_look(typing, type, block->address + i * size);
		num_right += one == RIGHT;
		num_wrong += one == WRONG;
		if (num_wrong * MANY_PER_WRONG > num)
			return false;
	}
	if (is_known(typing, type->id, block->size))
		return true;
	if (num_right * MANY_PER_RIGHT < num)
		return false;
	if (typing->slab_kinds.num < MAX_KINDS)
		*cw_array_push(&typing->slab_kinds) =
			(struct cw_slab_kind){type->id, block->size};
	return true;
}

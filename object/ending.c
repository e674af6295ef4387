#include "object/ending.h"

#include <string.h>

#include "object/content.h"
#include "object/rank.h"
#include "object/start.h"

enum {
	MAX_DEPTH = 8,
	SURE_TEXT = 4,
};

/* An object in a block that ends before it does. */
struct cut {
	const struct cw_typing *typing;
	const struct cw_layout *layout;
	const unsigned char *bytes;
	const struct cw_room *room;
	uint64_t offset;  /* of what is cut off */
	uint64_t padding; /* behind the array, also within a union */
};

/* The part of *type at its end, which is not part of a union; *offset grows. */
static const struct cw_type *last_of(const struct cw_type *type,
				     uint64_t *offset)
{
	for (unsigned depth = 0; depth < MAX_DEPTH; depth++) {
		const struct cw_member *members, *last = NULL;
		size_t num = cw_type_members(type, &members);
		if (type->kind == CW_TYPE_UNION || num == 0 ||
		    !cw_type_is_aggregate(type))
			return type;
		for (size_t i = 0; i < num; i++)
			if (!members[i].is_virtual_base &&
			    (!last || members[i].offset >= last->offset))
				last = &members[i];
		if (!last || last->bit_size)
			return NULL;
		*offset += last->offset;
		type = cw_type_strip(last->type);
	}
	return NULL;
}

/* The padding behind the array may have been asked for besides. */
static bool is_size(const struct cut *cut, uint64_t size)
{
	uint64_t whole = cut->offset + size;

	return cw_room_is_class(cut->room, whole) ||
	       (cut->padding > 0 &&
		cw_room_is_class(cut->room, whole + cut->padding));
}

/* How many elements a member says that there are, if as many are there. */
static uint32_t count_rank(const struct cut *cut, uint64_t element)
{
	for (uint32_t i = 0; i < cut->layout->num_lengths; i++) {
		const struct cw_length *length = &cut->layout->lengths[i];
		uint64_t value, size;
		if (length->offset + length->size > cut->offset)
			continue;
		value = cw_length_read(length, cut->bytes);
		if (value == 0 ||
		    __builtin_mul_overflow(value, element, &size) ||
		    size > cut->room->size || !is_size(cut, size))
			continue;
		return length->is_named && size >= CW_SURE_LENGTH
			       ? CW_RANK_EXACT
			       : CW_RANK_SLACK;
	}
	return 0;
}

static uint32_t text_rank(const struct cut *cut)
{
	uint64_t size = cut->room->size - cut->offset, length;

	if (size == 0 ||
	    !cw_content_is_text(cut->bytes + cut->offset, size, &length) ||
	    length == size || !is_size(cut, length + 1))
		return 0;
	if (length == 0)
		return CW_RANK_INSIDE;
	return length >= SURE_TEXT ? CW_RANK_TEXT : CW_RANK_SLACK;
}

static uint32_t array_rank(const struct cut *cut, const struct cw_type *array)
{
	const struct cw_type *element = cw_type_strip(array->target);
	uint32_t rank = 0;

	if (!element || element->size == 0)
		return 0;
	if (element->kind == CW_TYPE_BASE && element->size == 1)
		rank = text_rank(cut);
	if (rank == 0)
		rank = count_rank(cut, element->size);
	if (rank == 0 && element->kind == CW_TYPE_POINTER)
		rank = cw_starts_are_pointers(cut->typing,
					      cut->bytes + cut->offset,
					      cut->room->size - cut->offset)
			       ? CW_RANK_SLACK
			       : 0;
	/* Of none, as leaves of trees are. */
	if (rank == 0 && element->size >= 8 && is_size(cut, 0))
		rank = CW_RANK_INSIDE;
	return rank;
}

/* A member of the union that is all there. */
static uint32_t member_rank(const struct cut *cut, const struct cw_type *type)
{
	uint64_t word;

	if (type->kind == CW_TYPE_ARRAY)
		return array_rank(cut, type);
	if (type->size == 0 || cut->offset + type->size > cut->room->size ||
	    !is_size(cut, type->size))
		return 0;
	if (type->kind != CW_TYPE_POINTER)
		return CW_RANK_INSIDE;
	memcpy(&word, cut->bytes + cut->offset, 8);
	return word == 0 || cw_target_segment(cut->typing->target, word)
		       ? CW_RANK_SLACK
		       : 0;
}

static uint32_t union_rank(const struct cut *cut, const struct cw_type *type)
{
	const struct cw_member *members;
	size_t num = cw_type_members(type, &members);
	uint32_t best = 0;

	for (size_t i = 0; i < num; i++) {
		uint32_t rank =
			member_rank(cut, cw_type_strip(members[i].type));
		if (rank > best)
			best = rank;
	}
	return best;
}

/* The size of the array, of a union's largest one; 0: there is none. */
static uint64_t array_size(const struct cw_type *type)
{
	const struct cw_member *members;
	uint64_t size = 0;

	if (type->kind == CW_TYPE_ARRAY)
		return type->size;
	size_t num = cw_type_members(type, &members);
	for (size_t i = 0; i < num; i++) {
		const struct cw_type *inner = cw_type_strip(members[i].type);
		if (inner->kind == CW_TYPE_ARRAY && inner->size > size)
			size = inner->size;
	}
	return size;
}

uint32_t cw_ending_rank(const struct cw_typing *typing,
			const struct cw_layout *layout,
			const unsigned char *bytes, const struct cw_room *room,
			uint64_t *ret_size)
{
	uint64_t offset = 0;
	const struct cw_type *last = last_of(layout->type, &offset);

	if (!last || last == layout->type || offset == 0 ||
	    layout->type->size <= room->size || offset > room->size)
		return 0;
	uint64_t size = array_size(last);
	if (size == 0 || size > layout->type->size - offset)
		return 0;
	struct cut cut = {
		.typing = typing,
		.layout = layout,
		.bytes = bytes,
		.room = room,
		.offset = offset,
		.padding = layout->type->size - offset - size,
	};
	*ret_size = offset;
	return last->kind == CW_TYPE_UNION ? union_rank(&cut, last)
					   : array_rank(&cut, last);
}

bool cw_ending_fits(struct cw_typing *typing, const struct cw_layout *layout,
		    cw_addr address, const struct cw_room *room)
{
	const unsigned char *bytes =
		cw_target_bytes(typing->target, address, room->size);
	uint64_t size;

	if (!bytes || cw_ending_rank(typing, layout, bytes, room, &size) == 0)
		return false;
	struct cw_content content =
		cw_content_check_part(typing, layout->type, address, size);
	return cw_content_agrees(&content);
}

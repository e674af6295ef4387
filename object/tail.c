#include "object/tail.h"

#include <string.h>

enum {
	ALIGN = 16,
	MAX_PIECES = 16,
	/* As many as may be: numbers and text fill everything. */
	MIN_SIZE = 8,
};

/* How far the elements reach that a pointer to @offset is to. */
static uint64_t end_of(const struct cw_type *target, uint64_t offset,
		       const struct cw_room *room)
{
	uint64_t size = target->size;
	uint64_t count = size ? (room->size - offset) / size : 0;

	if (count == 0)
		return 0;
	/* A class is no wider than one element: else the last may be none. */
	if (size >= MIN_SIZE && cw_room_is_class(room, offset + count * size))
		return offset + count * size;
	return offset + size;
}

/* The farthest that a pointer to @end, or a little behind, explains. */
static uint64_t next_end(const struct cw_layout *layout,
			 const struct cw_room *room, const unsigned char *bytes,
			 uint64_t address, uint64_t end)
{
	uint64_t farthest = 0;

	for (uint32_t i = 0; i < layout->num_slots; i++) {
		const struct cw_slot *slot = &layout->slots[i];
		uint64_t word, offset;
		if (slot->is_in_union || slot->offset + 8 > layout->type->size)
			continue;
		memcpy(&word, bytes + slot->offset, 8);
		offset = word - address;
		if (offset < end || offset - end >= ALIGN ||
		    offset >= room->size)
			continue;
		uint64_t reached = end_of(slot->target, offset, room);
		if (reached > farthest)
			farthest = reached;
	}
	return farthest;
}

/* A number of the object says how much there is, in all or from @offset on. */
static bool is_room_said(const struct cw_layout *layout,
			 const struct cw_room *room, const unsigned char *bytes,
			 uint64_t offset)
{
	for (uint32_t i = 0; i < layout->num_lengths; i++) {
		uint64_t value = cw_length_read(&layout->lengths[i], bytes);
		if (value >= CW_SURE_LENGTH && value <= room->size &&
		    (cw_room_is_class(room, offset + value) ||
		     cw_room_is_class(room, value)))
			return true;
	}
	return false;
}

/*
 * The head of what is handed out piece by piece: a pointer of the object leads
 * to where the next one begins, and a number says how much there is.
 */
static bool hands_out_rest(const struct cw_layout *layout,
			   const struct cw_room *room,
			   const unsigned char *bytes, uint64_t address)
{
	for (uint32_t i = 0; i < layout->num_slots; i++) {
		const struct cw_slot *slot = &layout->slots[i];
		uint64_t word;
		if (slot->is_in_union || slot->target->size > 1 ||
		    slot->offset + 8 > layout->type->size)
			continue;
		memcpy(&word, bytes + slot->offset, 8);
		if (word - address >= layout->type->size &&
		    word - address < room->size &&
		    is_room_said(layout, room, bytes, word - address))
			return true;
	}
	return false;
}

enum cw_tail cw_tail_of(const struct cw_layout *layout,
			const struct cw_room *room, const unsigned char *bytes,
			uint64_t address)
{
	uint64_t end = layout->type->size;

	if (hands_out_rest(layout, room, bytes, address))
		return CW_TAIL_WHOLE;
	for (unsigned i = 0; i < MAX_PIECES; i++) {
		uint64_t next = next_end(layout, room, bytes, address, end);
		if (next <= end)
			return i > 0 ? CW_TAIL_SOME : CW_TAIL_NONE;
		if (cw_room_is_class(room, next))
			return CW_TAIL_WHOLE;
		end = next;
	}
	return CW_TAIL_SOME;
}

#include "object/packed.h"

#include <string.h>

#include "object/start.h"

enum {
	WORD = 8,
	/* No pointer, but what is kept in one: a number, a mark. */
	MAX_NUMBER = 4096,
	MAX_WORDS = 4096,
};

static uint64_t round_up(uint64_t size)
{
	return (size + WORD - 1) & -(uint64_t)WORD;
}

/* Words from @at on, to where a request may have ended. */
static uint32_t words_rank(const struct cw_typing *typing,
			   const unsigned char *bytes,
			   const struct cw_room *room, uint64_t at)
{
	uint32_t rank = 0, num_pointers = 0;

	for (uint32_t i = 0; i < MAX_WORDS && at + WORD <= room->size; i++) {
		uint64_t word;
		memcpy(&word, bytes + at, WORD);
		if (cw_start_is(typing->index, word))
			num_pointers++;
		else if (word >= MAX_NUMBER)
			break;
		at += WORD;
		/* Many that are none would be found in anything. */
		if (num_pointers == 0 && i > 0)
			continue;
		if (cw_room_is_class(room, at))
			rank = num_pointers ? CW_RANK_EXACT : CW_RANK_SLACK;
		else if (num_pointers && rank < CW_RANK_SLACK &&
			 cw_room_is_near(room, at))
			rank = CW_RANK_SLACK;
	}
	return rank;
}

uint32_t cw_packed_rank(const struct cw_typing *typing,
			const struct cw_layout *layout,
			const unsigned char *bytes, const struct cw_room *room)
{
	uint64_t open = cw_type_open_bytes(layout->type);
	uint32_t best = 0;

	for (uint32_t i = 0; open && i < layout->num_lengths; i++) {
		uint64_t length = cw_length_read(&layout->lengths[i], bytes);
		if (!layout->lengths[i].is_named || length > room->size - open)
			continue;
		uint32_t rank = words_rank(typing, bytes, room,
					   round_up(open + length));
		if (rank > best)
			best = rank;
	}
	return best;
}

bool cw_packed_is_slot(const struct cw_layout *layout,
		       const struct cw_slot *slot)
{
	return slot->target == layout->flexible && slot->is_in_union &&
	       slot->offset == layout->flexible_offset &&
	       slot->offset == cw_type_open_bytes(layout->type);
}

void cw_packed_walk(const struct cw_typing *typing,
		    const struct cw_layout *layout, cw_addr address,
		    uint64_t size, struct cw_walk *walk)
{
	uint64_t at = round_up(layout->flexible_offset);
	const unsigned char *bytes =
		cw_target_bytes(typing->target, address, size);
	const struct cw_slot slot = {
		.offset = layout->flexible_offset,
		.count = 1,
		.target = layout->flexible,
		.is_in_union = true,
	};

	walk->object = address;
	for (; bytes && at + WORD <= size; at += WORD) {
		uint64_t word;
		memcpy(&word, bytes + at, WORD);
		if (cw_start_is(typing->index, word))
			walk->pointer(walk, layout, &slot, address + at, word);
	}
}

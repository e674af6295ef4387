#include "object/behind.h"

#include <string.h>

#include "base/memory.h"
#include "object/content.h"
#include "object/rank.h"

enum {
	MAX_GAP = 16, /* between an object and its text */
	SURE_TEXT = 4,
};

/* Text from @offset of the room up to its end, with a NUL behind. */
static bool is_text_to_end(const unsigned char *bytes,
			   const struct cw_room *room, uint64_t offset,
			   uint64_t *ret_length)
{
	return offset < room->size &&
	       cw_content_is_text(bytes + offset, room->size - offset,
				  ret_length) &&
	       cw_room_is_class(room, offset + *ret_length + 1);
}

/* As many bytes behind the object as a member says that is named so. */
bool cw_behind_are_bytes(const struct cw_layout *layout,
			 const unsigned char *bytes, const struct cw_room *room)
{
	const uint64_t offsets[] = {layout->type->size,
				    layout->flexible ? layout->flexible_offset
						     : 0};

	for (uint32_t i = 0; i < layout->num_lengths; i++) {
		const struct cw_length *length = &layout->lengths[i];
		uint64_t value = cw_length_read(length, bytes);
		if (!length->is_named)
			continue;

		for (unsigned k = 0; k < cw_num_elements(offsets); k++)
			if (offsets[k] && value >= CW_SURE_LENGTH &&
			    value <= room->size &&
			    cw_room_is_class(room, offsets[k] + value))
				return true;
	}
	return false;
}

/* Members that are called so say how long the text is, if there are any. */
static bool lengths_agree(const struct cw_layout *layout,
			  const unsigned char *bytes, uint64_t text_length)
{
	bool is_some = false;

	for (uint32_t i = 0; i < layout->num_lengths; i++) {
		const struct cw_length *length = &layout->lengths[i];
		uint64_t value = cw_length_read(length, bytes);
		if (length->is_named && value == text_length)
			return true;
		is_some |= length->is_named;
	}
	return !is_some;
}

/* A short one may be a number; an empty one is found in anything. */
uint32_t cw_behind_text_rank(const struct cw_layout *layout,
			     const unsigned char *bytes,
			     const struct cw_room *room, uint64_t offset)
{
	uint64_t length;

	if (!is_text_to_end(bytes, room, offset, &length))
		return 0;
	if (length >= SURE_TEXT)
		return CW_RANK_TEXT;
	if (length == 0)
		return CW_RANK_ARRAY;
	return lengths_agree(layout, bytes, length) ? CW_RANK_EXACT : 0;
}

/*
 * A pointer of the object leads to text behind it in the same block: both were
 * allocated in one piece.
 */
uint32_t cw_behind_own_text_rank(const struct cw_layout *layout,
				 cw_addr address, const struct cw_room *room,
				 const unsigned char *bytes)
{
	uint64_t size = layout->type->size;
	/* Elements of a flexible end may be before it. */
	uint64_t most = layout->flexible ? room->size : MAX_GAP;

	for (uint32_t i = 0; i < layout->num_slots; i++) {
		uint64_t word, length;
		memcpy(&word, bytes + layout->slots[i].offset, 8);
		uint64_t offset = word - address;
		if (layout->slots[i].target->size > 1 || offset < size ||
		    offset - size >= most || offset >= room->size)
			continue;
		if (is_text_to_end(bytes, room, offset, &length))
			return CW_RANK_TEXT;
	}
	return 0;
}

/* Text is as long as is said; bytes may have a NUL before, and more behind. */
static bool is_so_long(const unsigned char *text, uint64_t said_length)
{
	uint64_t length;

	if (text[said_length] != 0 ||
	    !cw_content_is_text(text, said_length, &length))
		return text[said_length] == 0;
	for (uint64_t i = length; i < said_length; i++)
		if (text[i] != 0)
			return true;
	return length == 0 || length == said_length;
}

/*
 * A declared structure whose text begins at @offset: one of its lengths leads
 * to the NUL, and one to the end of the block.
 */
bool cw_behind_fits_header(const struct cw_layout *layout, uint64_t offset,
			   const unsigned char *bytes,
			   const struct cw_room *room)
{
	bool has_nul = false, is_whole = false;

	for (uint32_t i = 0; i < layout->num_lengths; i++) {
		const struct cw_length *length = &layout->lengths[i];
		uint64_t value = cw_length_read(length, bytes);
		if (!length->is_named || value >= room->size - offset)
			continue;
		has_nul |= is_so_long(bytes + offset, value);
		is_whole |= cw_room_is_near(room, offset + value + 1);
	}
	return has_nul && is_whole;
}

/* As above, and all up to the NUL is text, of one character at least. */
bool cw_behind_is_text(const struct cw_layout *layout, uint64_t offset,
		       const unsigned char *bytes, const struct cw_room *room)
{
	uint64_t length;

	return offset < room->size && bytes[offset] != 0 &&
	       cw_content_is_text(bytes + offset, room->size - offset,
				  &length) &&
	       lengths_agree(layout, bytes, length) &&
	       cw_behind_fits_header(layout, offset, bytes, room);
}

#include "object/pointees.h"

#include <string.h>

#include "object/content.h"
#include "object/rank.h"
#include "object/slab.h"
#include "object/start.h"

enum {
	MAX_ELEMENTS = 8, /* looked at */
	MAX_ARRAY_SEEN = 4096,
};

/* What a pointer to @target leads to: text, another pointer, an object. */
static bool leads_to(struct cw_typing *typing, const struct cw_type *target,
		     uint64_t word)
{
	struct cw_block block;
	const unsigned char *bytes;
	uint64_t length, inner;

	if (!cw_start_is(typing->index, word) ||
	    !cw_heap_block_at(typing->heap, word, &block))
		return true;
	bytes = cw_target_bytes(typing->target, word, block.size);
	if (!bytes)
		return false;
	if (target->kind == CW_TYPE_BASE && target->size == 1)
		return cw_content_is_text(bytes, block.size, &length);
	if (target->kind != CW_TYPE_POINTER)
		return cw_type_least_size(target) <= block.size;
	memcpy(&inner, bytes, 8);
	return inner == 0 || cw_target_segment(typing->target, inner);
}

/* What the first words of an array say, as pointers of its type. */
struct pointees {
	uint32_t num_right; /* to what they say, by its type or its slab */
	uint32_t num_wrong, num_other;
};

static struct pointees pointees_look(struct cw_typing *typing,
				     const struct cw_type *pointer,
				     cw_addr address,
				     const unsigned char *bytes, uint64_t size)
{
	const struct cw_type *target = cw_type_strip(pointer->target);
	uint64_t end = size < MAX_ARRAY_SEEN ? size : MAX_ARRAY_SEEN;
	struct pointees pointees = {0};

	for (uint64_t at = 0;
	     at + 8 <= end && pointees.num_right < MAX_ELEMENTS; at += 8) {
		struct cw_block block;
		uint64_t word;
		memcpy(&word, bytes + at, 8);
		if (!cw_heap_block_at(typing->heap, word, &block) ||
		    block.state != CW_BLOCK_USED) {
			pointees.num_other += word != 0;
			continue;
		}
		struct cw_content content =
			cw_content_check_part(typing, pointer, address + at, 8);
		if (content.num_wrong > 0)
			pointees.num_wrong++;
		else if (content.num_right > 0 ||
			 cw_slab_is(typing, target, &block, word))
			pointees.num_right++;
		else
			pointees.num_other++;
	}
	return pointees;
}

uint32_t cw_pointees_rank(struct cw_typing *typing,
			  const struct cw_type *pointer, cw_addr address,
			  const unsigned char *bytes,
			  const struct cw_room *room, uint32_t *ret_right)
{
	const struct cw_type *target = cw_type_strip(pointer->target);

	if (!target)
		return 0;
	struct pointees pointees =
		pointees_look(typing, pointer, address, bytes, room->size);
	*ret_right = pointees.num_right;
	if (pointees.num_wrong > pointees.num_right)
		return 0;
	/* The last may never have been asked for. */
	if (pointees.num_right > 0 &&
	    pointees.num_wrong + pointees.num_other <= 1)
		return CW_RANK_SLACK;
	if (!cw_starts_are_pointers(typing, bytes, room->size))
		return 0;
	for (uint64_t i = 0; i < MAX_ELEMENTS && i + 1 < room->size / 8; i++) {
		uint64_t word;
		memcpy(&word, bytes + i * 8, 8);
		if (!leads_to(typing, target, word))
			return 0;
	}
	return CW_RANK_SLACK;
}

#include "object/content.h"

#include <string.h>

#include "object/ending.h"
#include "object/front.h"
#include "object/kin.h"
#include "object/start.h"

enum {
	/* Slots looked at: an array of thousands says no more. */
	MAX_LOOKED_AT = 64,
	ENOUGH_FUNCTIONS = 2,
};

/* One object being looked at. */
struct look {
	struct cw_typing *typing;
	cw_addr object;
	unsigned depth; /* how far pointees without a type are looked into */
	struct cw_content content;
};

static struct cw_content check_part(struct cw_typing *typing,
				    const struct cw_type *type, cw_addr address,
				    uint64_t size, unsigned depth);

/* Whether the object that is known there, within a larger block, agrees. */
static bool is_placed(struct look *look, const struct cw_type *target,
		      uint64_t word)
{
	const struct cw_typing *typing = look->typing;
	uint32_t id;

	if (!cw_map_get(&typing->objects, word, &id))
		return false;
	if (cw_type_agrees(cw_typing_type(typing, id), target, 0))
		look->content.num_right++;
	else
		look->content.num_doubtful++;
	return true;
}

/*
 * Whether there is no room for a @target at @offset of the block.  Behind the
 * last element of an array is its end; and what a pointee was allocated in one
 * piece with may be cut short, as it may be itself.
 */
static bool is_without_room(const struct look *look,
			    const struct cw_block *block, uint64_t offset,
			    const struct cw_type *target)
{
	bool is_own = look->depth == 0 && look->object >= block->address &&
		      look->object - block->address < offset;

	return offset == 0 || target->size == 0 ||
	       (offset % target->size != 0 && !is_own);
}

/* The block ends in an array that the target does, or is of a lesser type. */
static bool is_cut(const struct look *look, const struct cw_block *block,
		   uint64_t offset, const struct cw_type *target)
{
	struct cw_typing *typing = look->typing;
	struct cw_room room = cw_front_room(typing, block, 0);
	const unsigned char *bytes =
		cw_target_bytes(typing->target, block->address, block->size);
	uint64_t size;

	if (offset != 0 || !bytes)
		return false;
	return cw_ending_rank(typing, cw_layout_of(&typing->layouts, target),
			      bytes, &room, &size) > 0 ||
	       cw_lesser_has(typing, target, &room);
}

/* What nothing is known of yet may be cut short, or not be set all over. */
static void pointee_look(struct look *look, const struct cw_type *target,
			 const struct cw_block *block)
{
	uint64_t size = target->size < block->size ? target->size : block->size;
	struct cw_content inner = check_part(
		look->typing, target, block->address, size, look->depth - 1);

	look->content.num_wrong += inner.num_wrong > inner.num_pointers;
	look->content.num_doubtful += inner.num_doubtful > 0;
}

static bool begins_with_pointer(struct cw_typing *typing,
				const struct cw_type *type)
{
	const struct cw_layout *layout = cw_layout_of(&typing->layouts, type);

	for (uint32_t i = 0; i < layout->num_slots; i++)
		if (layout->slots[i].offset == 0)
			return true;
	for (uint32_t i = 0; i < layout->num_rules; i++)
		if (layout->rules[i].offset == 0)
			return true;
	return layout->is_cut;
}

/* The type of the block that the pointer leads to, against what it says. */
static void block_check(struct look *look, const struct cw_block *block,
			const struct cw_type *target, uint64_t word)
{
	struct cw_typing *typing = look->typing;
	struct cw_content *content = &look->content;
	uint32_t number = cw_block_index_block(typing->index, block->granule);
	const struct cw_type *known =
		cw_typing_type(typing, typing->types[number]);
	uint64_t offset = word - block->address;

	/* Where an array ends, another block may begin, or none. */
	if (block->state != CW_BLOCK_USED) {
		content->num_wrong += offset == 0;
		return;
	}
	content->num_pointers++;
	if (target->kind == CW_TYPE_POINTER && known && offset == 0 &&
	    cw_type_is_aggregate(known) && !begins_with_pointer(typing, known))
		content->num_unlikely++;
	if (!cw_type_is_aggregate(target))
		return;
	if (offset >= block->size)
		return;
	if (target->size > block->size - offset &&
	    cw_type_least_size(target) > block->size - offset &&
	    !is_cut(look, block, offset, target)) {
		content->num_wrong +=
			is_without_room(look, block, offset, target);
		return;
	}
	if ((!known || !cw_type_is_aggregate(known)) && look->depth > 0 &&
	    offset == 0)
		pointee_look(look, target, block);
	if (is_placed(look, target, word))
		return;
	if (!known || !cw_type_is_aggregate(known))
		return;
	offset -= typing->headers[number];
	if (typing->facts[number].shape == CW_SHAPE_ARRAY && known->size)
		offset %= known->size;
	if (cw_kinships_agree(&typing->kinships, known, target, offset) ||
	    (offset == 0 && cw_lesser_is(known, target)))
		content->num_right++;
	else if (offset < known->size &&
		 typing->facts[number].confidence < CW_CONFIDENCE_EXACT)
		content->num_doubtful++;
	else if (offset < known->size)
		content->num_wrong++;
}

/* A variable that is declared so, or has one that is. */
static bool is_variable(const struct cw_typing *typing,
			const struct cw_type *target, uint64_t word)
{
	struct cw_run run;

	return cw_type_is_aggregate(target) &&
	       cw_typing_static_at(typing, word, &run) &&
	       cw_type_agrees(run.type, target, word - run.address);
}

static void pointer_check(struct look *look, const struct cw_type *target,
			  uint64_t word)
{
	struct cw_typing *typing = look->typing;
	struct cw_content *content = &look->content;
	const struct cw_segment *segment;
	struct cw_block block;

	if (cw_sentinel_is(word)) {
		content->num_unlikely +=
			word && (cw_type_is_aggregate(target) ||
				 target->kind == CW_TYPE_FUNCTION);
		return;
	}
	if (target->kind == CW_TYPE_FUNCTION) {
		segment = cw_target_segment(typing->target, word);
		if (!segment || !(segment->flags & CW_SEGMENT_EXEC))
			content->num_wrong++;
		return;
	}
	if (cw_heap_block_at(typing->heap, word, &block)) {
		block_check(look, &block, target, word);
		return;
	}
	/* An address of 8-byte members that is odd is none. */
	segment = cw_target_segment(typing->target, word);
	content->num_unlikely += segment && cw_type_is_aggregate(target) &&
				 segment->flags & CW_SEGMENT_EXEC;
	content->num_right += segment && is_variable(typing, target, word);
	bool is_nowhere = !segment;
	if (is_nowhere ||
	    (target->size >= 8 && cw_type_is_aggregate(target) && word & 3)) {
		content->num_wrong++;
		content->num_odd += target->kind == CW_TYPE_VOID;
		content->num_nowhere += is_nowhere;
	}
}

/* Which of a union's pointers is there is not known, but that one is. */
static void union_check(struct look *look, const struct cw_layout *layout,
			const unsigned char *bytes, uint64_t size)
{
	for (uint32_t i = 0; i < layout->num_slots; i++) {
		const struct cw_slot *slot = &layout->slots[i];
		uint64_t word;

		if (!slot->is_in_union || slot->offset > size - 8 ||
		    (i > 0 && slot[-1].is_in_union &&
		     slot[-1].offset == slot->offset))
			continue;
		memcpy(&word, bytes + slot->offset, 8);
		look->content.num_pointers +=
			cw_start_is(look->typing->index, word);
	}
}

static void slots_check(struct look *look, const struct cw_layout *layout,
			const unsigned char *bytes, uint64_t size)
{
	unsigned left = MAX_LOOKED_AT;

	for (uint32_t i = 0; i < layout->num_slots; i++) {
		const struct cw_slot *slot = &layout->slots[i];
		uint64_t offset = slot->offset;

		if (slot->is_in_union)
			continue;
		for (uint64_t n = 0; n < slot->count && left; n++, left--) {
			uint64_t word;
			if (offset > size - 8)
				break;
			memcpy(&word, bytes + offset, 8);
			pointer_check(look, slot->target, word);
			offset += slot->stride;
		}
	}
}

static bool check_holds(const struct cw_check *check,
			const unsigned char *bytes)
{
	uint64_t size = check->type->size;
	int64_t value = 0;

	memcpy(&value, bytes + check->offset, size);
	if (size < 8 && check->min < 0)
		value = (int64_t)((uint64_t)value << (64 - 8 * size)) >>
			(64 - 8 * size);
	if (value >= check->min && value <= check->max)
		return true;
	/* Zeroed memory, and sums of flags. */
	return value == 0 || (value & ~check->flags) == 0;
}

/*
 * The object ends where what it was allocated in one piece with begins, to
 * which one of its pointers leads.
 */
static uint64_t size_before_own(const struct cw_layout *layout,
				const unsigned char *bytes, cw_addr address,
				uint64_t size)
{
	uint64_t least = size;

	for (uint32_t i = 0; i < layout->num_slots; i++) {
		uint64_t offset = layout->slots[i].offset, word;
		if (offset + 8 > least)
			continue;
		memcpy(&word, bytes + offset, 8);
		if (word - address > offset && word - address < least)
			least = word - address;
	}
	return least;
}

static struct cw_content check_part(struct cw_typing *typing,
				    const struct cw_type *type, cw_addr address,
				    uint64_t size, unsigned depth)
{
	const struct cw_layout *layout = cw_layout_of(&typing->layouts, type);
	const unsigned char *bytes =
		cw_target_bytes(typing->target, address, size);
	struct look look = {
		.typing = typing, .object = address, .depth = depth};
	unsigned *num_wrong = &look.content.num_wrong;

	if (!bytes)
		return (struct cw_content){.num_wrong = 1};
	if (depth == 0)
		size = size_before_own(layout, bytes, address, size);
	if (size >= 8)
		slots_check(&look, layout, bytes, size);
	if (size >= 8 && depth > 0)
		union_check(&look, layout, bytes, size);
	for (uint32_t i = 0; i < layout->num_checks; i++) {
		const struct cw_check *part = &layout->checks[i];
		*num_wrong += part->offset + part->type->size <= size &&
			      !check_holds(part, bytes);
	}
	*num_wrong += cw_tags_contradict(&typing->taggings, typing->debug,
					 typing->target, layout->type, address);
	return look.content;
}

struct cw_content cw_content_check(struct cw_typing *typing,
				   const struct cw_type *type, cw_addr address)
{
	struct cw_content content =
		check_part(typing, type, address, cw_type_strip(type)->size, 1);

	content.num_wrong += content.num_doubtful;
	return content;
}

struct cw_content cw_content_check_part(struct cw_typing *typing,
					const struct cw_type *type,
					cw_addr address, uint64_t size)
{
	return check_part(typing, type, address, size, 1);
}

bool cw_content_agrees(const struct cw_content *content)
{
	unsigned num_wrong = content->num_wrong;

	if (num_wrong == 0 || content->num_right > num_wrong)
		return true;
	return num_wrong == content->num_odd && content->num_right > 0;
}

bool cw_content_calls_data(const struct cw_typing *typing,
			   const struct cw_layout *layout, cw_addr address)
{
	unsigned num_code = 0, num_data = 0;

	for (uint32_t i = 0; i < layout->num_slots; i++) {
		const struct cw_slot *slot = &layout->slots[i];
		uint64_t word;
		if (slot->target->kind != CW_TYPE_FUNCTION ||
		    slot->is_in_union || slot->count > 1 ||
		    !cw_target_read_word(typing->target, address + slot->offset,
					 &word) ||
		    cw_sentinel_is(word))
			continue;
		const struct cw_segment *segment =
			cw_target_segment(typing->target, word);
		bool is_code = segment && segment->flags & CW_SEGMENT_EXEC;
		num_code += is_code;
		num_data += segment && !is_code;
	}
	return num_data >= ENOUGH_FUNCTIONS && num_data > num_code;
}

/* The length of a UTF-8 sequence that begins with @first, 0: none does. */
static unsigned sequence_length(unsigned char first)
{
	if (first < 0x80)
		return 1;
	if (first >= 0xc2 && first < 0xe0)
		return 2;
	if (first >= 0xe0 && first < 0xf0)
		return 3;
	return first >= 0xf0 && first < 0xf5 ? 4 : 0;
}

static bool is_control(unsigned char c)
{
	return c == 0x7f || (c < 0x20 && c != '\t' && c != '\n' && c != '\r' &&
			     c != '\f' && c != 0x1b);
}

bool cw_content_is_text(const unsigned char *bytes, uint64_t size,
			uint64_t *ret_length)
{
	uint64_t i = 0;

	while (i < size && bytes[i] != 0) {
		unsigned length = sequence_length(bytes[i]);
		if (length == 0 || is_control(bytes[i]))
			return false;
		/* Cut off by the end of the block: text, too. */
		for (unsigned k = 1; k < length && i + k < size; k++)
			if ((bytes[i + k] & 0xc0) != 0x80)
				return false;
		i += length;
	}
	*ret_length = i < size ? i : size;
	return true;
}

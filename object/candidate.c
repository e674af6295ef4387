#include "object/candidate.h"

#include <string.h>

#include "base/memory.h"
#include "object/content.h"
#include "object/front.h"
#include "object/packed.h"
#include "object/tail.h"

enum {
	/* Of a header that is hidden. */
	MAX_HIDDEN = 24,
	MAX_GAP = 16, /* between an object and its text */
	MIN_HIDDEN_TEXT = 1,
	SURE_TEXT = 4,
	ENOUGH_RIGHT = 2,
	MAX_BYTES_SEEN = 4096,
	/* Bytes: a small number fits by accident. */
	SURE_LENGTH = 48,
};

static void rating_add(struct cw_ratings *ratings,
		       const struct cw_rating *rating)
{
	if (ratings->num < CW_MAX_RATINGS)
		ratings->items[ratings->num++] = *rating;
}

/* Whether a member says how long the flexible end is, so that it fits. */
static bool length_fits(const struct cw_layout *layout,
			const unsigned char *bytes, const struct cw_room *room)
{
	uint64_t element = layout->flexible->size;

	for (uint32_t i = 0; i < layout->num_lengths; i++) {
		const struct cw_length *length = &layout->lengths[i];
		uint64_t value = cw_length_read(length, bytes), size;
		/* Of text, there may be a NUL besides. */
		for (uint64_t extra = 0; extra < 1 + (element == 1); extra++)
			if (!__builtin_mul_overflow(value + extra, element,
						    &size) &&
			    size <= room->size &&
			    (element > 1 || size >= SURE_LENGTH) &&
			    (cw_room_is_class(room,
					      layout->flexible_offset + size) ||
			     (layout->is_flexible_one &&
			      cw_room_is_class(room,
					       layout->type->size + size))))
				return true;
	}
	return false;
}

/* One of the words that the text begins or ends in is a pointer. */
static bool is_pointer(const struct cw_typing *typing,
		       const unsigned char *bytes, uint64_t size,
		       uint64_t length)
{
	for (uint64_t at = 0; at <= length && at + 8 <= size; at += 8) {
		uint64_t word;
		memcpy(&word, bytes + at, 8);
		if (cw_content_is_start(typing->index, word))
			return true;
	}
	return false;
}

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
static bool has_bytes_behind(const struct cw_layout *layout,
			     const unsigned char *bytes,
			     const struct cw_room *room)
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
			if (offsets[k] && value >= SURE_LENGTH &&
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
static uint32_t text_rank(const struct cw_layout *layout,
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
static uint32_t own_text_rank(const struct cw_layout *layout,
			      const struct cw_block *block,
			      const struct cw_room *room,
			      const unsigned char *bytes)
{
	uint64_t size = layout->type->size;
	/* Elements of a flexible end may be before it. */
	uint64_t most = layout->flexible ? room->size : MAX_GAP;

	for (uint32_t i = 0; i < layout->num_slots; i++) {
		uint64_t word, length;
		memcpy(&word, bytes + layout->slots[i].offset, 8);
		uint64_t offset = word - block->address - room->header;
		if (layout->slots[i].target->size > 1 || offset < size ||
		    offset - size >= most || offset >= room->size)
			continue;
		if (is_text_to_end(bytes, room, offset, &length))
			return CW_RANK_TEXT;
	}
	return 0;
}

static uint32_t flexible_rank(const struct cw_typing *typing,
			      const struct cw_layout *layout,
			      const struct cw_block *block,
			      const struct cw_room *room,
			      const unsigned char *bytes, bool *ret_whole)
{
	uint32_t rank = 0;

	if (layout->flexible->size == 1)
		rank = text_rank(layout, bytes, room, layout->flexible_offset);
	if (rank < CW_RANK_EXACT && (length_fits(layout, bytes, room) ||
				     has_bytes_behind(layout, bytes, room)))
		return CW_RANK_EXACT;
	if (rank < CW_RANK_EXACT)
		rank = own_text_rank(layout, block, room, bytes);
	*ret_whole = rank > 0;
	return rank ? rank : cw_packed_rank(typing, layout, bytes, room);
}

static uint32_t tail_rank(const struct cw_layout *layout,
			  const struct cw_block *block,
			  const struct cw_room *room,
			  const unsigned char *bytes)
{
	static const uint32_t ranks[] = {
		[CW_TAIL_NONE] = 0,
		[CW_TAIL_SOME] = CW_RANK_SLACK,
		[CW_TAIL_WHOLE] = CW_RANK_EXACT,
	};

	return ranks[cw_tail_of(layout, room, bytes,
				block->address + room->header)];
}

/* Where a member says how many bytes there are, as many are behind it. */
static bool may_be_so_long(const struct cw_layout *layout,
			   const unsigned char *bytes,
			   const struct cw_room *room)
{
	uint64_t open = cw_type_open_bytes(layout->type);
	bool is_some = false;

	for (uint32_t i = 0; open && i < layout->num_lengths; i++) {
		const struct cw_length *length = &layout->lengths[i];
		is_some |= length->is_named;
		if (length->is_named &&
		    cw_length_read(length, bytes) <= room->size - open)
			return true;
	}
	return !is_some;
}

static uint32_t shape_rank(struct cw_typing *typing,
			   const struct cw_layout *layout,
			   const struct cw_block *block,
			   const struct cw_room *room,
			   const unsigned char *bytes, bool *ret_whole)
{
	struct cw_fit fit = cw_fit_of(layout, room);
	bool is_extended =
		cw_family_is_extended(&typing->family, layout->type, room);
	uint32_t rank;

	*ret_whole = false;
	switch (fit.shape) {
	case CW_SHAPE_EXACT:
		if (!may_be_so_long(layout, bytes, room))
			return 0;
		if (!layout->is_flexible_one)
			return CW_RANK_EXACT;
		rank = flexible_rank(typing, layout, block, room, bytes,
				     ret_whole);
		return rank ? rank : CW_RANK_SLACK;
	case CW_SHAPE_FLEXIBLE:
		return flexible_rank(typing, layout, block, room, bytes,
				     ret_whole);
	case CW_SHAPE_ARRAY:
		return layout->is_self_linked || is_extended ||
				       !cw_type_is_aggregate(layout->type)
			       ? 0
			       : CW_RANK_ARRAY;
	case CW_SHAPE_SLACK:
	case CW_SHAPE_PREFIX:
		rank = own_text_rank(layout, block, room, bytes);
		if (rank == 0)
			rank = text_rank(layout, bytes, room,
					 layout->type->size);
		*ret_whole = rank > 0;
		if (rank > 0)
			return rank;
		if (has_bytes_behind(layout, bytes, room)) {
			*ret_whole = true;
			return CW_RANK_EXACT;
		}
		return fit.shape == CW_SHAPE_SLACK && !is_extended
			       ? CW_RANK_SLACK
			       : tail_rank(layout, block, room, bytes);
	default:
		return 0;
	}
}

static void object_rate(struct cw_typing *typing, const struct cw_type *type,
			uint32_t number, const struct cw_block *block,
			uint64_t front, bool must_agree, struct cw_ratings *ret)
{
	const struct cw_layout *layout = cw_layout_of(&typing->layouts, type);
	struct cw_room room = cw_front_room(typing, block, front);
	const unsigned char *bytes = cw_target_bytes(
		typing->target, block->address + front, room.size);
	struct cw_rating rating = {
		.type = type, .number = number, .header = front};

	if (!bytes || type->size > room.size)
		return;
	rating.rank = shape_rank(typing, layout, block, &room, bytes,
				 &rating.is_whole);
	if (rating.rank == 0)
		return;
	struct cw_content content =
		cw_content_check(typing, type, block->address + front);
	if (content.num_wrong > (must_agree ? 0 : content.num_odd) ||
	    (must_agree && content.num_right < ENOUGH_RIGHT))
		return;
	rating.num_right = content.num_right;
	rating.num_pointers = content.num_pointers;
	rating.is_odd =
		content.num_odd > 0 && content.num_right <= content.num_odd;
	rating.num_strangers =
		cw_content_strangers(typing, type, block->address + front);
	rating.is_likely = must_agree;
	rating_add(ret, &rating);
}

/* A structure in a block that is larger: only where its pointers say so. */
static void inside_rate(struct cw_typing *typing, const struct cw_type *type,
			uint32_t number, const struct cw_block *block,
			cw_addr target, struct cw_ratings *ret)
{
	struct cw_content content;

	if (type->size < 16 ||
	    type->size > block->size - (target - block->address))
		return;
	content = cw_content_check(typing, type, target);
	if (content.num_wrong > 0 || content.num_right == 0)
		return;
	rating_add(ret, &(struct cw_rating){
				.type = type,
				.number = number,
				.rank = CW_RANK_INSIDE,
				.num_right = content.num_right,
				.is_inside = true,
			});
}

/*
 * A declared structure whose text begins just there: one of its lengths leads
 * to the NUL, and one to the end of the block.
 */
static bool header_fits(const struct cw_layout *layout, uint64_t offset,
			const unsigned char *bytes, const struct cw_room *room)
{
	bool has_nul = false, is_whole = false;

	for (uint32_t i = 0; i < layout->num_lengths; i++) {
		const struct cw_length *length = &layout->lengths[i];
		uint64_t value = cw_length_read(length, bytes);
		if (!length->is_named || value >= room->size - offset)
			continue;
		has_nul |= bytes[offset + value] == 0;
		is_whole |= cw_room_is_near(room, offset + value + 1);
	}
	return has_nul && is_whole;
}

static bool header_rate(struct cw_typing *typing, uint32_t number,
			const struct cw_block *block, uint64_t offset,
			const unsigned char *bytes, struct cw_ratings *ret)
{
	const struct cw_type *const *types;
	size_t num = cw_family_text_headers(&typing->family, offset, &types);
	struct cw_room room = cw_front_room(typing, block, 0);

	for (size_t i = 0; i < num; i++) {
		const struct cw_layout *layout =
			cw_layout_of(&typing->layouts, types[i]);
		if (types[i]->size > room.size ||
		    !header_fits(layout, offset, bytes, &room))
			continue;
		/* Several of one shape are as good as one. */
		rating_add(ret, &(struct cw_rating){.type = types[i],
						    .number = number,
						    .rank = CW_RANK_TEXT,
						    .is_whole = true});
		return true;
	}
	return false;
}

/* No word of it leads to a block: numbers or text, and no structure. */
static bool has_no_pointers(const struct cw_typing *typing,
			    const unsigned char *bytes, uint64_t size)
{
	for (uint64_t at = 0; at + 8 <= size && at < MAX_BYTES_SEEN; at += 8) {
		uint64_t word;
		memcpy(&word, bytes + at, 8);
		if (cw_content_is_start(typing->index, word))
			return false;
	}
	return true;
}

static bool is_rated_as_text(const struct cw_ratings *ratings)
{
	for (uint32_t i = 0; i < ratings->num; i++)
		if (ratings->items[i].is_text ||
		    ratings->items[i].rank == CW_RANK_BYTES)
			return true;
	return false;
}

static void text_rate(struct cw_typing *typing, const struct cw_type *type,
		      uint32_t number, const struct cw_block *block,
		      cw_addr target, struct cw_ratings *ret)
{
	uint64_t offset = target - block->address, length;
	const unsigned char *bytes =
		cw_target_bytes(typing->target, block->address, block->size);
	struct cw_room room = cw_front_room(typing, block, 0);
	struct cw_rating rating = {
		.type = type,
		.number = number,
		.rank = CW_RANK_TEXT,
		.header = offset,
		.is_text = true,
	};

	/* char, signed or not, is all the same. */
	if (!bytes || offset > MAX_HIDDEN || offset >= block->size ||
	    is_rated_as_text(ret) ||
	    (offset > 0 &&
	     header_rate(typing, number, block, offset, bytes, ret)))
		return;
	if (cw_content_is_text(bytes + offset, block->size - offset, &length) &&
	    (length >= SURE_TEXT
		     ? cw_room_is_near(&room, offset + length + 1)
		     : cw_room_is_class(&room, offset + length + 1)) &&
	    length >= MIN_HIDDEN_TEXT &&
	    !is_pointer(typing, bytes, block->size, offset + length)) {
		rating_add(ret, &rating);
		return;
	}
	rating.rank = CW_RANK_BYTES;
	rating.is_text = false;
	if (cw_front_is_start(typing, block, target) &&
	    has_no_pointers(typing, bytes, block->size))
		rating_add(ret, &rating);
}

void cw_candidate_rate(struct cw_typing *typing, const struct cw_type *type,
		       uint32_t number, const struct cw_block *block,
		       cw_addr target, bool must_agree, struct cw_ratings *ret)
{
	if (type->kind == CW_TYPE_BASE && type->size == 1) {
		if (!must_agree)
			text_rate(typing, type, number, block, target, ret);
	} else if (cw_front_is_start(typing, block, target))
		object_rate(typing, type, number, block,
			    target - block->address, must_agree, ret);
	else if (cw_type_is_aggregate(type) && !must_agree)
		inside_rate(typing, type, number, block, target, ret);
}

static bool is_better(const struct cw_rating *a, const struct cw_rating *b)
{
	if (a->is_odd)
		return false;
	if (b->is_odd)
		return a->num_right > b->num_right || a->rank > b->rank;
	/* What the larger one takes for members is text as well. */
	if (a->is_whole && b->is_whole && a->rank == b->rank &&
	    a->type->size != b->type->size)
		return a->type->size < b->type->size;
	/* An array may be of anything. */
	if (b->rank == CW_RANK_ARRAY && a->rank > b->rank &&
	    a->num_right > b->num_right)
		return true;
	if ((a->num_right > 0) != (b->num_right > 0) &&
	    a->rank > CW_RANK_BYTES && b->rank < CW_RANK_TEXT)
		return a->num_right > 0;
	if (a->rank == b->rank)
		return a->num_strangers < b->num_strangers;
	return a->rank > b->rank;
}

void cw_ratings_keep_best(struct cw_ratings *ratings)
{
	const struct cw_ratings all = *ratings;

	ratings->num = 0;
	for (uint32_t i = 0; i < all.num; i++) {
		bool is_best = true;
		for (uint32_t k = 0; k < all.num && is_best; k++)
			is_best = !is_better(&all.items[k], &all.items[i]);
		if (is_best)
			ratings->items[ratings->num++] = all.items[i];
	}
}

void cw_ratings_drop_arrays(struct cw_ratings *ratings)
{
	uint32_t kept = 0;

	for (uint32_t i = 0; i < ratings->num; i++)
		if (ratings->items[i].rank != CW_RANK_ARRAY ||
		    ratings->items[i].num_right > 0)
			ratings->items[kept++] = ratings->items[i];
	ratings->num = kept;
}

int cw_ratings_most_pointers(const struct cw_ratings *ratings)
{
	uint32_t best = 0;
	int which = -1;

	for (uint32_t i = 0; i < ratings->num; i++) {
		uint32_t num = ratings->items[i].num_pointers;
		if (ratings->items[i].is_odd ||
		    ratings->items[i].rank == CW_RANK_ARRAY)
			return -1;
		if (num > best)
			which = i;
		else if (num == best)
			which = -1;
		if (num > best)
			best = num;
	}
	return which;
}

uint32_t cw_ratings_drop_odd(struct cw_ratings *ratings)
{
	uint32_t kept = 0;

	for (uint32_t i = 0; i < ratings->num; i++)
		if (!ratings->items[i].is_odd)
			ratings->items[kept++] = ratings->items[i];
	ratings->num = kept;
	return kept;
}

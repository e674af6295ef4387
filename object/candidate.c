#include "object/candidate.h"

#include <string.h>

#include "base/memory.h"
#include "object/behind.h"
#include "object/content.h"
#include "object/front.h"
#include "object/kin.h"
#include "object/packed.h"
#include "object/pointees.h"
#include "object/slab.h"
#include "object/start.h"
#include "object/tail.h"

enum {
	/* Of a header that is hidden. */
	MAX_HIDDEN = 24,
	MIN_HIDDEN_TEXT = 1,
	MIN_NAMED = 8, /* bytes before the name of an object */
	SURE_TEXT = 4,
	ENOUGH_RIGHT = 2,
	MANY_RIGHT = 3,
	POINTERS_PER_RAW = 4,
	MAX_ELEMENTS = 8, /* looked at */
	MAX_ARRAY_SEEN = 4096,
};

static void rating_add(struct cw_ratings *ratings,
		       const struct cw_rating *rating)
{
	if (ratings->num < CW_MAX_RATINGS)
		ratings->items[ratings->num++] = *rating;
}

/* One of the words that the text begins or ends in is a pointer. */
static bool is_pointer(const struct cw_typing *typing,
		       const unsigned char *bytes, uint64_t size,
		       uint64_t length)
{
	for (uint64_t at = 0; at <= length && at + 8 <= size; at += 8) {
		uint64_t word;
		memcpy(&word, bytes + at, 8);
		if (cw_start_is(typing->index, word))
			return true;
	}
	return false;
}

static uint32_t flexible_rank(struct cw_typing *typing,
			      const struct cw_layout *layout, cw_addr address,
			      const struct cw_room *room,
			      const unsigned char *bytes, bool *ret_whole)
{
	uint32_t rank = 0;

	if (layout->flexible->size == 1)
		rank = cw_behind_is_text(layout, layout->flexible_offset, bytes,
					 room)
			       ? CW_RANK_TEXT
			       : cw_behind_text_rank(layout, bytes, room,
						     layout->flexible_offset);
	if (rank < CW_RANK_EXACT && (cw_fit_has_length(layout, bytes, room) ||
				     cw_behind_are_bytes(layout, bytes, room)))
		return CW_RANK_EXACT;
	if (rank < CW_RANK_EXACT)
		rank = cw_behind_own_text_rank(layout, address, room, bytes);
	*ret_whole = rank > 0;
	if (rank == 0)
		rank = cw_packed_rank(typing, layout, bytes, room);
	if (rank == 0 &&
	    cw_starts_are_in_elements(typing, layout, address, room->size))
		rank = CW_RANK_SLACK;
	return rank;
}

static uint32_t tail_rank(const struct cw_layout *layout, cw_addr address,
			  const struct cw_room *room,
			  const unsigned char *bytes)
{
	static const uint32_t ranks[] = {
		[CW_TAIL_NONE] = 0,
		[CW_TAIL_SOME] = CW_RANK_SLACK,
		[CW_TAIL_WHOLE] = CW_RANK_EXACT,
	};

	return ranks[cw_tail_of(layout, room, bytes, address)];
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

/* No pointer can be in such an object. */
static bool is_plain(const struct cw_layout *layout)
{
	return layout->num_slots == 0 && layout->num_rules == 0 &&
	       !layout->is_cut && layout->type->kind != CW_TYPE_UNION;
}

static uint32_t shape_rank(struct cw_typing *typing,
			   const struct cw_layout *layout, cw_addr address,
			   const struct cw_room *room,
			   const unsigned char *bytes, bool is_among,
			   bool *ret_whole, uint32_t *ret_right)
{
	enum cw_shape shape = cw_fit_of(layout, room).shape;
	uint32_t rank;

	*ret_whole = false;
	/* Many that are rated together are no arrays. */
	if (is_among && shape == CW_SHAPE_ARRAY)
		shape = CW_SHAPE_PREFIX;
	switch (shape) {
	case CW_SHAPE_EXACT:
		if (!may_be_so_long(layout, bytes, room))
			return 0;
		if (!layout->is_flexible_one)
			return CW_RANK_EXACT;
		rank = flexible_rank(typing, layout, address, room, bytes,
				     ret_whole);
		return rank ? rank : CW_RANK_SLACK;
	case CW_SHAPE_FLEXIBLE:
		return flexible_rank(typing, layout, address, room, bytes,
				     ret_whole);
	case CW_SHAPE_ARRAY:
		if (layout->type->kind == CW_TYPE_POINTER)
			return cw_pointees_rank(typing, layout->type, address,
						bytes, room, ret_right);
		if (cw_tail_of(layout, room, bytes, address) == CW_TAIL_WHOLE)
			return CW_RANK_EXACT;
		return (layout->is_self_linked &&
			!layout->is_linked_in_union) ||
				       cw_family_is_extended(&typing->family,
							     layout->type,
							     room) ||
				       !cw_type_is_aggregate(layout->type) ||
				       (is_plain(layout) &&
					cw_starts_count(typing, bytes,
							room->size) > 0)
			       ? 0
			       : CW_RANK_ARRAY;
	case CW_SHAPE_SLACK:
	case CW_SHAPE_PREFIX:
		rank = cw_behind_own_text_rank(layout, address, room, bytes);
		if (rank == 0)
			rank = cw_behind_text_rank(layout, bytes, room,
						   layout->type->size);
		*ret_whole = rank > 0;
		if (rank > 0)
			return rank;
		if (cw_behind_are_bytes(layout, bytes, room)) {
			*ret_whole = true;
			return CW_RANK_EXACT;
		}
		return shape == CW_SHAPE_SLACK && !cw_family_is_extended(
							  &typing->family,
							  layout->type, room)
			       ? CW_RANK_SLACK
			       : tail_rank(layout, address, room, bytes);
	default:
		return 0;
	}
}

/*
 * Of an object cut off before a member: data take the rest of the block, whose
 * length a member says that is named so.  0: it is not.
 */
static uint64_t cut_size(struct cw_typing *typing,
			 const struct cw_layout *layout, cw_addr address,
			 const struct cw_room *room, const unsigned char *bytes)
{
	const struct cw_member *members;
	size_t num = cw_type_members(layout->type, &members);

	for (uint32_t i = 0; i < layout->num_lengths; i++) {
		const struct cw_length *length = &layout->lengths[i];
		uint64_t value = 0;
		if (!length->is_named ||
		    length->offset + length->size > room->size)
			continue;
		memcpy(&value, bytes + length->offset, length->size);
		if (value < CW_SURE_LENGTH || value > room->size)
			continue;
		for (size_t k = num; k-- > 0;) {
			uint64_t size = members[k].offset;
			if (size <= length->offset || size % 8 != 0 ||
			    size > room->size ||
			    !cw_room_is_class(room, size + value))
				continue;
			if (cw_content_check_part(typing, layout->type, address,
						  size)
				    .num_wrong == 0)
				return size;
		}
	}
	return 0;
}

/* As an array of one it is declared, of none it may be. */
static bool is_without_end(const struct cw_layout *layout,
			   const struct cw_room *room,
			   const unsigned char *bytes)
{
	return layout->is_flexible_one &&
	       layout->flexible_offset <= room->size &&
	       cw_room_is_class(room, layout->flexible_offset) &&
	       cw_fit_has_length(layout, bytes, room);
}

/* Where there is an object and how much room for it. */
struct site {
	cw_addr address;
	struct cw_room room;
	const unsigned char *bytes;
	bool is_among; /* rated together with many more */
	bool must_agree;
};

/*
 * C does not clear what it allocates.  What is wrong are words that are no
 * address, in members that nobody has set yet, and much else is right.
 */
static bool is_raw(const struct cw_content *content, uint32_t rank)
{
	return rank >= CW_RANK_EXACT && content->num_wrong > 0 &&
	       content->num_wrong == content->num_nowhere &&
	       content->num_right >= MANY_RIGHT &&
	       content->num_right > content->num_wrong &&
	       content->num_pointers >= POINTERS_PER_RAW * content->num_wrong;
}

/* What other words contradict more than agree with is not what is there. */
static void strangers_rate(struct cw_typing *typing,
			   const struct cw_layout *layout,
			   const struct site *site, struct cw_rating *rating)
{
	uint64_t size = layout->type->size;

	rating->num_strangers = cw_starts_count_strangers(typing, layout->type,
							  site->address, size);
	if (site->is_among || rating->rank > CW_RANK_EXACT)
		return;
	if (rating->num_strangers > rating->num_right)
		rating->rank = 0;
	rating->is_short =
		rating->rank == CW_RANK_SLACK && !rating->is_whole &&
		!layout->flexible && cw_type_is_aggregate(layout->type) &&
		cw_starts_count(typing, site->bytes + size,
				site->room.size - size) > rating->num_right;
}

/*
 * What is behind the first of an array is of its type as well; how much of it
 * is not is counted in as many bytes for each type.
 */
static void elements_rate(struct cw_typing *typing,
			  const struct cw_layout *layout,
			  const struct site *site, struct cw_rating *rating)
{
	uint64_t size = layout->type->size;
	uint64_t end = site->room.size < MAX_ARRAY_SEEN ? site->room.size
							: MAX_ARRAY_SEEN;

	for (uint64_t at = size; at + size <= end; at += size) {
		cw_addr address = site->address + at;
		if (at / size < MAX_ELEMENTS &&
		    cw_content_check_part(typing, layout->type, address, size)
				    .num_wrong > 0)
			rating->rank = 0;
		if (rating->rank == 0)
			return;
		rating->num_strangers += cw_starts_count_strangers(
			typing, layout->type, address, size);
	}
}

/* The rating of a struct; of rank 0 when it can not be there. */
static struct cw_rating struct_rate(struct cw_typing *typing,
				    const struct cw_type *type,
				    const struct site *site)
{
	const struct cw_layout *layout = cw_layout_of(&typing->layouts, type);
	struct cw_rating rating = {.type = type};
	uint64_t size = type->size;
	uint32_t num_pointees = 0;

	if (size <= site->room.size)
		rating.rank = shape_rank(
			typing, layout, site->address, &site->room, site->bytes,
			site->is_among, &rating.is_whole, &num_pointees);
	else if (site->is_among &&
		 is_without_end(layout, &site->room, site->bytes)) {
		rating.rank = CW_RANK_EXACT;
		size = layout->flexible_offset;
	}
	struct cw_content content = {0};
	if (rating.rank > 0)
		content = cw_content_check_part(typing, type, site->address,
						size);
	/* What is wrong may be the block that is pointed to. */
	if (!site->is_among)
		content.num_wrong += content.num_doubtful;
	rating.is_raw = is_raw(&content, rating.rank);
	if (rating.is_raw)
		content.num_wrong = 0;
	else if (!site->must_agree)
		content.num_wrong -= content.num_odd;
	if (site->is_among && (rating.rank == 0 || content.num_wrong > 0)) {
		content.num_wrong = 0;
		rating.is_whole = cut_size(typing, layout, site->address,
					   &site->room, site->bytes) > 0;
		rating.rank = rating.is_whole ? CW_RANK_SLACK : 0;
	}
	if (content.num_wrong > 0)
		rating.rank = 0;
	rating.num_right = content.num_right;
	rating.num_pointers = content.num_pointers;
	rating.num_unlikely = content.num_unlikely;
	if (num_pointees > rating.num_right)
		rating.num_right = num_pointees;
	rating.is_odd =
		content.num_odd > 0 && content.num_right <= content.num_odd;
	if (rating.rank > 0 && size == type->size && size <= site->room.size)
		strangers_rate(typing, layout, site, &rating);
	if (rating.rank == CW_RANK_ARRAY)
		elements_rate(typing, layout, site, &rating);
	return rating;
}

/* Of a union the best of its alternatives. */
static struct cw_rating union_rate(struct cw_typing *typing,
				   const struct cw_type *type,
				   const struct site *site)
{
	const struct cw_member *members;
	size_t num = cw_type_members(type, &members);
	struct cw_rating best = {0}, own = {0};
	bool has_structs = false;

	if (type->size <= site->room.size)
		own = struct_rate(typing, type, site);
	for (size_t i = 0; i < num; i++) {
		const struct cw_type *inner = cw_type_strip(members[i].type);
		uint64_t size = inner->size < site->room.size ? inner->size
							      : site->room.size;
		if (!cw_type_is_aggregate(inner) ||
		    inner->kind == CW_TYPE_UNION)
			continue;
		has_structs = true;
		struct cw_rating rating = struct_rate(typing, inner, site);
		if (rating.rank == 0 &&
		    cw_content_check_part(typing, inner, site->address, size)
				    .num_wrong == 0)
			rating = own;
		if (rating.rank > best.rank)
			best = rating;
	}
	if (!has_structs)
		best = own;
	best.type = type;
	return best;
}

static void object_rate(struct cw_typing *typing, const struct cw_type *type,
			uint32_t number, const struct cw_block *block,
			uint64_t offset, bool must_agree, bool is_among,
			struct cw_ratings *ret)
{
	const unsigned char *bytes =
		cw_target_bytes(typing->target, block->address, block->size);
	struct site site = {
		.address = block->address + offset,
		.room = cw_front_room(typing, block, offset),
		.bytes = bytes ? bytes + offset : NULL,
		.is_among = is_among,
		.must_agree = must_agree,
	};

	if (!bytes)
		return;
	struct cw_rating rating = type->kind == CW_TYPE_UNION
					  ? union_rate(typing, type, &site)
					  : struct_rate(typing, type, &site);
	rating.number = number;
	rating.header = offset;
	rating.is_likely = must_agree;
	if (rating.rank > 0 &&
	    (!must_agree || rating.num_right >= ENOUGH_RIGHT))
		rating_add(ret, &rating);
}

/*
 * A structure in a block that is larger: only where its pointers say so, or the
 * number of what is there is before it.
 */
static void inside_rate(struct cw_typing *typing, const struct cw_type *type,
			uint32_t number, const struct cw_block *block,
			cw_addr target, struct cw_ratings *ret)
{
	uint64_t offset = target - block->address;
	struct cw_content content;

	if (type->size < 16 || type->size > block->size - offset)
		return;
	content = cw_content_check(typing, type, target);
	bool is_counted = cw_front_is_count(typing, block, type, offset);
	if (content.num_wrong > 0 || (content.num_right == 0 && !is_counted))
		return;
	rating_add(ret,
		   &(struct cw_rating){
			   .type = type,
			   .number = number,
			   .rank = is_counted ? CW_RANK_EXACT : CW_RANK_INSIDE,
			   .num_right = content.num_right,
			   .is_inside = true,
		   });
}

/* An object with its name behind, and nothing says how long that is. */
static bool is_named(struct cw_typing *typing, const struct cw_layout *layout,
		     const struct cw_block *block, uint64_t offset,
		     const unsigned char *bytes, const struct cw_room *room)
{
	const struct cw_type *type = layout->type;

	return offset >= MIN_NAMED &&
	       cw_behind_text_rank(layout, bytes, room, offset) >=
		       CW_RANK_EXACT &&
	       cw_content_check_part(typing, type, block->address, offset)
			       .num_wrong == 0 &&
	       cw_starts_count_strangers(typing, type, block->address,
					 offset) == 0;
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
		    !(cw_type_open_bytes(types[i])
			      ? cw_behind_fits_header(layout, offset, bytes,
						      &room)
			      : is_named(typing, layout, block, offset, bytes,
					 &room)))
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
	    cw_starts_count(typing, bytes, block->size) == 0 &&
	    cw_starts_count_strangers(typing, type, block->address,
				      block->size) == 0)
		rating_add(ret, &rating);
}

void cw_candidate_rate(struct cw_typing *typing, const struct cw_type *type,
		       uint32_t number, const struct cw_block *block,
		       cw_addr target, bool must_agree, struct cw_ratings *ret)
{
	if (type->kind == CW_TYPE_BASE && type->size == 1) {
		if (!must_agree)
			text_rate(typing, type, number, block, target, ret);
	} else if (!must_agree && cw_slab_may_be(typing, type, block) &&
		   cw_slab_is(typing, type, block, target)) {
		rating_add(ret, &(struct cw_rating){.type = type,
						    .number = number,
						    .rank = CW_RANK_EXACT,
						    .num_right = 1});
	} else if (cw_front_is_start(typing, block, target))
		object_rate(typing, type, number, block,
			    target - block->address, must_agree, false, ret);
	else if (cw_type_is_aggregate(type) && !must_agree)
		inside_rate(typing, type, number, block, target, ret);
}

void cw_candidate_rate_among(struct cw_typing *typing,
			     const struct cw_type *type, uint32_t number,
			     const struct cw_block *block, cw_addr target,
			     struct cw_ratings *ret)
{
	if (cw_type_is_aggregate(type))
		object_rate(typing, type, number, block,
			    target - block->address, false, true, ret);
}

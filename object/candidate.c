#include "object/candidate.h"

#include <string.h>

#include "base/memory.h"
#include "object/behind.h"
#include "object/content.h"
#include "object/front.h"
#include "object/kin.h"
#include "object/slab.h"
#include "object/start.h"

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

/*
 * Of an object cut off before a member: data take the rest of the block, whose
 * length a member says that is named so.  0: it is not.
 */
static uint64_t cut_size(struct cw_typing *typing,
			 const struct cw_layout *layout,
			 const struct cw_site *site)
{
	const struct cw_room *room = &site->room;
	const struct cw_member *members;
	size_t num = cw_type_members(layout->type, &members);

	for (uint32_t i = 0; i < layout->num_lengths; i++) {
		const struct cw_length *length = &layout->lengths[i];
		uint64_t value = 0;
		if (!length->is_named ||
		    length->offset + length->size > room->size)
			continue;
		memcpy(&value, site->bytes + length->offset, length->size);
		if (value < CW_SURE_LENGTH || value > room->size)
			continue;
		for (size_t k = num; k-- > 0;) {
			uint64_t size = members[k].offset;
			if (size <= length->offset || size % 8 != 0 ||
			    size > room->size ||
			    !cw_room_is_class(room, size + value))
				continue;
			if (cw_content_check_part(typing, layout->type,
						  site->address, size)
				    .num_wrong == 0)
				return size;
		}
	}
	return 0;
}

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
			   const struct cw_site *site, struct cw_rating *rating)
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
			  const struct cw_site *site, struct cw_rating *rating)
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
				    const struct cw_site *site, bool must_agree)
{
	const struct cw_layout *layout = cw_layout_of(&typing->layouts, type);
	struct cw_rating rating = {.type = type};
	struct cw_ranking ranking = {0};
	uint64_t size = type->size;

	if (size <= site->room.size) {
		ranking = cw_rank_of(typing, layout, site);
	} else if (site->is_among && cw_rank_is_without_end(layout, site)) {
		ranking.rank = CW_RANK_EXACT;
		size = layout->flexible_offset;
	}
	rating.rank = ranking.rank;
	rating.is_whole = ranking.is_whole;
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
	else if (!must_agree)
		content.num_wrong -= content.num_odd;
	if (site->is_among && (rating.rank == 0 || content.num_wrong > 0)) {
		content.num_wrong = 0;
		rating.is_whole = cut_size(typing, layout, site) > 0;
		rating.rank = rating.is_whole ? CW_RANK_SLACK : 0;
	}
	if (content.num_wrong > 0)
		rating.rank = 0;
	rating.num_right = content.num_right > ranking.num_right
				   ? content.num_right
				   : ranking.num_right;
	rating.num_pointers = content.num_pointers;
	rating.num_unlikely = content.num_unlikely;
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
				   const struct cw_site *site, bool must_agree)
{
	const struct cw_member *members;
	size_t num = cw_type_members(type, &members);
	struct cw_rating best = {0}, own = {0};
	bool has_structs = false;

	if (type->size <= site->room.size)
		own = struct_rate(typing, type, site, must_agree);
	for (size_t i = 0; i < num; i++) {
		const struct cw_type *inner = cw_type_strip(members[i].type);
		uint64_t size = inner->size < site->room.size ? inner->size
							      : site->room.size;
		if (!cw_type_is_aggregate(inner) ||
		    inner->kind == CW_TYPE_UNION)
			continue;
		has_structs = true;
		struct cw_rating rating =
			struct_rate(typing, inner, site, must_agree);
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

static void object_rate(struct cw_typing *typing, const struct cw_trial *trial,
			bool is_among, struct cw_ratings *ret)
{
	const struct cw_block *block = trial->block;
	const struct cw_type *type = trial->type;
	uint64_t offset = trial->target - block->address;
	const unsigned char *bytes =
		cw_target_bytes(typing->target, block->address, block->size);
	struct cw_site site = {
		.address = trial->target,
		.room = cw_front_room(typing, block, offset),
		.bytes = bytes ? bytes + offset : NULL,
		.is_among = is_among,
	};

	if (!bytes)
		return;
	struct cw_rating rating =
		type->kind == CW_TYPE_UNION
			? union_rate(typing, type, &site, trial->must_agree)
			: struct_rate(typing, type, &site, trial->must_agree);
	rating.number = trial->number;
	rating.header = offset;
	rating.is_likely = trial->must_agree;
	if (rating.rank > 0 &&
	    (!trial->must_agree || rating.num_right >= ENOUGH_RIGHT))
		rating_add(ret, &rating);
}

/*
 * A structure in a block that is larger: only where its pointers say so, or the
 * number of what is there is before it.
 */
static void inside_rate(struct cw_typing *typing, const struct cw_trial *trial,
			struct cw_ratings *ret)
{
	const struct cw_block *block = trial->block;
	const struct cw_type *type = trial->type;
	uint64_t offset = trial->target - block->address;
	struct cw_content content;

	if (type->size < 16 || type->size > block->size - offset)
		return;
	content = cw_content_check(typing, type, trial->target);
	bool is_counted = cw_front_is_count(typing, block, type, offset);
	if (content.num_wrong > 0 || (content.num_right == 0 && !is_counted))
		return;
	rating_add(ret,
		   &(struct cw_rating){
			   .type = type,
			   .number = trial->number,
			   .rank = is_counted ? CW_RANK_EXACT : CW_RANK_INSIDE,
			   .num_right = content.num_right,
			   .is_inside = true,
		   });
}

/* An object with its name behind, and nothing says how long that is. */
static bool is_named(struct cw_typing *typing, const struct cw_type *type,
		     const struct cw_site *site, uint64_t offset)
{
	return offset >= MIN_NAMED &&
	       cw_behind_text_rank(cw_layout_of(&typing->layouts, type),
				   site->bytes, &site->room,
				   offset) >= CW_RANK_EXACT &&
	       cw_content_check_part(typing, type, site->address, offset)
			       .num_wrong == 0 &&
	       cw_starts_count_strangers(typing, type, site->address, offset) ==
		       0;
}

/* Text behind a header, in the block at @site; several headers of one shape
 * are as good as one. */
static bool header_rate(struct cw_typing *typing, const struct cw_trial *trial,
			const struct cw_site *site, struct cw_ratings *ret)
{
	uint64_t offset = trial->target - site->address;
	const struct cw_type *const *types;
	size_t num = cw_family_text_headers(&typing->family, offset, &types);

	for (size_t i = 0; i < num; i++) {
		const struct cw_type *type = types[i];
		if (type->size > site->room.size ||
		    !(cw_type_open_bytes(type)
			      ? cw_behind_fits_header(
					cw_layout_of(&typing->layouts, type),
					offset, site->bytes, &site->room)
			      : is_named(typing, type, site, offset)))
			continue;
		rating_add(ret, &(struct cw_rating){.type = type,
						    .number = trial->number,
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

/* Text from the @offset on fills the block. */
static bool is_text(const struct cw_typing *typing, const struct cw_site *site,
		    uint64_t size, uint64_t offset)
{
	uint64_t length;

	if (!cw_content_is_text(site->bytes + offset, size - offset, &length) ||
	    length < MIN_HIDDEN_TEXT)
		return false;
	uint64_t end = offset + length + 1;
	return (length >= SURE_TEXT ? cw_room_is_near(&site->room, end)
				    : cw_room_is_class(&site->room, end)) &&
	       !is_pointer(typing, site->bytes, size, offset + length);
}

static void text_rate(struct cw_typing *typing, const struct cw_trial *trial,
		      struct cw_ratings *ret)
{
	const struct cw_block *block = trial->block;
	uint64_t offset = trial->target - block->address;
	struct cw_site site = {
		.address = block->address,
		.room = cw_front_room(typing, block, 0),
		.bytes = cw_target_bytes(typing->target, block->address,
					 block->size),
	};
	struct cw_rating rating = {
		.type = trial->type,
		.number = trial->number,
		.rank = CW_RANK_TEXT,
		.header = offset,
		.is_text = true,
	};

	/* char, signed or not, is all the same. */
	if (!site.bytes || offset > MAX_HIDDEN || offset >= block->size ||
	    is_rated_as_text(ret) ||
	    (offset > 0 && header_rate(typing, trial, &site, ret)))
		return;
	if (is_text(typing, &site, block->size, offset)) {
		rating_add(ret, &rating);
		return;
	}
	rating.rank = CW_RANK_BYTES;
	rating.is_text = false;
	if (cw_front_is_start(typing, block, trial->target) &&
	    cw_starts_count(typing, site.bytes, block->size) == 0 &&
	    cw_starts_count_strangers(typing, trial->type, block->address,
				      block->size) == 0)
		rating_add(ret, &rating);
}

void cw_candidate_rate(struct cw_typing *typing, const struct cw_trial *trial,
		       struct cw_ratings *ret)
{
	const struct cw_block *block = trial->block;
	const struct cw_type *type = trial->type;
	bool must_agree = trial->must_agree;

	if (type->kind == CW_TYPE_BASE && type->size == 1) {
		if (!must_agree)
			text_rate(typing, trial, ret);
	} else if (!must_agree && cw_slab_may_be(typing, type, block) &&
		   cw_slab_is(typing, type, block, trial->target)) {
		rating_add(ret, &(struct cw_rating){.type = type,
						    .number = trial->number,
						    .rank = CW_RANK_EXACT,
						    .num_right = 1});
	} else if (cw_front_is_start(typing, block, trial->target))
		object_rate(typing, trial, false, ret);
	else if (cw_type_is_aggregate(type) && !must_agree)
		inside_rate(typing, trial, ret);
}

void cw_candidate_rate_among(struct cw_typing *typing,
			     const struct cw_trial *trial,
			     struct cw_ratings *ret)
{
	if (cw_type_is_aggregate(trial->type))
		object_rate(typing, trial, true, ret);
}

#include "object/rank.h"

#include "object/behind.h"
#include "object/kin.h"
#include "object/packed.h"
#include "object/pointees.h"
#include "object/start.h"
#include "object/tail.h"

static struct cw_ranking flexible_rank(struct cw_typing *typing,
				       const struct cw_layout *layout,
				       const struct cw_site *site)
{
	const unsigned char *bytes = site->bytes;
	const struct cw_room *room = &site->room;
	uint32_t rank = 0;

	if (layout->flexible->size == 1)
		rank = cw_behind_is_text(layout, layout->flexible_offset, bytes,
					 room)
			       ? CW_RANK_TEXT
			       : cw_behind_text_rank(layout, bytes, room,
						     layout->flexible_offset);
	if (rank < CW_RANK_EXACT && (cw_fit_has_length(layout, bytes, room) ||
				     cw_behind_are_bytes(layout, bytes, room)))
		return (struct cw_ranking){.rank = CW_RANK_EXACT};
	if (rank < CW_RANK_EXACT)
		rank = cw_behind_own_text_rank(layout, site->address, room,
					       bytes);
	if (rank > 0)
		return (struct cw_ranking){.rank = rank, .is_whole = true};
	rank = cw_packed_rank(typing, layout, bytes, room);
	if (rank == 0 && cw_starts_are_in_elements(typing, layout,
						   site->address, room->size))
		rank = CW_RANK_SLACK;
	return (struct cw_ranking){.rank = rank};
}

/* Where a member says how many bytes there are, as many are behind it. */
static bool may_be_so_long(const struct cw_layout *layout,
			   const struct cw_site *site)
{
	uint64_t open = cw_type_open_bytes(layout->type);
	bool is_some = false;

	for (uint32_t i = 0; open && i < layout->num_lengths; i++) {
		const struct cw_length *length = &layout->lengths[i];
		is_some |= length->is_named;
		if (length->is_named && cw_length_read(length, site->bytes) <=
						site->room.size - open)
			return true;
	}
	return !is_some;
}

static struct cw_ranking exact_rank(struct cw_typing *typing,
				    const struct cw_layout *layout,
				    const struct cw_site *site)
{
	if (!may_be_so_long(layout, site))
		return (struct cw_ranking){0};
	if (!layout->is_flexible_one)
		return (struct cw_ranking){.rank = CW_RANK_EXACT};
	struct cw_ranking ranking = flexible_rank(typing, layout, site);
	if (ranking.rank == 0)
		ranking.rank = CW_RANK_SLACK;
	return ranking;
}

static enum cw_tail tail_of(const struct cw_layout *layout,
			    const struct cw_site *site)
{
	return cw_tail_of(layout, &site->room, site->bytes, site->address);
}

/* No pointer can be in such an object. */
static bool is_plain(const struct cw_layout *layout)
{
	return layout->num_slots == 0 && layout->num_rules == 0 &&
	       !layout->is_cut && layout->type->kind != CW_TYPE_UNION;
}

/* What fits a multiple of its size by accident, or has pointers in between. */
static bool is_no_element(struct cw_typing *typing,
			  const struct cw_layout *layout,
			  const struct cw_site *site)
{
	if (layout->is_self_linked && !layout->is_linked_in_union)
		return true;
	if (cw_family_is_extended(&typing->family, layout->type, &site->room) ||
	    !cw_type_is_aggregate(layout->type))
		return true;
	return is_plain(layout) &&
	       cw_starts_count(typing, site->bytes, site->room.size) > 0;
}

static struct cw_ranking array_rank(struct cw_typing *typing,
				    const struct cw_layout *layout,
				    const struct cw_site *site)
{
	struct cw_ranking ranking = {0};

	if (layout->type->kind == CW_TYPE_POINTER)
		ranking.rank = cw_pointees_rank(
			typing, layout->type, site->address, site->bytes,
			&site->room, &ranking.num_right);
	else if (tail_of(layout, site) == CW_TAIL_WHOLE)
		ranking.rank = CW_RANK_EXACT;
	else if (!is_no_element(typing, layout, site))
		ranking.rank = CW_RANK_ARRAY;
	return ranking;
}

/* There is more room than for one, and less than for two. */
static struct cw_ranking larger_rank(struct cw_typing *typing,
				     const struct cw_layout *layout,
				     const struct cw_site *site,
				     enum cw_shape shape)
{
	static const uint32_t tail_ranks[] = {
		[CW_TAIL_NONE] = 0,
		[CW_TAIL_SOME] = CW_RANK_SLACK,
		[CW_TAIL_WHOLE] = CW_RANK_EXACT,
	};
	const struct cw_room *room = &site->room;
	const struct cw_type *type = layout->type;
	uint32_t rank = cw_behind_own_text_rank(layout, site->address, room,
						site->bytes);

	if (rank == 0)
		rank = cw_behind_text_rank(layout, site->bytes, room,
					   type->size);
	if (rank == 0 && cw_behind_are_bytes(layout, site->bytes, room))
		rank = CW_RANK_EXACT;
	if (rank > 0)
		return (struct cw_ranking){.rank = rank, .is_whole = true};
	if (shape == CW_SHAPE_SLACK &&
	    !cw_family_is_extended(&typing->family, type, room))
		return (struct cw_ranking){.rank = CW_RANK_SLACK};
	return (struct cw_ranking){.rank = tail_ranks[tail_of(layout, site)]};
}

struct cw_ranking cw_rank_of(struct cw_typing *typing,
			     const struct cw_layout *layout,
			     const struct cw_site *site)
{
	enum cw_shape shape = cw_fit_of(layout, &site->room).shape;

	if (site->is_among && shape == CW_SHAPE_ARRAY)
		shape = CW_SHAPE_PREFIX;
	switch (shape) {
	case CW_SHAPE_EXACT:
		return exact_rank(typing, layout, site);
	case CW_SHAPE_FLEXIBLE:
		return flexible_rank(typing, layout, site);
	case CW_SHAPE_ARRAY:
		return array_rank(typing, layout, site);
	case CW_SHAPE_SLACK:
	case CW_SHAPE_PREFIX:
		return larger_rank(typing, layout, site, shape);
	default:
		return (struct cw_ranking){0};
	}
}

bool cw_rank_is_without_end(const struct cw_layout *layout,
			    const struct cw_site *site)
{
	return layout->is_flexible_one &&
	       layout->flexible_offset <= site->room.size &&
	       cw_room_is_class(&site->room, layout->flexible_offset) &&
	       cw_fit_has_length(layout, site->bytes, &site->room);
}

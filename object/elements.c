#include "object/elements.h"

#include "object/content.h"
#include "object/kin.h"
#include "object/slab.h"
#include "object/tail.h"

enum {
	MAX_SAMPLES = 32, /* elements that are looked at */
};

/*
 * Links of element @index that are set lead to other elements: a free list in
 * an array, and no node with something behind.
 */
static bool links_within(struct cw_typing *typing,
			 const struct cw_layout *layout, cw_addr start,
			 uint64_t index, uint64_t count, uint64_t *num_linked)
{
	uint64_t size = layout->type->size;
	cw_addr address = start + index * size;
	bool is_linked = false;

	if (cw_content_check(typing, layout->type, address).num_wrong)
		return false;
	for (uint32_t i = 0; i < layout->num_slots; i++) {
		const struct cw_slot *slot = &layout->slots[i];
		uint64_t word;
		if (slot->target != layout->type)
			continue;
		if (!cw_target_read_word(typing->target, address + slot->offset,
					 &word))
			return false;
		if (word != 0 &&
		    (word < start || word - start >= count * size ||
		     (word - start) % size != 0))
			return false;
		is_linked |= word != 0;
	}
	*num_linked += is_linked;
	return true;
}

/*
 * What holds the pointer says how many there are: heads of lists in a table,
 * whose links lead out of it.
 */
static bool is_counted(struct cw_typing *typing, const struct cw_claim *claim,
		       const struct cw_room *room)
{
	struct cw_run holder;
	uint64_t size;

	if (!cw_typing_object_at(typing, claim->holder, &holder) ||
	    !cw_type_is_aggregate(holder.type))
		return false;
	const struct cw_layout *layout =
		cw_layout_of(&typing->layouts, holder.type);
	const unsigned char *bytes = cw_target_bytes(
		typing->target, holder.address, holder.type->size);
	for (uint32_t i = 0; bytes && i < layout->num_lengths; i++) {
		uint64_t value = cw_length_read(&layout->lengths[i], bytes);
		if (layout->lengths[i].is_named && value > 1 &&
		    !__builtin_mul_overflow(value, claim->type->size, &size) &&
		    cw_room_is_near(room, size))
			return true;
	}
	return false;
}

/* The first, the last and some between are such objects. */
static bool are_elements(struct cw_typing *typing, const struct cw_claim *claim,
			 uint64_t count)
{
	uint64_t step = count / MAX_SAMPLES + 1;

	for (uint64_t i = 0; i < count; i += step)
		if (cw_content_check(typing, claim->type,
				     claim->address + i * claim->type->size)
			    .num_wrong)
			return false;
	return true;
}

/* The first one hands out what is behind it. */
static bool is_head(const struct cw_typing *typing,
		    const struct cw_layout *layout,
		    const struct cw_claim *claim, const struct cw_room *room)
{
	const unsigned char *bytes =
		cw_target_bytes(typing->target, claim->address, room->size);

	return bytes &&
	       cw_tail_of(layout, room, bytes, claim->address) == CW_TAIL_WHOLE;
}

bool cw_elements_may_be(struct cw_typing *typing, const struct cw_claim *claim,
			const struct cw_block *block,
			const struct cw_room *room, uint64_t count)
{
	const struct cw_type *type = claim->type;
	const struct cw_layout *layout = cw_layout_of(&typing->layouts, type);
	uint64_t step = count / MAX_SAMPLES + 1;

	if (!cw_type_is_aggregate(type))
		return true;
	const struct cw_found_rule *found = cw_rules_find(&typing->rules, type);
	if ((found && cw_rule_is_of_nodes(found->rule)) ||
	    cw_family_is_extended(&typing->family, type, room) ||
	    is_head(typing, layout, claim, room))
		return false;
	if (!layout->is_self_linked)
		return true;
	if (cw_slab_is(typing, type, block, claim->address) ||
	    ((layout->is_linked_in_union || is_counted(typing, claim, room)) &&
	     are_elements(typing, claim, count)))
		return true;
	uint64_t num_linked = 0, num_seen = 0;
	for (uint64_t i = 0; i < count; i += step, num_seen++)
		if (!links_within(typing, layout, claim->address, i, count,
				  &num_linked))
			return false;
	return 2 * num_linked >= num_seen;
}

#include "object/owned.h"

#include <string.h>

#include "base/memory.h"
#include "object/kin.h"

enum { PAST_WANTED = 2 };

struct cw_error *cw_owned_init(struct cw_owned *owned, struct cw_typing *typing)
{
	*owned = (struct cw_owned){.typing = typing};
	cw_layouts_init(&owned->layouts, NULL);
	cw_map_init(&owned->kin);
	return cw_bulk_alloc(typing->index->num_blocks * sizeof(*owned->seen),
			     &owned->seen);
}

void cw_owned_deinit(struct cw_owned *owned)
{
	cw_bulk_free(owned->seen,
		     owned->typing->index->num_blocks * sizeof(*owned->seen));
	cw_array_deinit(&owned->waiting);
	cw_map_deinit(&owned->kin);
	cw_layouts_deinit(&owned->layouts);
}

static const struct cw_type *pointee(const struct cw_type *type)
{
	return type->kind == CW_TYPE_POINTER && type->target
		       ? cw_type_strip(type->target)
		       : NULL;
}

static bool is_node(struct cw_owned *owned, const struct cw_type *type)
{
	return type && cw_type_is_aggregate(type) && type->size >= 8 &&
	       cw_layout_of(&owned->layouts, type)->is_self_linked;
}

bool cw_owned_may_be(struct cw_owned *owned, const struct cw_type *target,
		     enum cw_owned_kind kind)
{
	switch (kind) {
	case CW_OWNED_NODES:
		return is_node(owned, target);
	case CW_OWNED_TABLE:
		return is_node(owned, pointee(target));
	case CW_OWNED_POINTERS:
		return pointee(target);
	case CW_OWNED_ELEMENTS:
		return cw_type_is_aggregate(target) && target->size > 0 &&
		       !is_node(owned, target);
	default:
		return false;
	}
}

bool cw_owned_is_kin(struct cw_owned *owned, const struct cw_type *known,
		     const struct cw_type *declared)
{
	if (known == declared)
		return true;
	uint32_t *answer = cw_map_place(
		&owned->kin, (uint64_t)known->id << 32 | declared->id, 2);
	if (*answer == 2)
		*answer = cw_type_begins_with(known, declared) ||
			  cw_type_holds(known, declared, 0);
	return *answer;
}

/* The used block that begins at @address; false: none does. */
static bool block_at(const struct cw_typing *typing, cw_addr address,
		     struct cw_block *ret)
{
	return cw_block_index_granule(typing->index, address) !=
		       CW_NO_GRANULE &&
	       cw_heap_block_at(typing->heap, address, ret) &&
	       ret->address == address && ret->state == CW_BLOCK_USED;
}

/* Counts the node at @address, when it is one and was not counted yet. */
static bool node_meet(struct cw_owned *owned, const struct cw_type *type,
		      cw_addr address)
{
	struct cw_typing *typing = owned->typing;
	struct cw_block block;

	if (!block_at(typing, address, &block))
		return false;
	uint32_t number = cw_block_index_block(typing->index, block.granule);
	const struct cw_type *known =
		cw_typing_type(typing, typing->types[number]);
	if (owned->seen[number] == owned->time || !known ||
	    !cw_owned_is_kin(owned, known, type))
		return false;
	owned->seen[number] = owned->time;
	*cw_array_push(&owned->waiting) = address;
	return true;
}

/* What is linked from the nodes that wait, up to @most. */
static uint64_t nodes_follow(struct cw_owned *owned, const struct cw_type *type,
			     uint64_t num, uint64_t most)
{
	const struct cw_layout *layout = cw_layout_of(&owned->layouts, type);

	while (owned->waiting.num > 0 && num < most) {
		cw_addr at = owned->waiting.items[--owned->waiting.num];
		const unsigned char *bytes =
			cw_target_bytes(owned->typing->target, at, type->size);
		for (uint32_t i = 0; bytes && i < layout->num_slots; i++) {
			const struct cw_slot *slot = &layout->slots[i];
			for (uint64_t n = 0; n < slot->count; n++) {
				uint64_t word, offset = slot->offset +
							n * slot->stride;
				if (slot->target != type ||
				    offset > type->size - 8)
					break;
				memcpy(&word, bytes + offset, 8);
				num += word && node_meet(owned, type, word);
			}
		}
	}
	owned->waiting.num = 0;
	return num;
}

static uint64_t table_count(struct cw_owned *owned, const struct cw_type *type,
			    enum cw_owned_kind kind,
			    const struct cw_block *block, uint64_t most)
{
	const unsigned char *bytes = cw_target_bytes(
		owned->typing->target, block->address, block->size);
	uint64_t num = 0;

	for (uint64_t at = 0; bytes && at + 8 <= block->size && num < most;
	     at += 8) {
		uint64_t word;
		memcpy(&word, bytes + at, 8);
		if (kind == CW_OWNED_POINTERS)
			num += word != 0;
		else if (word && node_meet(owned, type, word))
			num = nodes_follow(owned, type, num + 1, most);
	}
	return num;
}

uint64_t cw_owned_count(struct cw_owned *owned, const struct cw_type *target,
			enum cw_owned_kind kind, cw_addr address,
			uint64_t wanted)
{
	struct cw_typing *typing = owned->typing;
	uint64_t most = wanted + PAST_WANTED, size;
	struct cw_block block;

	if (!block_at(typing, address, &block))
		return 0;
	owned->time++;
	if (kind == CW_OWNED_TABLE || kind == CW_OWNED_POINTERS)
		return table_count(owned, pointee(target), kind, &block, most);
	if (kind == CW_OWNED_NODES)
		return nodes_follow(owned, target,
				    node_meet(owned, target, address), most);
	struct cw_room room = {
		.size = block.size,
		.kind = block.region->kind,
	};
	if (!__builtin_mul_overflow(wanted, target->size, &size) &&
	    cw_room_is_near(&room, size))
		return wanted;
	return block.size / target->size;
}

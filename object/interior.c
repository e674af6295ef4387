#include "object/interior.h"

#include <string.h>

#include "base/memory.h"
#include "object/content.h"
#include "object/front.h"
#include "object/kin.h"
#include "object/pointer_run.h"
#include "object/slab.h"

enum {
	MAX_WAITING = 1 << 26,
	MAX_OBJECTS = 1 << 24,
	MAX_CANDIDATES = 64,
	MIN_HEADER = 8,
	MAX_HEADER = 64,
	MANY = 8,
};

/* What is known of the block says that there is a @type at @offset. */
static bool is_explained(const struct cw_typing *typing, uint32_t number,
			 const struct cw_type *type, uint64_t offset)
{
	const struct cw_type *known =
		cw_typing_type(typing, typing->types[number]);
	uint64_t header = typing->headers[number];

	if (!known || known->size == 0 || offset < header)
		return false;
	offset -= header;
	if (typing->facts[number].shape == CW_SHAPE_ARRAY)
		offset %= known->size;
	return cw_type_holds(known, type, offset);
}

/*
 * What a vtable pointer at @address says is no guess: the object, which is of
 * the class that is declared or of one derived from it, and where it begins.
 */
static void complete_by_vtable(struct cw_typing *typing,
			       const struct cw_block *block,
			       const struct cw_type **type, cw_addr *address)
{
	struct cw_complete_object object;

	if (!cw_vtable_complete(&typing->vtables, *address, &object) ||
	    !object.class->type || object.address < block->address)
		return;
	*type = object.class->type;
	*address = object.address;
}

enum { OBJECTS = 1, POINTERS = 2, NUMBERS = 4 };

static unsigned kind_of(const struct cw_type *type)
{
	if (cw_type_is_aggregate(type))
		return OBJECTS;
	return type->kind == CW_TYPE_POINTER ? POINTERS : NUMBERS;
}

void cw_interior_note(struct cw_spread *spread, const struct cw_claim *claim,
		      const struct cw_block *block)
{
	struct cw_typing *typing = spread->typing;
	uint32_t number = cw_block_index_block(typing->index, block->granule);
	const struct cw_type *type = claim->type;
	cw_addr address = claim->address;

	if (!type || spread->waiting.num >= MAX_WAITING ||
	    (kind_of(type) == NUMBERS &&
	     !cw_front_may_be_link(typing, block, address)))
		return;
	if (cw_type_is_aggregate(type))
		complete_by_vtable(typing, block, &type, &address);
	if (is_explained(typing, number, type, address - block->address))
		return;
	*cw_array_push(&spread->waiting) = (struct waiting_claim){
		.type = type,
		.address = address,
		.holder = claim->holder,
		.confidence = claim->confidence,
		.is_local = claim->is_local,
	};
}

static struct cw_claim claim_of(const struct waiting_claim *waiting,
				const struct cw_type *type, cw_addr address)
{
	return (struct cw_claim){
		.type = type,
		.id = type->id,
		.address = address,
		.live = CW_ALL_LIVE,
		.holder = waiting->holder,
		.confidence = waiting->confidence < CW_CONFIDENCE_DERIVED
				      ? waiting->confidence
				      : CW_CONFIDENCE_DERIVED,
		.provenance = CW_PROVENANCE_CONTAINER,
		.is_local = waiting->is_local,
	};
}

static bool content_agrees(struct cw_typing *typing, const struct cw_type *type,
			   cw_addr address)
{
	struct cw_content content = cw_content_check(typing, type, address);

	return cw_content_agrees(&content);
}

/* The candidate that all the others are the beginning of. */
static const struct cw_type *largest_of(const struct cw_type **types,
					size_t num)
{
	for (size_t i = 0; i < num; i++) {
		size_t num_held = 0;
		for (size_t k = 0; k < num; k++)
			num_held += cw_type_holds(types[i], types[k], 0) ||
				    cw_type_begins_with(types[i], types[k]);
		if (num_held == num)
			return types[i];
	}
	return NULL;
}

/* Types that may be around. */
struct around {
	const struct cw_type *types[MAX_CANDIDATES];
	size_t num;
};

static void around_add(struct cw_typing *typing, const struct cw_type *type,
		       const struct cw_block *block, uint64_t offset,
		       struct around *ret)
{
	const struct cw_holding *holdings;
	struct cw_room room = cw_front_room(typing, block, 0);
	size_t num =
		cw_family_holders(&typing->family, type, offset, &holdings);

	for (size_t i = 0; i < num && ret->num < MAX_CANDIDATES; i++) {
		const struct cw_type *holder =
			cw_debug_type(typing->debug, holdings[i].holder);
		if (cw_room_is_class(&room, holder->size) &&
		    content_agrees(typing, holder, block->address))
			ret->types[ret->num++] = holder;
	}
}

static const struct cw_type *container_pick(struct cw_typing *typing,
					    const struct cw_type *type,
					    const struct cw_block *block,
					    uint64_t offset)
{
	const struct cw_holding *extensions;
	struct around around = {.num = 0};

	around_add(typing, type, block, offset, &around);
	if (around.num > 0)
		return largest_of(around.types, around.num);
	/* What is declared may be the beginning of what is there. */
	size_t num = cw_family_holders(&typing->family, type, 0, &extensions);
	for (size_t i = 0; i < num && i < MAX_CANDIDATES; i++)
		around_add(typing,
			   cw_debug_type(typing->debug, extensions[i].holder),
			   block, offset, &around);
	return around.num > 0 ? largest_of(around.types, around.num) : NULL;
}

static bool container_settle(struct cw_spread *spread,
			     const struct waiting_claim *waiting,
			     const struct cw_block *block)
{
	struct cw_typing *typing = spread->typing;
	const struct cw_type *holder =
		container_pick(typing, waiting->type, block,
			       waiting->address - block->address);

	if (!holder)
		return false;
	struct cw_claim claim = claim_of(waiting, holder, block->address);
	return cw_spread_claim(spread, &claim) == CW_CLAIM_TYPED;
}

static bool header_settle(struct cw_spread *spread,
			  const struct waiting_claim *waiting,
			  const struct cw_block *block)
{
	struct cw_typing *typing = spread->typing;
	uint64_t header = waiting->address - block->address;
	uint32_t number = cw_block_index_block(typing->index, block->granule);
	struct cw_claim claim =
		claim_of(waiting, waiting->type, waiting->address);

	if (typing->types[number] != 0 || header < MIN_HEADER ||
	    header > MAX_HEADER || header % 8 != 0)
		return false;
	struct cw_room room = cw_front_room(typing, block, header);
	claim.storage = block->address;
	if (cw_front_is_count(typing, block, waiting->type, header)) {
		cw_target_read_word(typing->target, block->address,
				    &claim.live);
		return cw_spread_claim(spread, &claim) == CW_CLAIM_TYPED;
	}
	if (!cw_room_is_class(&room, waiting->type->size) ||
	    !content_agrees(typing, waiting->type, waiting->address))
		return false;
	if (cw_spread_claim(spread, &claim) != CW_CLAIM_TYPED)
		return false;
	cw_front_learn(typing, block, waiting->address, waiting->type->size);
	return true;
}

static bool front_settle(struct cw_spread *spread,
			 const struct waiting_claim *waiting,
			 const struct cw_block *block)
{
	struct cw_claim claim =
		claim_of(waiting, waiting->type, waiting->address);

	return !waiting->is_local &&
	       cw_front_is_start(spread->typing, block, waiting->address) &&
	       cw_spread_claim(spread, &claim) == CW_CLAIM_TYPED;
}

/* Its first element may have been known alone. */
static bool slab_settle(struct cw_spread *spread,
			const struct waiting_claim *waiting,
			const struct cw_block *block)
{
	struct cw_typing *typing = spread->typing;
	uint32_t number = cw_block_index_block(typing->index, block->granule);
	struct cw_claim claim =
		claim_of(waiting, waiting->type, block->address);

	if (waiting->is_local ||
	    !cw_slab_may_be(typing, waiting->type, block) ||
	    !cw_slab_is(typing, waiting->type, block, waiting->address))
		return false;
	if (typing->types[number] == 0)
		return cw_spread_claim(spread, &claim) == CW_CLAIM_TYPED;
	typing->facts[number].shape = CW_SHAPE_ARRAY;
	*cw_array_push(&spread->queue) = block->granule;
	return true;
}

/* Room for other objects: nothing is known of the bytes there. */
static bool has_room(const struct cw_typing *typing, uint32_t number,
		     uint64_t offset)
{
	const struct cw_type *known =
		cw_typing_type(typing, typing->types[number]);

	if (typing->types[number] == 0)
		return true;
	if (!known)
		return false;
	if (known->kind == CW_TYPE_BASE && known->size == 1)
		return true;
	return typing->facts[number].shape != CW_SHAPE_ARRAY &&
	       offset >= typing->headers[number] + known->size;
}

/* Of what is declared, a member of many may be stale. */
static bool object_agrees(struct cw_typing *typing,
			  const struct waiting_claim *waiting)
{
	struct cw_content content =
		cw_content_check(typing, waiting->type, waiting->address);

	return cw_content_agrees(&content) ||
	       (waiting->confidence == CW_CONFIDENCE_EXACT &&
		content.num_wrong * MANY <= content.num_pointers);
}

static bool object_settle(struct cw_spread *spread,
			  const struct waiting_claim *waiting,
			  const struct cw_block *block)
{
	struct cw_typing *typing = spread->typing;
	uint64_t offset = waiting->address - block->address;
	uint32_t number = cw_block_index_block(typing->index, block->granule);
	uint32_t known;

	if (waiting->is_local || !has_room(typing, number, offset) ||
	    waiting->type->size > block->size - offset ||
	    (waiting->type->size >= 8 && offset & 7) ||
	    typing->objects.num >= MAX_OBJECTS)
		return false;
	if (cw_map_get(&typing->objects, waiting->address, &known)) {
		const struct cw_type *type = cw_typing_type(typing, known);
		if (!cw_type_begins_with(waiting->type, type))
			return false;
	}
	if (!object_agrees(typing, waiting))
		return false;
	cw_map_set(&typing->objects, waiting->address, waiting->type->id);
	*cw_array_push(&spread->placed) = waiting->address;
	if (typing->facts[number].shape == CW_SHAPE_PREFIX)
		typing->facts[number].shape = CW_SHAPE_POOL;
	else if (typing->types[number] == 0)
		typing->holders[number] = waiting->holder;
	*cw_array_push(&spread->runs) = (struct queued_run){
		{waiting->type, waiting->address, 1, 0},
		waiting->confidence,
		waiting->is_local,
	};
	return true;
}

/* The pointer there, and those behind that are as good. */
static bool pointers_settle(struct cw_spread *spread,
			    const struct waiting_claim *waiting,
			    const struct cw_block *block)
{
	struct cw_pointer_run run;
	cw_addr address;
	bool is_some = false;

	if (waiting->is_local)
		return false;
	cw_pointer_run_init(&run, spread->typing, waiting->type,
			    waiting->address, block);
	while (cw_pointer_run_next(&run, &address)) {
		*cw_array_push(&spread->runs) = (struct queued_run){
			{waiting->type, address, 1, 0},
			waiting->confidence < CW_CONFIDENCE_DERIVED
				? waiting->confidence
				: CW_CONFIDENCE_DERIVED,
			false,
		};
		is_some = true;
	}
	return is_some;
}

static const struct {
	bool (*settle)(struct cw_spread *spread,
		       const struct waiting_claim *waiting,
		       const struct cw_block *block);
	unsigned kinds;
} stages[] = {
	{container_settle, OBJECTS},
	{header_settle, OBJECTS},
	{front_settle, OBJECTS | POINTERS | NUMBERS},
	{slab_settle, OBJECTS},
	{object_settle, OBJECTS},
	{pointers_settle, POINTERS},
};

struct cw_error *cw_interior_settle(struct cw_spread *spread)
{
	struct cw_typing *typing = spread->typing;
	size_t at[cw_num_elements(stages)] = {0};
	unsigned stage = 0;

	while (stage < cw_num_elements(stages)) {
		if (at[stage] == spread->waiting.num) {
			stage++;
			continue;
		}
		/* The array moves as it grows. */
		struct waiting_claim waiting =
			spread->waiting.items[at[stage]++];
		struct cw_block block;
		if (!(kind_of(waiting.type) & stages[stage].kinds) ||
		    !cw_heap_block_at(typing->heap, waiting.address, &block) ||
		    is_explained(
			    typing,
			    cw_block_index_block(typing->index, block.granule),
			    waiting.type, waiting.address - block.address))
			continue;
		if (!stages[stage].settle(spread, &waiting, &block))
			continue;
		struct cw_error *err = cw_spread_run(spread);
		if (err)
			return err;
		stage = 0;
	}
	spread->waiting.num = 0;
	return NULL;
}

void cw_interior_name_pools(struct cw_typing *typing)
{
	uint32_t id = 0;

	for (size_t i = 0; i < typing->objects.capacity; i++) {
		const struct cw_map_entry *entry = &typing->objects.entries[i];
		struct cw_block block;
		if (!entry->is_set ||
		    !cw_heap_block_at(typing->heap, entry->key, &block))
			continue;
		uint32_t number =
			cw_block_index_block(typing->index, block.granule);
		if (typing->types[number] != 0)
			continue;
		if (id == 0)
			id = cw_typing_name_id(typing, "pool");
		typing->types[number] = id;
		typing->facts[number] = (struct cw_facts){
			.shape = CW_SHAPE_POOL,
			.confidence = CW_CONFIDENCE_DERIVED,
			.provenance = CW_PROVENANCE_FIELD,
		};
		typing->live[number] = CW_ALL_LIVE;
	}
}

/*
 * What typed objects refer to, and hold: cw_typing_walk_block(),
 * cw_typing_visit(), cw_typing_inside().
 */
#include <string.h>

#include "base/search.h"
#include "object/front.h"
#include "object/packed.h"

enum {
	STEP = 4096, /* blocks between looks at the progress */
};

/* How many elements the flexible end has: a member that says so, or all. */
static uint64_t flexible_count(const struct cw_layout *layout,
			       const unsigned char *bytes,
			       const struct cw_room *room)
{
	uint64_t element = layout->flexible->size;
	uint64_t most = (room->size - layout->flexible_offset) / element;

	for (uint32_t i = 0; i < layout->num_lengths; i++) {
		const struct cw_length *length = &layout->lengths[i];
		uint64_t value = cw_length_read(length, bytes), size;
		/* None would fit a small object whatever the member means. */
		if (value > 0 && value <= most &&
		    !__builtin_mul_overflow(value, element, &size) &&
		    cw_room_is_class(room, layout->flexible_offset + size))
			return value;
	}
	return layout->is_flexible_one ? 1 : most;
}

static void flexible_walk(struct cw_typing *typing,
			  const struct cw_layout *layout,
			  const struct cw_block *block, uint64_t header,
			  struct cw_walk *walk)
{
	struct cw_room room = cw_front_room(typing, block, header);
	cw_addr start = block->address + header;

	if (layout->flexible->size == 0 || layout->flexible_offset > room.size)
		return;
	const unsigned char *bytes =
		cw_target_bytes(typing->target, start, room.size);
	if (!bytes)
		return;
	if (cw_type_open_bytes(layout->type)) {
		cw_packed_walk(typing, layout, start, room.size, walk);
		return;
	}
	struct cw_run run = {
		.type = layout->flexible,
		.address = start + layout->flexible_offset,
		.count = flexible_count(layout, bytes, &room),
	};
	cw_walk_run(walk, &run);
}

/* An object whose end is not there. */
static void cut_walk(struct cw_typing *typing, const struct cw_type *type,
		     const struct cw_block *block, uint64_t header,
		     struct cw_walk *walk)
{
	cw_addr start = block->address + header;
	uint64_t size = block->size - header;
	const unsigned char *bytes =
		cw_target_bytes(typing->target, start, size);

	if (bytes)
		cw_walk_bytes(walk, type, bytes, size, start);
}

void cw_typing_walk_block(struct cw_typing *typing,
			  const struct cw_block *block, struct cw_walk *walk)
{
	uint32_t number = cw_block_index_block(typing->index, block->granule);
	struct cw_facts facts = typing->facts[number];
	const struct cw_type *type =
		cw_typing_type(typing, typing->types[number]);
	uint64_t header = typing->headers[number];

	if (!type || type->size == 0 || header > block->size)
		return;
	const struct cw_layout *layout = cw_layout_of(&typing->layouts, type);
	struct cw_run run = {
		.type = type,
		.address = block->address + header,
		.count = 1,
	};
	if (facts.shape == CW_SHAPE_ARRAY)
		run.count = (block->size - header) / type->size;
	if (typing->live[number] < run.count)
		run.count = typing->live[number];
	if (type->size > block->size - header) {
		cut_walk(typing, type, block, header, walk);
		return;
	}
	cw_walk_run(walk, &run);
	if (layout->flexible &&
	    (facts.shape == CW_SHAPE_FLEXIBLE || facts.shape == CW_SHAPE_EXACT))
		flexible_walk(typing, layout, block, header, walk);
}

bool cw_typing_static_at(const struct cw_typing *typing, cw_addr address,
			 struct cw_run *ret)
{
	size_t low =
		cw_search_first(i, 0, typing->statics.num,
				typing->statics.items[i].address <= address);

	if (low == 0)
		return false;
	const struct cw_static_object *object = &typing->statics.items[low - 1];
	*ret = (struct cw_run){cw_type_strip(object->variable->type),
			       object->address, 1, 0};
	return address - ret->address < ret->type->size;
}

bool cw_typing_object_at(const struct cw_typing *typing, cw_addr address,
			 struct cw_run *ret)
{
	struct cw_block block;

	if (!cw_heap_block_at(typing->heap, address, &block))
		return cw_typing_static_at(typing, address, ret);
	uint32_t number = cw_block_index_block(typing->index, block.granule);
	uint64_t header = typing->headers[number];
	const struct cw_type *type =
		cw_typing_type(typing, typing->types[number]);
	uint64_t offset = address - block.address;
	if (!type || type->size == 0 || offset < header)
		return false;
	uint64_t element = (offset - header) / type->size;
	if (typing->facts[number].shape != CW_SHAPE_ARRAY && element != 0)
		return false;
	*ret = (struct cw_run){
		type, block.address + header + element * type->size, 1, 0};
	return true;
}

/* The holder's parts that lie in a block, whose elements are asked for. */
struct holder_walk {
	struct cw_walk walk;
	struct cw_walk *outer;
	cw_addr holder, start, end;
};

static void pointer_ignore(struct cw_walk *walk, const struct cw_layout *layout,
			   const struct cw_slot *slot, cw_addr slot_address,
			   uint64_t word)
{
	(void)walk, (void)layout, (void)slot, (void)slot_address, (void)word;
}

static void part_of_holder(struct cw_walk *walk, const struct cw_part *part)
{
	struct holder_walk *holder = (struct holder_walk *)walk;

	if (part->slot != holder->holder || !part->type ||
	    part->address < holder->start || part->address >= holder->end)
		return;
	struct cw_run run = {cw_type_strip(part->type), part->address,
			     part->count, part->stride};
	cw_walk_run(holder->outer, &run);
}

static void scattered_walk(struct cw_typing *typing,
			   const struct cw_block *block, cw_addr holder_slot,
			   struct cw_walk *walk)
{
	struct holder_walk holder = {
		.outer = walk,
		.holder = holder_slot,
		.start = block->address,
		.end = block->address + block->size,
	};
	struct cw_run run;

	if (!cw_typing_object_at(typing, holder_slot, &run))
		return;
	cw_walk_init(&holder.walk, typing->target, &typing->layouts);
	holder.walk.pointer = pointer_ignore;
	holder.walk.part = part_of_holder;
	cw_walk_run(&holder.walk, &run);
	cw_walk_deinit(&holder.walk);
}

/* Tells a visitor what a walk comes by. */
struct visiting_walk {
	struct cw_walk walk;
	struct cw_typed_visitor *visitor;
};

static void pointer_tell(struct cw_walk *walk, const struct cw_layout *layout,
			 const struct cw_slot *slot, cw_addr slot_address,
			 uint64_t word)
{
	struct visiting_walk *visiting = (struct visiting_walk *)walk;
	struct cw_typed_reference reference = {
		.slot = slot_address,
		.target = word,
		.type = slot->target,
		.is_in_union = slot->is_in_union,
	};

	(void)layout;
	visiting->visitor->reference(visiting->visitor, &reference);
}

static void part_tell(struct cw_walk *walk, const struct cw_part *part)
{
	struct visiting_walk *visiting = (struct visiting_walk *)walk;
	struct cw_typed_reference reference = {
		.slot = part->slot,
		.target = part->storage ? part->storage : part->address,
		.type = part->type,
		.ownership = part->ownership,
		.part = part,
	};

	visiting->visitor->reference(visiting->visitor, &reference);
}

static void visiting_init(struct visiting_walk *visiting,
			  struct cw_typing *typing,
			  struct cw_typed_visitor *visitor)
{
	cw_walk_init(&visiting->walk, typing->target, &typing->layouts);
	visiting->walk.pointer = pointer_tell;
	visiting->walk.part = part_tell;
	visiting->visitor = visitor;
}

void cw_typing_walk_live(struct cw_typing *typing, const struct cw_block *block,
			 struct cw_walk *walk)
{
	uint32_t number = cw_block_index_block(typing->index, block->granule);

	if (typing->facts[number].is_scattered)
		scattered_walk(typing, block, typing->holders[number], walk);
	else
		cw_typing_walk_block(typing, block, walk);
}

void cw_typing_visit(struct cw_typing *typing, const struct cw_block *block,
		     struct cw_typed_visitor *visitor)
{
	struct visiting_walk visiting;

	visiting_init(&visiting, typing, visitor);
	cw_typing_walk_live(typing, block, &visiting.walk);
	cw_walk_deinit(&visiting.walk);
}

void cw_typing_visit_object(struct cw_typing *typing,
			    const struct cw_type *type, cw_addr address,
			    struct cw_typed_visitor *visitor)
{
	struct visiting_walk visiting;
	struct cw_run run = {cw_type_strip(type), address, 1, 0};

	visiting_init(&visiting, typing, visitor);
	cw_walk_run(&visiting.walk, &run);
	cw_walk_deinit(&visiting.walk);
}

bool cw_typing_inside(struct cw_typing *typing, const struct cw_block *block,
		      uint64_t offset, struct cw_inside *ret)
{
	enum { STEP = 4 };
	uint32_t type;

	if (typing->objects.num == 0)
		return false;
	for (offset = (offset + STEP - 1) & -STEP; offset < block->size;
	     offset += STEP) {
		if (!cw_map_get(&typing->objects, block->address + offset,
				&type))
			continue;
		*ret = (struct cw_inside){
			.offset = offset,
			.size = cw_typing_type(typing, type)->size,
			.name = cw_typing_label_name(typing, type),
		};
		return true;
	}
	return false;
}

struct cw_error *
cw_typing_each_used(struct cw_typing *typing, struct cw_progress *progress,
		    void (*look)(void *context, const struct cw_block *block),
		    void *context)
{
	struct cw_block_cursor cursor = cw_heap_blocks(typing->heap);
	struct cw_error *err = NULL;
	struct cw_block block;

	for (uint64_t i = 0; !err && cw_block_cursor_next(&cursor, &block);
	     i++) {
		if (block.state == CW_BLOCK_USED)
			look(context, &block);
		if (i % STEP == 0)
			err = cw_progress_step(progress, i);
	}
	return err;
}

struct cw_error *cw_typing_each_unknown(
	struct cw_typing *typing, struct cw_progress *progress,
	void (*look)(void *context, const struct cw_block *block),
	void *context)
{
	const struct cw_block_index *index = typing->index;
	uint64_t num_words = cw_bits_words(index->num_granules);
	struct cw_error *err = NULL;
	struct cw_block block;

	for (uint64_t word = 0; word < num_words && !err; word++) {
		uint64_t starts = index->starts[word];
		uint32_t number = index->rank[word];
		for (; starts; starts &= starts - 1, number++) {
			uint64_t granule = word * 64 + __builtin_ctzll(starts);
			if (typing->types[number] == 0 &&
			    !cw_bit_test(index->unused, granule) &&
			    cw_heap_block_from(typing->heap, granule, &block))
				look(context, &block);
		}
		if (word % STEP == 0)
			err = cw_progress_step(progress, index->rank[word]);
	}
	return err;
}

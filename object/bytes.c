#include "object/bytes.h"

#include <string.h>

#include "base/bits.h"
#include "base/map.h"
#include "base/memory.h"

enum {
	/* What is less is a number, not an address. */
	MIN_ADDRESS = 1 << 16,
};

struct seeker {
	struct cw_walk walk;
	struct cw_typing *typing;
	const struct cw_evidence *evidence;
	uint32_t id; /* of the name */
	/* Type and offset of a slot, to whether the place is raw. */
	struct cw_map raw_slots;
	/* Id of a type, to whether it has a `void *`. */
	struct cw_map has_void;
	/* By granule: a block begins there that may yet be said to be bytes. */
	uint64_t *open;
	uint64_t open_size; /* bytes */
	/* Of the block being walked: an array whose owner says so. */
	bool is_raw_array;
	enum cw_confidence confidence;
	bool is_local;
};

static bool is_address(const struct cw_typing *typing, uint64_t word)
{
	return word >= MIN_ADDRESS && word >> 47 == 0 &&
	       cw_target_segment(typing->target, word);
}

static bool holds_addresses(const struct cw_typing *typing,
			    const struct cw_block *block)
{
	const unsigned char *bytes =
		cw_target_bytes(typing->target, block->address, block->size);
	uint64_t word, last = 0;

	for (uint64_t at = 0; bytes && at + 8 <= block->size; at += 8) {
		memcpy(&word, bytes + at, 8);
		if (word != last && is_address(typing, word))
			return true;
		last = word;
	}
	return bytes == NULL;
}

static bool is_raw_slot(struct seeker *seeker, const struct cw_type *type,
			uint64_t offset)
{
	uint64_t key = (uint64_t)type->id << 32 ^ offset;
	uint32_t is_raw;

	if (!cw_map_get(&seeker->raw_slots, key, &is_raw)) {
		is_raw = cw_evidence_is_raw(seeker->evidence, type, offset);
		cw_map_set(&seeker->raw_slots, key, is_raw);
	}
	return is_raw;
}

static void pointer_look(struct cw_walk *walk, const struct cw_layout *layout,
			 const struct cw_slot *slot, cw_addr slot_address,
			 uint64_t word)
{
	struct seeker *seeker = (struct seeker *)walk;
	struct cw_typing *typing = seeker->typing;
	struct cw_block block;

	if (slot->target->kind != CW_TYPE_VOID || slot->is_in_union)
		return;
	uint64_t granule = cw_block_index_granule(typing->index, word);
	if (granule == CW_NO_GRANULE || !cw_bit_test(seeker->open, granule) ||
	    !cw_heap_block_at(typing->heap, word, &block) ||
	    block.address != word)
		return;
	uint32_t number = cw_block_index_block(typing->index, granule);
	bool is_raw = seeker->is_raw_array ||
		      is_raw_slot(seeker, layout->type, slot->offset);
	enum cw_confidence confidence =
		is_raw ? seeker->confidence : CW_CONFIDENCE_LIKELY;
	bool is_known = typing->types[number] != 0;
	if (is_known && (typing->types[number] != seeker->id ||
			 typing->facts[number].confidence >= confidence))
		return;
	if (!is_known && holds_addresses(typing, &block))
		return;
	typing->types[number] = seeker->id;
	typing->live[number] = CW_ALL_LIVE;
	typing->holders[number] = slot_address;
	typing->facts[number] = (struct cw_facts){
		.shape = CW_SHAPE_EXACT,
		.confidence = confidence,
		.provenance =
			is_raw ? CW_PROVENANCE_CODE : CW_PROVENANCE_CONTENT,
		.is_local = seeker->is_local,
	};
}

static void part_look(struct cw_walk *walk, const struct cw_part *part)
{
	(void)walk, (void)part;
}

/* Whether a `void *` is among the slots of a type. */
static bool has_void(struct seeker *seeker, const struct cw_type *type)
{
	uint32_t answer;

	if (cw_map_get(&seeker->has_void, type->id, &answer))
		return answer;
	const struct cw_layout *layout =
		cw_layout_of(&seeker->typing->layouts, type);
	answer = layout->num_rules > 0;
	for (uint32_t i = 0; i < layout->num_slots && !answer; i++)
		answer = layout->slots[i].target->kind == CW_TYPE_VOID;
	cw_map_set(&seeker->has_void, type->id, answer);
	return answer;
}

/* What the code puts into the array that the block is. */
static bool is_raw_array(struct seeker *seeker, uint32_t number)
{
	struct cw_typing *typing = seeker->typing;
	struct cw_run holder;
	cw_addr slot = typing->holders[number];

	return cw_typing_object_at(typing, slot, &holder) &&
	       cw_evidence_has_raw_elements(seeker->evidence, holder.type,
					    slot - holder.address);
}

static void block_look(void *context, const struct cw_block *block)
{
	struct seeker *seeker = context;
	struct cw_typing *typing = seeker->typing;
	uint32_t number = cw_block_index_block(typing->index, block->granule);
	struct cw_facts facts = typing->facts[number];
	const struct cw_type *type =
		cw_typing_type(typing, typing->types[number]);

	if (!type || facts.confidence < CW_CONFIDENCE_DERIVED ||
	    !has_void(seeker, type))
		return;
	seeker->is_raw_array =
		type->kind == CW_TYPE_POINTER && is_raw_array(seeker, number);
	seeker->confidence = CW_CONFIDENCE_DERIVED;
	seeker->is_local = facts.is_local;
	cw_typing_walk_live(typing, block, &seeker->walk);
}

static void variables_look(struct seeker *seeker)
{
	seeker->is_raw_array = false;
	seeker->confidence = CW_CONFIDENCE_DERIVED;
	seeker->is_local = false;
	cw_array_foreach(object, &seeker->typing->statics)
	{
		struct cw_run run = {cw_type_strip(object->variable->type),
				     object->address, 1, 0};
		cw_walk_run(&seeker->walk, &run);
	}
}

/* False: there is none. */
static bool open_find(struct seeker *seeker)
{
	const struct cw_typing *typing = seeker->typing;
	const struct cw_block_index *index = typing->index;
	uint64_t num_words = seeker->open_size / sizeof(*seeker->open);
	bool is_any = false;

	for (uint64_t word = 0; word < num_words; word++) {
		uint64_t starts = index->starts[word], open = 0;
		uint32_t number = index->rank[word];
		for (; starts; starts &= starts - 1, number++)
			if (typing->types[number] == 0 ||
			    typing->types[number] == seeker->id)
				open |= starts & -starts;
		seeker->open[word] = open & ~index->unused[word];
		is_any |= seeker->open[word] != 0;
	}
	return is_any;
}

static struct cw_error *holders_look(struct seeker *seeker,
				     struct cw_progress *progress)
{
	struct cw_typing *typing = seeker->typing;
	struct cw_error *err;

	cw_walk_init(&seeker->walk, typing->target, &typing->layouts);
	seeker->walk.pointer = pointer_look;
	seeker->walk.part = part_look;
	cw_map_init(&seeker->raw_slots);
	cw_map_init(&seeker->has_void);
	variables_look(seeker);
	err = cw_typing_each_used(typing, progress, block_look, seeker);
	cw_map_deinit(&seeker->raw_slots);
	cw_map_deinit(&seeker->has_void);
	cw_walk_deinit(&seeker->walk);
	return err;
}

struct cw_error *cw_bytes_seek(struct cw_spread *spread,
			       const struct cw_evidence *evidence)
{
	struct cw_typing *typing = spread->typing;
	struct seeker seeker = {
		.typing = typing,
		.evidence = evidence,
		.id = cw_typing_name_id(typing, "bytes"),
		.open_size = cw_bits_words(typing->index->num_granules) *
			     sizeof(uint64_t),
	};
	struct cw_error *err = cw_bulk_alloc(seeker.open_size, &seeker.open);

	if (!err && open_find(&seeker))
		err = holders_look(&seeker, spread->progress);
	cw_bulk_free(seeker.open, seeker.open_size);
	return err;
}

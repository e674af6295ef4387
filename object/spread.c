#include "object/spread.h"

#include <string.h>

#include "base/memory.h"
#include "object/content.h"
#include "object/extent.h"
#include "object/interior.h"

enum {
	AHEAD = 12,  /* blocks: as long as memory takes to come */
	STEP = 4096, /* blocks between looks at the progress */
	MANY_POINTERS = 4,
};

static bool type_says_something(const struct cw_type *type)
{
	switch (type->kind) {
	case CW_TYPE_VOID:
	case CW_TYPE_FUNCTION:
	case CW_TYPE_UNKNOWN:
		return false;
	default:
		return type->size > 0;
	}
}

/*
 * A string of Go may be a part of a longer one: all of the block is bytes,
 * where it has no pointers and nothing better is known.
 */
static void text_settle(struct cw_typing *typing, const struct cw_claim *claim,
			const struct cw_block *block)
{
	uint32_t number = cw_block_index_block(typing->index, block->granule);
	struct cw_piece piece = {.address = block->address};
	struct cw_claim whole = *claim;
	struct cw_block unused;

	if (typing->types[number] != 0)
		return;
	cw_piece_look(typing->index, &piece);
	for (uint64_t i = 0; i < block->size / 8; i++)
		if (cw_piece_is_pointer(&piece, i))
			return;
	whole.address = block->address;
	whole.live = CW_ALL_LIVE;
	whole.is_text = false;
	cw_claim_make(typing, &whole, &unused);
}

/* It is less than what the pointer to it is declared to lead to. */
static enum cw_verdict lesser_claim(struct cw_spread *spread,
				    const struct cw_claim *claim,
				    const struct cw_block *block)
{
	struct cw_claim lesser = *claim;

	if (claim->confidence < CW_CONFIDENCE_DERIVED ||
	    claim->address != block->address ||
	    claim->type->size <= block->size ||
	    (claim->provenance != CW_PROVENANCE_FIELD &&
	     claim->provenance != CW_PROVENANCE_VARIABLE))
		return CW_CLAIM_UNFIT;
	lesser.type = cw_lesser_find(spread->typing, claim->type, block);
	if (!lesser.type)
		return CW_CLAIM_UNFIT;
	lesser.id = lesser.type->id;
	lesser.confidence = CW_CONFIDENCE_DERIVED;
	return cw_spread_claim(spread, &lesser);
}

enum cw_verdict cw_spread_claim(struct cw_spread *spread,
				const struct cw_claim *claim)
{
	struct cw_block block;
	enum cw_verdict verdict = cw_claim_make(spread->typing, claim, &block);

	if (!claim->type)
		return verdict;
	if (verdict == CW_CLAIM_UNFIT && claim->live == CW_ALL_LIVE)
		return lesser_claim(spread, claim, &block);
	if (verdict == CW_CLAIM_INTERIOR && claim->live == CW_ALL_LIVE)
		cw_interior_note(spread, claim, &block);
	else if (verdict == CW_CLAIM_TYPED)
		*cw_array_push(&spread->queue) = block.granule;
	else if (verdict == CW_CLAIM_SURER)
		*cw_array_push(&spread->surer) = block.granule;
	else if (verdict == CW_CLAIM_MORE && claim->is_text)
		text_settle(spread->typing, claim, &block);
	else if (verdict == CW_CLAIM_MORE)
		*cw_array_push(&spread->runs) = (struct queued_run){
			{claim->type, claim->address,
			 claim->live == CW_ALL_LIVE ? 1 : claim->live,
			 claim->stride},
			claim->confidence,
			claim->is_local,
		};
	return verdict;
}

/*
 * A local may not have been set yet: what it leads to must look like it.  When
 * much of it does, the object says what it is, and the local no more.
 */
static bool local_is_plausible(struct cw_spread *spread, struct cw_claim *claim)
{
	struct cw_typing *typing = spread->typing;
	struct cw_block block;

	if (!cw_heap_block_at(typing->heap, claim->address, &block) ||
	    block.state != CW_BLOCK_USED)
		return false;
	uint64_t size = block.size - (claim->address - block.address);
	if (claim->address - block.address > block.size ||
	    claim->type->size > size)
		return false;
	if (claim->type->kind == CW_TYPE_BASE) {
		const unsigned char *bytes =
			cw_target_bytes(typing->target, claim->address, size);
		uint64_t length;
		return claim->type->size > 1 ||
		       (bytes && cw_content_is_text(bytes, size, &length));
	}
	struct cw_room room = {
		.size = size,
		.kind = block.region->kind,
	};
	const struct cw_layout *layout =
		cw_layout_of(&typing->layouts, claim->type);
	enum cw_shape shape = cw_fit_of(layout, &room).shape;
	bool is_start = claim->address == block.address;
	if (is_start && shape == CW_SHAPE_PREFIX)
		return false;
	struct cw_content content =
		cw_content_check(typing, claim->type, claim->address);
	if (is_start && shape == CW_SHAPE_EXACT &&
	    content.num_pointers >= MANY_POINTERS)
		claim->is_local = false;
	return content.num_wrong == 0;
}

static void pointer_follow(struct cw_walk *walk, const struct cw_layout *layout,
			   const struct cw_slot *slot, cw_addr slot_address,
			   uint64_t word)
{
	struct cw_spread *spread = (struct cw_spread *)walk;

	(void)layout;
	if (slot->is_in_union || !type_says_something(slot->target))
		return;
	struct cw_claim claim = {
		.type = slot->target,
		.id = slot->target->id,
		.address = word,
		.live = CW_ALL_LIVE,
		.holder = slot_address,
		.confidence = spread->confidence,
		.provenance = spread->provenance,
		.is_local = spread->is_local,
	};
	if (spread->provenance == CW_PROVENANCE_LOCAL &&
	    !local_is_plausible(spread, &claim))
		return;
	cw_spread_claim(spread, &claim);
	if (slot->is_table)
		cw_uthash_follow(spread, layout, slot, slot_address, word);
}

static void part_follow(struct cw_walk *walk, const struct cw_part *part)
{
	struct cw_spread *spread = (struct cw_spread *)walk;
	const struct cw_type *type =
		part->type ? cw_type_strip(part->type) : NULL;
	uint64_t stride = part->stride ? part->stride : type ? type->size : 1;

	if (type && !type_says_something(type))
		return;
	struct cw_claim claim = {
		.type = type,
		.id = type ? type->id
			   : cw_typing_name_id(spread->typing,
					       part->kind == CW_PART_TEXT
						       ? "char"
						       : "bytes"),
		.address = part->address,
		.live = part->count,
		.stride = stride,
		.storage = part->storage,
		.storage_size = part->storage_size,
		.holder = part->slot,
		.confidence = spread->confidence < CW_CONFIDENCE_DERIVED
				      ? spread->confidence
				      : CW_CONFIDENCE_DERIVED,
		.provenance = CW_PROVENANCE_RULE,
		.is_text = part->kind == CW_PART_TEXT,
		.is_local = spread->is_local,
	};
	/* One object, and nothing said of an allocation: a node, or an element
	 * by itself. */
	if (part->count == 1 && !part->storage &&
	    (!part->is_element || part->ownership == CW_OWNS))
		claim.live = CW_ALL_LIVE;
	cw_spread_claim(spread, &claim);
}

void cw_spread_init(struct cw_spread *spread, struct cw_typing *typing,
		    struct cw_progress *progress)
{
	*spread = (struct cw_spread){.typing = typing, .progress = progress};
	cw_walk_init(&spread->walk, typing->target, &typing->layouts);
	spread->walk.pointer = pointer_follow;
	spread->walk.part = part_follow;
}

void cw_spread_deinit(struct cw_spread *spread)
{
	cw_walk_deinit(&spread->walk);
	cw_array_deinit(&spread->queue);
	cw_array_deinit(&spread->surer);
	cw_array_deinit(&spread->runs);
	cw_array_deinit(&spread->waiting);
	cw_array_deinit(&spread->placed);
}

void cw_spread_object(struct cw_spread *spread, const struct cw_type *type,
		      const unsigned char *bytes, uint64_t size,
		      cw_addr address, enum cw_provenance provenance)
{
	spread->confidence = CW_CONFIDENCE_EXACT;
	spread->provenance = provenance;
	spread->is_local = provenance == CW_PROVENANCE_LOCAL;
	cw_walk_bytes(&spread->walk, cw_type_strip(type), bytes, size, address);
}

static void block_walk(struct cw_spread *spread, uint64_t granule)
{
	struct cw_typing *typing = spread->typing;
	struct cw_block block;
	uint32_t number = cw_block_index_block(typing->index, granule);

	if (!cw_heap_block_from(typing->heap, granule, &block))
		return;
	/* What is likely goes on by one step and no further. */
	if (typing->facts[number].confidence == CW_CONFIDENCE_LIKELY &&
	    typing->facts[number].provenance == CW_PROVENANCE_FIELD)
		return;
	spread->confidence = typing->facts[number].confidence;
	spread->is_local = typing->facts[number].is_local;
	spread->provenance = CW_PROVENANCE_FIELD;
	cw_typing_walk_block(typing, &block, &spread->walk);
}

void cw_spread_ask(struct cw_spread *spread, size_t next)
{
	struct cw_typing *typing = spread->typing;
	const struct cw_block_index *index = typing->index;

	if (next + 2 * AHEAD < spread->queue.num) {
		uint64_t word = spread->queue.items[next + 2 * AHEAD] >> 6;
		__builtin_prefetch(&index->starts[word]);
		__builtin_prefetch(&index->rank[word]);
	}
	if (next + AHEAD >= spread->queue.num)
		return;
	uint64_t granule = spread->queue.items[next + AHEAD];
	uint32_t number = cw_block_index_block(index, granule);
	cw_addr address = cw_block_index_address(index, granule);

	__builtin_prefetch(&typing->types[number]);
	__builtin_prefetch(&typing->facts[number]);
	__builtin_prefetch(&typing->headers[number]);
	__builtin_prefetch(&typing->live[number]);
	if (!spread->ahead || !cw_segment_has(spread->ahead, address))
		spread->ahead = cw_target_segment(typing->target, address);
	if (spread->ahead && spread->ahead->bytes)
		__builtin_prefetch(spread->ahead->bytes +
				   (address - spread->ahead->start));
}

static void run_walk(struct cw_spread *spread)
{
	struct queued_run next = spread->runs.items[--spread->runs.num];

	spread->confidence = next.confidence;
	spread->is_local = next.is_local;
	spread->provenance = CW_PROVENANCE_FIELD;
	cw_walk_run(&spread->walk, &next.run);
}

struct cw_error *cw_spread_run(struct cw_spread *spread)
{
	while (spread->runs.num > 0 || spread->num_done < spread->queue.num ||
	       spread->surer.num > 0) {
		if (spread->num_walked++ % STEP == 0) {
			struct cw_error *err = cw_progress_step(
				spread->progress, spread->num_walked);
			if (err)
				return err;
		}
		if (spread->runs.num > 0) {
			run_walk(spread);
			continue;
		}
		if (spread->num_done == spread->queue.num) {
			block_walk(spread,
				   spread->surer.items[--spread->surer.num]);
			continue;
		}
		cw_spread_ask(spread, spread->num_done);
		block_walk(spread, spread->queue.items[spread->num_done++]);
	}
	return NULL;
}

#include "object/claim.h"

#include <string.h>

#include "object/content.h"
#include "object/elements.h"
#include "object/ending.h"
#include "object/front.h"

enum {
	MAX_CHANGES = 7,
	MAX_HEADER = UINT16_MAX,
	MAX_KEPT_RIVALS = 1 << 20,
	MAX_WALKED = 1 << 24,
	TINY_SIZE = 16, /* Go's tiny allocator */
};

uint32_t cw_typing_name_id(struct cw_typing *typing, const char *name)
{
	uint64_t key = cw_hash_bytes(name, strlen(name));
	uint32_t number;

	/* A key that another name has is followed by the next one. */
	for (; cw_map_get(&typing->given_ids, key, &number); key++)
		if (strcmp(typing->given_names.items[number], name) == 0)
			return CW_FIRST_NAMED + number;
	cw_map_set(&typing->given_ids, key, typing->given_names.num);
	*cw_array_push(&typing->given_names) = name;
	return CW_FIRST_NAMED + typing->given_names.num - 1;
}

void cw_typing_name_block(struct cw_typing *typing,
			  const struct cw_block *block, uint32_t id,
			  uint64_t header, enum cw_provenance provenance)
{
	uint32_t number = cw_block_index_block(typing->index, block->granule);

	typing->types[number] = id;
	typing->headers[number] = header;
	typing->live[number] = CW_ALL_LIVE;
	typing->holders[number] = block->address;
	typing->facts[number] = (struct cw_facts){
		.shape = CW_SHAPE_EXACT,
		.confidence = CW_CONFIDENCE_DERIVED,
		.provenance = provenance,
	};
}

static unsigned kind_rank(const struct cw_type *type,
			  enum cw_provenance provenance)
{
	if (!type || provenance == CW_PROVENANCE_RULE ||
	    cw_type_is_aggregate(type))
		return 2;
	return type->kind == CW_TYPE_POINTER || type->kind == CW_TYPE_ARRAY;
}

static unsigned sure_rank(enum cw_confidence confidence,
			  enum cw_provenance provenance, bool is_local)
{
	if (confidence <= CW_CONFIDENCE_LIKELY)
		return 0;
	if (is_local)
		return 1;
	return provenance == CW_PROVENANCE_RULE ? 3 : confidence;
}

static unsigned shape_rank(enum cw_shape shape)
{
	static const unsigned char ranks[CW_NUM_SHAPES] = {
		[CW_SHAPE_EXACT] = 5,  [CW_SHAPE_TEXT] = 5,
		[CW_SHAPE_ARRAY] = 4,  [CW_SHAPE_FLEXIBLE] = 4,
		[CW_SHAPE_SLACK] = 3,  [CW_SHAPE_POOL] = 2,
		[CW_SHAPE_PREFIX] = 1,
	};

	return ranks[shape];
}

static int compare(unsigned a, unsigned b)
{
	return (a > b) - (a < b);
}

/* Above 0: the claim is better than what is known; below: worse. */
static int claim_compare(const struct cw_typing *typing, uint32_t number,
			 const struct cw_claim *claim, enum cw_shape shape)
{
	struct cw_facts facts = typing->facts[number];
	const struct cw_type *known =
		cw_typing_type(typing, typing->types[number]);
	int order;

	if (cw_provenance_is_its_own(facts.provenance))
		return -1;
	if (cw_provenance_is_its_own(claim->provenance))
		return 1;
	if (known && claim->type && cw_type_begins_with(claim->type, known))
		return 1;
	if (known && claim->type && cw_type_begins_with(known, claim->type))
		return -1;
	if (claim->provenance == CW_PROVENANCE_TAG &&
	    facts.confidence < CW_CONFIDENCE_EXACT &&
	    facts.provenance != CW_PROVENANCE_RULE)
		return 1;
	if (claim->declared && claim->declared == typing->types[number] &&
	    shape_rank(facts.shape) <= shape_rank(CW_SHAPE_SLACK))
		return 1;
	if ((facts.provenance == CW_PROVENANCE_CODE ||
	     facts.provenance == CW_PROVENANCE_TAG) &&
	    !claim->declared && shape_rank(shape) < shape_rank(facts.shape))
		return -1;
	order = compare(kind_rank(claim->type, claim->provenance),
			kind_rank(known, facts.provenance));
	if (order)
		return order;
	order = compare(
		sure_rank(claim->confidence, claim->provenance,
			  claim->is_local),
		sure_rank(facts.confidence, facts.provenance, facts.is_local));
	if (order)
		return order;
	return compare(shape_rank(shape), shape_rank(facts.shape));
}

static void rival_add(struct cw_typing *typing, uint32_t number, uint32_t type)
{
	uint32_t last = UINT32_MAX;

	if (typing->rivals.num >= MAX_KEPT_RIVALS)
		return;
	cw_map_get(&typing->rivals_of, number, &last);
	unsigned num = 0;
	for (uint32_t i = last; i != UINT32_MAX;
	     i = typing->rivals.items[i].next, num++)
		if (typing->rivals.items[i].type == type ||
		    num >= CW_MAX_RIVALS)
			return;
	cw_map_set(&typing->rivals_of, number, typing->rivals.num);
	*cw_array_push(&typing->rivals) = (struct cw_rival){type, last};
	typing->facts[number].has_rivals = true;
}

static bool is_blocks(const struct cw_block_index *index, uint64_t granule)
{
	return cw_bit_test(index->starts, granule) &&
	       !cw_bit_test(index->unused, granule);
}

/* Between the objects that are claimed. */
static uint64_t stride_of(const struct cw_claim *claim)
{
	if (claim->stride)
		return claim->stride;
	return claim->type ? claim->type->size : 1;
}

/* Where in the block the grid of elements begins. */
static uint64_t header_of(const struct cw_claim *claim,
			  const struct cw_block *block)
{
	uint64_t offset = claim->address - block->address;
	uint64_t stride = stride_of(claim);

	return claim->live != CW_ALL_LIVE && claim->storage && stride
		       ? offset % stride
		       : offset;
}

static struct cw_fit claim_fit(struct cw_typing *typing,
			       const struct cw_claim *claim,
			       const struct cw_block *block, uint64_t header)
{
	struct cw_room room = cw_front_room(typing, block, header);

	if (!claim->type)
		return (struct cw_fit){
			claim->is_text ? CW_SHAPE_TEXT : CW_SHAPE_EXACT, 1};
	const struct cw_layout *layout =
		cw_layout_of(&typing->layouts, claim->type);
	struct cw_fit fit = cw_fit_of(layout, &room);
	/* A pointer that nobody has set, or that is old. */
	if (layout->num_functions > 1 &&
	    cw_content_calls_data(typing, layout, claim->address))
		return (struct cw_fit){CW_SHAPE_NONE, 0};
	/* Of a union, or cut off before its end. */
	if (fit.shape == CW_SHAPE_NONE &&
	    claim->provenance == CW_PROVENANCE_TAG)
		fit = (struct cw_fit){CW_SHAPE_FLEXIBLE, 1};
	if (fit.shape == CW_SHAPE_NONE && claim->live == CW_ALL_LIVE &&
	    cw_ending_fits(typing, layout, claim->address, &room))
		fit = (struct cw_fit){CW_SHAPE_FLEXIBLE, 1};
	if (fit.shape == CW_SHAPE_ARRAY && claim->live == CW_ALL_LIVE &&
	    !cw_elements_may_be(typing, claim, block, &room, fit.count))
		fit = (struct cw_fit){CW_SHAPE_PREFIX, 1};
	if (fit.shape != CW_SHAPE_NONE && (claim->is_text || claim->is_whole))
		fit.shape = CW_SHAPE_TEXT;
	if (fit.shape == CW_SHAPE_NONE || claim->live == CW_ALL_LIVE)
		return fit;
	/* Who says how many there are, knows that it is an array. */
	if (!claim->is_text && (claim->storage || claim->live > 1))
		fit.shape = CW_SHAPE_ARRAY;
	return fit;
}

static bool is_within(const struct cw_claim *claim,
		      const struct cw_block *block, uint64_t stride)
{
	uint64_t offset = claim->address - block->address;
	uint64_t size;
	struct cw_room room = {
		.size = block->size,
		.kind = block->region->kind,
	};

	if (claim->address < block->address || offset > block->size)
		return false;
	if (claim->storage && claim->storage_size > block->size)
		return false;
	/* What is left of a local that was moved out may say anything. */
	if (claim->storage && claim->storage_size && claim->is_local &&
	    !cw_room_is_near(&room, claim->storage_size))
		return false;
	if (claim->live == CW_ALL_LIVE)
		return true;
	return !__builtin_mul_overflow(claim->live, stride, &size) &&
	       size <= block->size - offset;
}

/*
 * What is known may be known better: of an array whose live elements a rule
 * counts, the rule goes on to say what there is.
 */
static enum cw_verdict claim_confirm(struct cw_typing *typing, uint32_t number,
				     const struct cw_claim *claim,
				     cw_addr block)
{
	struct cw_facts *facts = &typing->facts[number];
	bool is_surer = claim->confidence > facts->confidence ||
			(facts->is_local && !claim->is_local);

	if (!is_surer || claim->confidence < facts->confidence ||
	    (claim->is_local && !facts->is_local) ||
	    typing->live[number] != CW_ALL_LIVE ||
	    claim->address != block + typing->headers[number] ||
	    cw_provenance_is_its_own(facts->provenance))
		return CW_CLAIM_KNOWN;
	facts->confidence = claim->confidence;
	facts->provenance = claim->provenance;
	facts->is_local = claim->is_local;
	typing->holders[number] = claim->holder;
	return CW_CLAIM_SURER;
}

/* More objects of a block that is of that type already. */
static enum cw_verdict claim_merge(struct cw_typing *typing, uint32_t number,
				   const struct cw_claim *claim,
				   const struct cw_block *block)
{
	struct cw_facts *facts = &typing->facts[number];
	uint64_t stride = stride_of(claim);
	uint64_t first =
		stride ? (claim->address - block->address) / stride : 0;

	if (claim->live == CW_ALL_LIVE || facts->shape != CW_SHAPE_ARRAY)
		return claim_confirm(typing, number, claim, block->address);
	if (facts->provenance != CW_PROVENANCE_RULE) {
		facts->provenance = claim->provenance;
		facts->is_scattered = first != 0;
		typing->holders[number] = claim->holder;
		typing->live[number] = claim->live;
		return CW_CLAIM_KNOWN;
	}
	if (typing->holders[number] != claim->holder)
		return CW_CLAIM_KNOWN;
	if (facts->is_scattered)
		return CW_CLAIM_MORE;
	if (first < typing->live[number])
		return CW_CLAIM_KNOWN;
	if (first > typing->live[number])
		facts->is_scattered = true;
	else
		typing->live[number] += claim->live;
	return CW_CLAIM_MORE;
}

static void block_set(struct cw_typing *typing, uint32_t number,
		      const struct cw_claim *claim,
		      const struct cw_block *block, struct cw_fit fit)
{
	struct cw_facts *facts = &typing->facts[number];
	uint64_t header = header_of(claim, block);
	uint64_t stride = stride_of(claim);
	bool is_change = typing->types[number] != 0;
	uint64_t offset = claim->address - block->address;

	facts->num_changes += is_change;
	facts->shape = fit.shape;
	facts->confidence = claim->confidence;
	facts->provenance = claim->provenance;
	facts->is_local = claim->is_local;
	facts->is_scattered = claim->live != CW_ALL_LIVE && stride &&
			      offset >= header + stride;
	typing->types[number] = claim->id;
	typing->headers[number] = header;
	typing->holders[number] = claim->holder;
	typing->live[number] =
		claim->live < CW_ALL_LIVE ? claim->live : CW_ALL_LIVE;
}

/*
 * Go has pointers into everything, and slices of parts of arrays.  What is
 * claimed is all of a block when it begins where the program's part of it
 * does, and if a size is said, when that is of the block's class.
 */
static bool is_whole_of_span(const struct cw_claim *claim,
			     const struct cw_block *block, cw_addr start)
{
	uint64_t header = block->region->block_header_size;
	struct cw_room room = {
		.size = block->size - header,
		.header = header,
		.kind = CW_REGION_SPANS,
	};

	/* Small objects without pointers share a block. */
	if (claim->is_text && block->size == TINY_SIZE && header == 0)
		return true;
	if (start != block->address + header)
		return false;
	return !claim->storage_size ||
	       cw_room_is_class(&room, claim->storage_size);
}

/* Else its objects are looked into once, and say nothing of the block. */
static enum cw_verdict claim_in_span(struct cw_typing *typing,
				     const struct cw_claim *claim,
				     const struct cw_block *block)
{
	uint64_t key = cw_hash_mix(claim->address) ^ claim->id;
	uint64_t live = claim->live == CW_ALL_LIVE ? 1 : claim->live;
	uint64_t size, offset = claim->address - block->address;
	uint32_t seen = 0;

	if (!claim->type || claim->address < block->address ||
	    !is_within(claim, block, claim->type->size) ||
	    __builtin_mul_overflow(live, claim->type->size, &size) ||
	    offset > block->size || size > block->size - offset ||
	    typing->walked.num >= MAX_WALKED)
		return CW_CLAIM_UNFIT;
	cw_map_get(&typing->walked, key, &seen);
	if (seen >= live)
		return CW_CLAIM_KNOWN;
	cw_map_set(&typing->walked, key, live < UINT32_MAX ? live : UINT32_MAX);
	return CW_CLAIM_MORE;
}

/* Types the block, when the claim is better than what is known of it. */
static enum cw_verdict block_claim(struct cw_typing *typing,
				   const struct cw_claim *claim,
				   const struct cw_block *block)
{
	uint32_t number = cw_block_index_block(typing->index, block->granule);
	uint64_t header = header_of(claim, block);

	if (!is_within(claim, block, stride_of(claim)) || header > MAX_HEADER)
		return CW_CLAIM_UNFIT;
	if (typing->types[number] == claim->id)
		return claim_merge(typing, number, claim, block);
	struct cw_fit fit = claim_fit(typing, claim, block, header);
	if (fit.shape == CW_SHAPE_NONE)
		return CW_CLAIM_UNFIT;
	if (typing->types[number] != 0) {
		int order = claim_compare(typing, number, claim, fit.shape);
		bool is_settled =
			typing->facts[number].num_changes == MAX_CHANGES;
		if (order == 0)
			rival_add(typing, number, claim->id);
		if (order <= 0 || is_settled)
			return CW_CLAIM_WORSE;
	}
	block_set(typing, number, claim, block, fit);
	return typing->facts[number].is_scattered ? CW_CLAIM_MORE
						  : CW_CLAIM_TYPED;
}

enum cw_verdict cw_claim_make(struct cw_typing *typing,
			      const struct cw_claim *claim,
			      struct cw_block *ret)
{
	const struct cw_block_index *index = typing->index;
	cw_addr start = claim->storage ? claim->storage : claim->address;
	uint64_t granule = cw_block_index_granule(index, start);

	if (granule == CW_NO_GRANULE)
		return CW_CLAIM_NOWHERE;
	bool is_start = cw_block_index_address(index, granule) == start &&
			is_blocks(index, granule);
	if (is_start && claim->live == CW_ALL_LIVE &&
	    typing->types[cw_block_index_block(index, granule)] == claim->id) {
		ret->granule = granule;
		return claim_confirm(typing,
				     cw_block_index_block(index, granule),
				     claim, start);
	}
	bool is_found = is_start
				? cw_heap_block_from(typing->heap, granule, ret)
				: cw_heap_block_at(typing->heap, start, ret);
	if (!is_found || ret->state != CW_BLOCK_USED)
		return CW_CLAIM_NOWHERE;
	if (ret->region->kind == CW_REGION_SPANS) {
		if (!is_whole_of_span(claim, ret, start))
			return claim_in_span(typing, claim, ret);
	} else if (!is_start && (claim->storage || claim->live != CW_ALL_LIVE ||
				 !cw_front_is_start(typing, ret, start))) {
		return CW_CLAIM_INTERIOR;
	}
	return block_claim(typing, claim, ret);
}

#include "object/mined.h"

#include <string.h>

#include "base/bits.h"
#include "base/memory.h"
#include "object/candidate.h"
#include "object/cohort.h"
#include "object/handler.h"
#include "object/interior.h"
#include "object/start.h"
#include "object/vague.h"

enum {
	STEP = 4096,
	/* Seen so many times as often as the next, a candidate is taken. */
	MUCH_MORE = 10,
	MAX_OPEN = 1 << 24,
	MAX_ROUNDS = 16,
	MAX_UNDECIDED = 2, /* "A or B" */
	NEAR = 6,	   /* blocks, as they are asked for */
};

/* A pointer that several candidates fit. */
struct open_pointer {
	struct cw_vague *vague;
	cw_addr slot, holder, target;
	enum cw_confidence confidence : 8;
	bool is_local;
};

struct mined {
	struct cw_walk walk;
	struct cw_spread *spread;
	struct cw_typing *typing;
	struct cw_vagues vagues;
	struct cw_cohorts cohorts;
	CW_ARRAY(struct open_pointer) open;
	bool is_variable;
	/* Of what is being walked. */
	enum cw_confidence confidence;
	bool is_local;
};

static struct cw_claim claim_of(const struct open_pointer *pointer,
				const struct cw_type *type)
{
	return (struct cw_claim){
		.type = type,
		.id = type->id,
		.address = pointer->target,
		.live = CW_ALL_LIVE,
		.holder = pointer->slot,
		.declared = pointer->vague->declared->id,
		.confidence = pointer->confidence < CW_CONFIDENCE_DERIVED
				      ? pointer->confidence
				      : CW_CONFIDENCE_DERIVED,
		.provenance = CW_PROVENANCE_CODE,
		.is_local = pointer->is_local,
	};
}

static void candidate_claim(struct mined *mined,
			    const struct open_pointer *pointer,
			    const struct cw_rating *rating,
			    const struct cw_block *block)
{
	struct cw_claim claim = claim_of(pointer, rating->type);

	claim.address = block->address + rating->header;
	claim.is_text = rating->is_text;
	claim.is_whole = rating->is_whole;
	if (rating->header)
		claim.storage = block->address;
	cw_spread_claim(mined->spread, &claim);
}

/* What several fit: by tag, then by what the code means much more often. */
static int choose(struct mined *mined, const struct open_pointer *pointer,
		  const struct cw_ratings *ratings)
{
	struct cw_vague *vague = pointer->vague;
	int told = cw_vague_tell(&mined->vagues, vague, pointer->holder);
	uint32_t best = 0, next = 0;
	bool has_odd = false;
	int which = -1;

	for (uint32_t i = 0; i < ratings->num; i++) {
		const struct cw_rating *rating = &ratings->items[i];
		const struct cw_candidate *candidate =
			&vague->candidates[rating->number];
		uint32_t times = candidate->num_direct;
		if (vague->is_packed)
			times += candidate->num_indirect;
		if (told == (int)rating->number)
			return i;
		has_odd |= rating->is_odd;
		if (times > best) {
			next = best;
			best = times;
			which = i;
		} else if (times > next) {
			next = times;
		}
	}
	return told < 0 && !has_odd &&
			       best >= MUCH_MORE * (uint64_t)(next ? next : 1)
		       ? which
		       : -1;
}

/*
 * How much doubt is let pass: first what fits alone and well, then what fits
 * alone, and at last what fits as well as others.
 */
enum doubt { NO_DOUBT, SOME_DOUBT, MUCH_DOUBT };

/* The rating to believe; -1: several are as good. */
static int decide(struct mined *mined, const struct open_pointer *pointer,
		  const struct cw_ratings *ratings, enum doubt doubt)
{
	const struct cw_rating *first = &ratings->items[0];
	bool is_alone = ratings->num == 1 && !first->is_odd;

	/* What was there before, in what could not be split off; or more of
	 * what is there. */
	if (is_alone && first->is_short)
		return cw_vague_tell(&mined->vagues, pointer->vague,
				     pointer->holder) == (int)first->number
			       ? 0
			       : -1;
	if (is_alone && (doubt > NO_DOUBT || first->rank >= CW_RANK_EXACT))
		return 0;
	int which = choose(mined, pointer, ratings);
	return which < 0 && doubt > NO_DOUBT ? cw_ratings_most_pointers(ratings)
					     : which;
}

enum kind { DIRECT, FAMILY, INDIRECT, NUM_KINDS };

static enum kind kind_of(const struct cw_vague *vague, uint32_t which)
{
	const struct cw_candidate *candidate = &vague->candidates[which];

	if (candidate->num_direct > 0)
		return DIRECT;
	return candidate->num_indirect > 0 &&
			       !cw_bit_test(&vague->extensions, which)
		       ? INDIRECT
		       : FAMILY;
}

/*
 * A header that others begin with, in a block that it does not fill: to be
 * taken when none of these fits.
 */
static bool is_loose_header(const struct cw_vague *vague,
			    const struct cw_ratings *ratings)
{
	return vague->extensions && ratings->num == 1 &&
	       ratings->items[0].type == vague->declared &&
	       ratings->items[0].rank < CW_RANK_EXACT;
}

/* All take for pointers what is rather something else. */
static bool are_unlikely(const struct cw_ratings *ratings)
{
	for (uint32_t i = 0; i < ratings->num; i++)
		if (ratings->items[i].num_unlikely == 0)
			return false;
	return true;
}

/*
 * What functions of the holder take; else of what code says directly; when
 * nothing of that fits well, of what begins with the declared type; when
 * nothing of that does, of what code says indirectly and typed blocks agree
 * with.
 */
static enum kind rate(struct mined *mined, const struct open_pointer *pointer,
		      const struct cw_block *block, enum doubt doubt,
		      struct cw_ratings *ret)
{
	const struct cw_vague *vague = pointer->vague;
	int told = cw_handlers_tell(&mined->vagues, vague, pointer->holder);
	struct cw_rating header = {0};
	enum kind kind;

	ret->num = 0;
	if (told >= 0)
		cw_candidate_rate(mined->typing, vague->candidates[told].type,
				  told, block, pointer->target, false, ret);
	cw_ratings_drop_arrays(ret);
	if (ret->num > 0)
		return DIRECT;
	for (kind = DIRECT; kind < NUM_KINDS; kind++) {
		bool is_doubted = kind == INDIRECT && !vague->is_packed;
		if (is_doubted && doubt < MUCH_DOUBT)
			continue;
		for (uint32_t i = 0; i < vague->num_candidates; i++)
			if (kind_of(vague, i) == kind)
				cw_candidate_rate(mined->typing,
						  vague->candidates[i].type, i,
						  block, pointer->target,
						  is_doubted, ret);
		if (kind == FAMILY || vague->extensions ||
		    (kind == INDIRECT && vague->is_packed))
			cw_ratings_drop_arrays(ret);
		if (kind == DIRECT && is_loose_header(vague, ret)) {
			header = ret->items[0];
			ret->num = 0;
		}
		cw_ratings_keep_best(ret);
		if (ret->num > 0 && (kind > DIRECT || !are_unlikely(ret)))
			break;
		if (kind == FAMILY && header.type) {
			ret->items[ret->num++] = header;
			return DIRECT;
		}
	}
	return kind;
}

/* Many headers side by side are rather one object that begins with one. */
static bool is_filled(const struct cw_typing *typing, uint32_t number,
		      const struct cw_vague *vague, enum doubt doubt)
{
	enum cw_shape shape = typing->facts[number].shape;

	/* Bytes are behind every pointer to them, unless without a doubt. */
	if (doubt == NO_DOUBT && vague->declared->kind == CW_TYPE_BASE &&
	    vague->num_candidates > 1)
		return false;
	return typing->types[number] == vague->declared->id &&
	       (shape == CW_SHAPE_EXACT || shape == CW_SHAPE_FLEXIBLE ||
		(shape == CW_SHAPE_ARRAY && vague->extensions == 0));
}

/* It fits by accident, unless functions or a tag name it. */
static bool is_accident(struct mined *mined, const struct open_pointer *pointer,
			const struct cw_rating *rating)
{
	struct cw_vague *vague = pointer->vague;
	int number = (int)rating->number;

	return cw_rating_is_unlikely(mined->typing, rating, vague->declared,
				     pointer->target) &&
	       cw_handlers_tell(&mined->vagues, vague, pointer->holder) !=
		       number &&
	       cw_vague_tell(&mined->vagues, vague, pointer->holder) != number;
}

/*
 * Bytes explain all but pointers, which structures do; those of a union's
 * members are none of the rating's.
 */
static bool are_bytes_better(const struct cw_typing *typing,
			     const struct cw_block *block,
			     const struct cw_type *known,
			     const struct cw_rating *rating)
{
	const unsigned char *bytes =
		cw_target_bytes(typing->target, block->address, block->size);

	return rating->num_pointers == 0 &&
	       !(known->kind == CW_TYPE_BASE &&
		 cw_type_is_aggregate(rating->type) && bytes &&
		 cw_starts_count(typing, bytes, block->size) > 0);
}

/* False: it stays open. */
static bool pointer_settle(struct mined *mined,
			   const struct open_pointer *pointer, enum doubt doubt)
{
	struct cw_typing *typing = mined->typing;
	struct cw_ratings ratings;
	struct cw_block block;

	if (!cw_heap_block_at(typing->heap, pointer->target, &block) ||
	    block.state != CW_BLOCK_USED)
		return true;
	uint32_t number = cw_block_index_block(typing->index, block.granule);
	uint32_t known = typing->types[number];
	const struct cw_type *type = cw_typing_type(typing, known);
	bool is_start =
		block.address + typing->headers[number] == pointer->target;
	bool is_vague = known == 0 || known == pointer->vague->declared->id ||
			(type && type->kind == CW_TYPE_BASE);

	if (is_start && !is_vague) {
		for (uint32_t i = 0; i < pointer->vague->num_candidates; i++)
			if (pointer->vague->candidates[i].type == type)
				cw_vague_learn(&mined->vagues, pointer->vague,
					       pointer->holder, i);
		return true;
	}
	/* What is declared explains the block. */
	if (is_filled(typing, number, pointer->vague, doubt))
		return true;
	enum kind kind = rate(mined, pointer, &block, doubt, &ratings);
	if (ratings.num == 0)
		return true;
	int which = decide(mined, pointer, &ratings, doubt);
	if (which < 0 && doubt < MUCH_DOUBT)
		return false;
	if (which < 0 && cw_ratings_drop_odd(&ratings) == 0)
		return true;
	if (which < 0)
		which = decide(mined, pointer, &ratings, doubt);
	const struct cw_rating *rating = &ratings.items[which < 0 ? 0 : which];
	if (is_accident(mined, pointer, rating))
		return doubt == MUCH_DOUBT;
	if (is_filled(typing, number, pointer->vague, MUCH_DOUBT) &&
	    are_bytes_better(typing, &block, type, rating))
		return true;
	if (which < 0 &&
	    (kind != DIRECT || ratings.num > MAX_UNDECIDED || rating->is_short))
		return true;
	if (rating->is_inside) {
		struct cw_claim claim = claim_of(pointer, rating->type);
		cw_interior_note(mined->spread, &claim, &block);
		return true;
	}
	struct open_pointer claimed = *pointer;
	if (which < 0 || rating->is_likely)
		claimed.confidence = CW_CONFIDENCE_LIKELY;
	else if (ratings.num == 1 && ratings.items[0].rank >= CW_RANK_EXACT)
		cw_vague_learn(&mined->vagues, pointer->vague, pointer->holder,
			       rating->number);
	candidate_claim(mined, &claimed, rating, &block);
	for (uint32_t i = 1; which < 0 && i < ratings.num; i++)
		candidate_claim(mined, &claimed, &ratings.items[i], &block);
	return true;
}

/* The others of the union say the same of the word. */
static bool is_first_of_union(const struct cw_layout *layout,
			      const struct cw_slot *slot)
{
	const struct cw_slot *first = layout->slots;

	if (slot < first || slot >= first + layout->num_slots)
		return false;
	return slot == first || !slot[-1].is_in_union ||
	       slot[-1].offset != slot->offset;
}

static void pointer_look(struct cw_walk *walk, const struct cw_layout *layout,
			 const struct cw_slot *slot, cw_addr slot_address,
			 uint64_t word)
{
	struct mined *mined = (struct mined *)walk;
	uint64_t granule = cw_block_index_granule(mined->typing->index, word);

	if (granule == CW_NO_GRANULE)
		return;
	struct cw_vague *vague =
		cw_vague_of(&mined->vagues, layout, slot,
			    mined->is_variable ? slot_address : 0);
	if (!vague)
		return;
	struct open_pointer pointer = {
		.vague = vague,
		.slot = slot_address,
		.holder = walk->object,
		.target = word,
		.confidence = mined->confidence,
		.is_local = mined->is_local,
	};
	struct cw_cohort_member member = {word, slot_address, word,
					  mined->is_local};
	/* One of a cohort is looked at when the others are there, too. */
	bool must_wait =
		!slot->is_in_union &&
		cw_cohorts_note(&mined->cohorts, slot->target, &member);
	if (slot->is_in_union && !mined->is_variable &&
	    is_first_of_union(layout, slot)) {
		member.tagged = walk->object;
		cw_cohorts_note_union(&mined->cohorts, layout, slot, vague,
				      &member);
	}
	if ((must_wait || !pointer_settle(mined, &pointer, NO_DOUBT)) &&
	    mined->open.num < MAX_OPEN)
		*cw_array_push(&mined->open) = pointer;
}

static void part_look(struct cw_walk *walk, const struct cw_part *part)
{
	(void)walk, (void)part;
}

/* Whether an object of the block's type can have pointers. */
static bool leads_on(struct cw_typing *typing, uint32_t number)
{
	const struct cw_type *type =
		cw_typing_type(typing, typing->types[number]);
	const struct cw_layout *layout =
		type ? cw_layout_of(&typing->layouts, type) : NULL;

	return layout &&
	       (layout->num_slots || layout->num_rules || layout->flexible);
}

static void holders_ask(struct mined *mined)
{
	const struct cw_spread *spread = mined->spread;

	for (unsigned i = 0; i < 2; i++) {
		size_t next = spread->num_looked + (i ? NEAR : 2 * NEAR);
		if (next < spread->queue.num)
			cw_vague_ask(
				&mined->vagues,
				cw_block_index_block(mined->typing->index,
						     spread->queue.items[next]),
				i);
	}
}

/* Blocks that were typed since the last time, in that order. */
static struct cw_error *blocks_look(struct mined *mined)
{
	struct cw_spread *spread = mined->spread;
	struct cw_typing *typing = mined->typing;

	while (spread->num_looked < spread->queue.num) {
		cw_spread_ask(spread, spread->num_looked);
		holders_ask(mined);
		uint64_t granule = spread->queue.items[spread->num_looked++];
		uint32_t number = cw_block_index_block(typing->index, granule);
		struct cw_block block;
		struct cw_error *err;

		if (typing->facts[number].confidence <= CW_CONFIDENCE_LIKELY ||
		    !leads_on(typing, number) ||
		    !cw_heap_block_from(typing->heap, granule, &block))
			continue;
		mined->confidence = typing->facts[number].confidence;
		mined->is_local = typing->facts[number].is_local;
		cw_typing_walk_live(typing, &block, &mined->walk);
		err = cw_spread_run(spread);
		if (err)
			return err;
	}
	return NULL;
}

/* The same for objects within larger blocks. */
static void objects_look(struct mined *mined)
{
	struct cw_spread *spread = mined->spread;
	struct cw_typing *typing = mined->typing;
	uint32_t type;

	mined->confidence = CW_CONFIDENCE_DERIVED;
	mined->is_local = false;
	while (spread->num_placed_looked < spread->placed.num) {
		cw_addr address =
			spread->placed.items[spread->num_placed_looked++];
		if (!cw_map_get(&typing->objects, address, &type))
			continue;
		struct cw_run run = {cw_typing_type(typing, type), address, 1,
				     0};
		cw_walk_run(&mined->walk, &run);
	}
}

static void variables_look(struct mined *mined)
{
	mined->is_variable = true;
	mined->confidence = CW_CONFIDENCE_EXACT;
	mined->is_local = false;
	cw_array_foreach(object, &mined->typing->statics)
	{
		struct cw_run run = {cw_type_strip(object->variable->type),
				     object->address, 1, 0};
		cw_walk_run(&mined->walk, &run);
	}
	mined->is_variable = false;
}

/* What was open may be settled by what was found since. */
static struct cw_error *open_settle(struct mined *mined, enum doubt doubt,
				    bool *ret_some)
{
	size_t kept = 0, num = mined->open.num;

	for (size_t i = 0; i < num; i++) {
		struct open_pointer pointer = mined->open.items[i];
		struct cw_error *err = NULL;
		if (i % STEP == 0)
			err = cw_progress_step(mined->spread->progress, i);
		if (err)
			return err;
		if (pointer_settle(mined, &pointer, doubt))
			*ret_some = true;
		else
			mined->open.items[kept++] = pointer;
	}
	mined->open.num = kept;
	return cw_spread_run(mined->spread);
}

static struct cw_error *round_run(struct mined *mined, enum doubt doubt,
				  bool is_first, bool *ret_some)
{
	struct cw_spread *spread = mined->spread;
	size_t num_before = spread->queue.num;
	size_t num_placed_before = spread->placed.num;
	struct cw_error *err;

	if (is_first) {
		variables_look(mined);
		spread->num_placed_looked = 0;
	}
	objects_look(mined);
	err = cw_spread_run(spread);
	if (!err)
		err = blocks_look(mined);
	if (!err)
		err = cw_interior_settle(spread);
	if (!err)
		err = cw_cohorts_settle(&mined->cohorts);
	if (!err)
		err = open_settle(mined, doubt, ret_some);
	if (spread->queue.num > num_before ||
	    spread->placed.num > num_placed_before)
		*ret_some = true;
	return err;
}

static struct cw_error *rounds_run(struct mined *mined)
{
	struct cw_error *err = NULL;

	for (enum doubt doubt = NO_DOUBT; doubt < MUCH_DOUBT; doubt++) {
		bool is_some = true;
		for (unsigned i = 0; !err && is_some && i < MAX_ROUNDS; i++) {
			is_some = false;
			err = round_run(mined, doubt, i == 0, &is_some);
		}
	}
	bool is_some;
	return err ? err : round_run(mined, MUCH_DOUBT, true, &is_some);
}

struct cw_error *cw_mined_spread(struct cw_spread *spread,
				 const struct cw_evidence *evidence)
{
	struct mined mined = {.spread = spread, .typing = spread->typing};

	struct cw_error *err =
		cw_vagues_init(&mined.vagues, spread->typing, evidence);
	cw_cohorts_init(&mined.cohorts, spread, &mined.vagues);
	cw_walk_init(&mined.walk, spread->typing->target,
		     &spread->typing->layouts);
	mined.walk.pointer = pointer_look;
	mined.walk.part = part_look;
	cw_progress_begin(spread->progress, "finding types by code",
			  spread->typing->heap->count[CW_BLOCK_USED].blocks);
	if (!err)
		err = rounds_run(&mined);
	if (!err)
		cw_cohorts_count(&mined.cohorts);
	cw_cohorts_deinit(&mined.cohorts);
	cw_walk_deinit(&mined.walk);
	cw_array_deinit(&mined.open);
	cw_vagues_deinit(&mined.vagues);
	return err;
}

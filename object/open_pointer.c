#include "object/open_pointer.h"

#include "base/bits.h"
#include "object/candidate.h"
#include "object/handler.h"
#include "object/interior.h"
#include "object/learning.h"
#include "object/start.h"

enum {
	/* Seen so many times as often as the next, a candidate is taken. */
	MUCH_MORE = 10,
	MAX_UNDECIDED = 2, /* "A or B" */
};

static struct cw_claim claim_of(const struct cw_open_pointer *pointer,
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

static void candidate_claim(const struct cw_settling *settling,
			    const struct cw_open_pointer *pointer,
			    const struct cw_rating *rating,
			    const struct cw_block *block)
{
	struct cw_claim claim = claim_of(pointer, rating->type);

	claim.address = block->address + rating->header;
	claim.is_text = rating->is_text;
	claim.is_whole = rating->is_whole;
	if (rating->header)
		claim.storage = block->address;
	cw_spread_claim(settling->spread, &claim);
}

/* What several fit: by tag, then by what the code means much more often. */
static int choose(const struct cw_settling *settling,
		  const struct cw_open_pointer *pointer,
		  const struct cw_ratings *ratings)
{
	struct cw_vague *vague = pointer->vague;
	int told = cw_vague_tell(settling->vagues, vague, pointer->holder);
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

/* The rating to believe; -1: several are as good. */
static int decide(const struct cw_settling *settling,
		  const struct cw_open_pointer *pointer,
		  const struct cw_ratings *ratings, enum cw_doubt doubt)
{
	const struct cw_rating *first = &ratings->items[0];
	bool is_alone = ratings->num == 1 && !first->is_odd;

	/* What was there before, in what could not be split off; or more of
	 * what is there. */
	if (is_alone && first->is_short)
		return cw_vague_tell(settling->vagues, pointer->vague,
				     pointer->holder) == (int)first->number
			       ? 0
			       : -1;
	if (is_alone && (doubt > CW_NO_DOUBT || first->rank >= CW_RANK_EXACT))
		return 0;
	int which = choose(settling, pointer, ratings);
	return which < 0 && doubt > CW_NO_DOUBT
		       ? cw_ratings_most_pointers(ratings)
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

static void candidate_rate(const struct cw_settling *settling,
			   const struct cw_open_pointer *pointer,
			   uint32_t which, const struct cw_block *block,
			   bool must_agree, struct cw_ratings *ret)
{
	struct cw_trial trial = {
		.type = pointer->vague->candidates[which].type,
		.number = which,
		.block = block,
		.target = pointer->target,
		.must_agree = must_agree,
	};

	cw_candidate_rate(settling->typing, &trial, ret);
}

/*
 * What functions of the holder take; else of what code says directly; when
 * nothing of that fits well, of what begins with the declared type; when
 * nothing of that does, of what code says indirectly and typed blocks agree
 * with.
 */
static enum kind rate(const struct cw_settling *settling,
		      const struct cw_open_pointer *pointer,
		      const struct cw_block *block, enum cw_doubt doubt,
		      struct cw_ratings *ret)
{
	const struct cw_vague *vague = pointer->vague;
	int told = cw_handlers_tell(settling->vagues, vague, pointer->holder);
	struct cw_rating header = {0};
	enum kind kind;

	ret->num = 0;
	if (told >= 0)
		candidate_rate(settling, pointer, told, block, false, ret);
	cw_ratings_drop_arrays(ret);
	if (ret->num > 0)
		return DIRECT;
	for (kind = DIRECT; kind < NUM_KINDS; kind++) {
		bool is_doubted = kind == INDIRECT && !vague->is_packed;
		if (is_doubted && doubt < CW_MUCH_DOUBT)
			continue;
		for (uint32_t i = 0; i < vague->num_candidates; i++)
			if (kind_of(vague, i) == kind)
				candidate_rate(settling, pointer, i, block,
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
		      const struct cw_vague *vague, enum cw_doubt doubt)
{
	enum cw_shape shape = typing->facts[number].shape;

	/* Bytes are behind every pointer to them, unless without a doubt. */
	if (doubt == CW_NO_DOUBT && vague->declared->kind == CW_TYPE_BASE &&
	    vague->num_candidates > 1)
		return false;
	return typing->types[number] == vague->declared->id &&
	       (shape == CW_SHAPE_EXACT || shape == CW_SHAPE_FLEXIBLE ||
		(shape == CW_SHAPE_ARRAY && vague->extensions == 0));
}

/* It fits by accident, unless functions or a tag name it. */
static bool is_accident(const struct cw_settling *settling,
			const struct cw_open_pointer *pointer,
			const struct cw_rating *rating)
{
	struct cw_vague *vague = pointer->vague;
	int number = (int)rating->number;

	return cw_rating_is_unlikely(settling->typing, rating, vague->declared,
				     pointer->target) &&
	       cw_handlers_tell(settling->vagues, vague, pointer->holder) !=
		       number &&
	       cw_vague_tell(settling->vagues, vague, pointer->holder) !=
		       number;
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

/* What the rating says, unless that is less than what is known. */
static bool is_news(const struct cw_settling *settling,
		    const struct cw_open_pointer *pointer,
		    const struct cw_block *block,
		    const struct cw_rating *rating)
{
	const struct cw_typing *typing = settling->typing;
	uint32_t number = cw_block_index_block(typing->index, block->granule);

	return !is_filled(typing, number, pointer->vague, CW_MUCH_DOUBT) ||
	       !are_bytes_better(typing, block,
				 cw_typing_type(typing, typing->types[number]),
				 rating);
}

/*
 * Claims the rating @which; below 0: all of them, of which the first is likely
 * and the others are its rivals.
 */
static void ratings_claim(const struct cw_settling *settling,
			  const struct cw_open_pointer *pointer,
			  const struct cw_block *block,
			  const struct cw_ratings *ratings, int which)
{
	const struct cw_rating *rating = &ratings->items[which < 0 ? 0 : which];
	struct cw_open_pointer claimed = *pointer;

	if (rating->is_inside) {
		struct cw_claim claim = claim_of(pointer, rating->type);
		cw_interior_note(settling->spread, &claim, block);
		return;
	}
	if (which < 0 || rating->is_likely)
		claimed.confidence = CW_CONFIDENCE_LIKELY;
	else if (ratings->num == 1 && ratings->items[0].rank >= CW_RANK_EXACT)
		cw_vague_learn(settling->vagues, pointer->vague,
			       pointer->holder, rating->number);
	candidate_claim(settling, &claimed, rating, block);
	for (uint32_t i = 1; which < 0 && i < ratings->num; i++)
		candidate_claim(settling, &claimed, &ratings->items[i], block);
}

/* Whether what else the pointer may be fits better; then it is in the results.
 */
static bool is_wider_better(const struct cw_settling *settling,
			    const struct cw_open_pointer *pointer,
			    const struct cw_block *block, enum cw_doubt doubt,
			    struct cw_ratings *ratings, enum kind *kind)
{
	struct cw_open_pointer wider = *pointer;
	struct cw_ratings others;

	wider.vague = pointer->wider;
	enum kind other_kind = rate(settling, &wider, block, doubt, &others);
	if (others.num == 0 || (ratings->num > 0 &&
				others.items[0].rank <= ratings->items[0].rank))
		return false;
	*ratings = others;
	*kind = other_kind;
	return true;
}

/* What the block is not known to be yet; false: it stays open. */
static bool vague_settle(const struct cw_settling *settling,
			 const struct cw_open_pointer *pointer,
			 const struct cw_block *block, enum cw_doubt doubt)
{
	struct cw_open_pointer wider;
	struct cw_ratings ratings;
	enum kind kind = rate(settling, pointer, block, doubt, &ratings);

	if (pointer->wider &&
	    (ratings.num == 0 || ratings.items[0].rank < CW_RANK_EXACT) &&
	    is_wider_better(settling, pointer, block, doubt, &ratings, &kind)) {
		wider = *pointer;
		wider.vague = pointer->wider;
		pointer = &wider;
	}
	if (ratings.num == 0)
		return true;
	int which = decide(settling, pointer, &ratings, doubt);
	if (which < 0 && doubt < CW_MUCH_DOUBT)
		return false;
	if (which < 0 && cw_ratings_drop_odd(&ratings) == 0)
		return true;
	if (which < 0)
		which = decide(settling, pointer, &ratings, doubt);
	const struct cw_rating *rating = &ratings.items[which < 0 ? 0 : which];
	if (is_accident(settling, pointer, rating))
		return doubt == CW_MUCH_DOUBT;
	if (!is_news(settling, pointer, block, rating))
		return true;
	if (which < 0 &&
	    (kind != DIRECT || ratings.num > MAX_UNDECIDED || rating->is_short))
		return true;
	ratings_claim(settling, pointer, block, &ratings, which);
	return true;
}

/* Another one of the same field is rather of that type, too. */
static void known_learn(const struct cw_settling *settling,
			const struct cw_open_pointer *pointer,
			const struct cw_type *type)
{
	struct cw_vague *vague = pointer->vague;

	for (uint32_t i = 0; i < vague->num_candidates; i++)
		if (vague->candidates[i].type == type)
			cw_vague_learn(settling->vagues, vague, pointer->holder,
				       i);
}

bool cw_open_pointer_settle(const struct cw_settling *settling,
			    const struct cw_open_pointer *pointer,
			    enum cw_doubt doubt)
{
	struct cw_typing *typing = settling->typing;
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
		known_learn(settling, pointer, type);
		return true;
	}
	/* What is declared explains the block. */
	if (is_filled(typing, number, pointer->vague, doubt))
		return true;
	return vague_settle(settling, pointer, &block, doubt);
}

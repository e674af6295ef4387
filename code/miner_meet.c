#include "code/miner.h"

enum {
	MAX_SHIFT = 1 << 16,
};

struct cw_fact cw_miner_type_fact(const struct cw_miner *miner,
				  const struct cw_type *type, int32_t delta)
{
	return (struct cw_fact){
		.kind = CW_FACT_TYPE,
		.number = type->id,
		.delta = delta,
		.at = miner->pc,
	};
}

struct cw_fact cw_miner_origin_fact(const struct cw_miner *miner,
				    uint32_t origin)
{
	return (struct cw_fact){
		.kind = CW_FACT_ORIGIN,
		.number = origin,
		.at = miner->pc,
	};
}

static bool is_aggregate(const struct cw_type *type)
{
	return type->kind == CW_TYPE_STRUCT || type->kind == CW_TYPE_CLASS ||
	       type->kind == CW_TYPE_UNION;
}

static bool holds(struct cw_miner *miner, const struct cw_type *outer,
		  int64_t offset, const struct cw_type *inner)
{
	const struct cw_spot *spot = cw_spot_at(&miner->spots, outer, offset);

	return spot && cw_spot_has(spot, inner);
}

/* A pointer to @from, and @offset more, is one to @to. */
static void relate(struct cw_miner *miner, const struct cw_type *from,
		   int32_t offset, const struct cw_type *to, uint32_t at)
{
	if (from == to || !is_aggregate(from) || !is_aggregate(to) ||
	    offset > MAX_SHIFT || offset < -MAX_SHIFT)
		return;
	if (from->size && holds(miner, from, offset, to)) {
		if (offset == 0)
			cw_tally_pair(&miner->tally, CW_TALLY_UP, to->id,
				      from->id, at);
		return;
	}
	if (offset == 0 && cw_spots_is_prefix(&miner->spots, to, from))
		cw_tally_pair(&miner->tally, CW_TALLY_UP, to->id, from->id, at);
	else if (offset == 0)
		cw_tally_pair(&miner->tally, CW_TALLY_CAST, from->id, to->id,
			      at);
	else
		cw_tally_shift(&miner->tally, from->id, offset, to->id, at);
}

static bool speaks(const struct cw_type *type)
{
	return type->kind != CW_TYPE_VOID && type->kind != CW_TYPE_FUNCTION &&
	       type->kind != CW_TYPE_UNKNOWN && !type->is_declaration;
}

/* What comes from an origin is a pointer to @type: does that tell anything? */
static void use(struct cw_miner *miner, const struct cw_fact *fact,
		const struct cw_type *type)
{
	const struct cw_type *declared =
		miner->origins.all.items[fact->number].declared;

	if (!speaks(type) || declared == type)
		return;
	/* A first member, of which the address is taken, or a base. */
	if (declared && is_aggregate(declared) &&
	    (holds(miner, declared, 0, type) ||
	     cw_spots_is_prefix(&miner->spots, type, declared)))
		return;
	cw_tally_pair(&miner->tally, CW_TALLY_USE, fact->number, type->id,
		      fact->at);
}

void cw_miner_meet(struct cw_miner *miner, const struct cw_word *value,
		   int32_t offset, const struct cw_type *type)
{
	if (type->kind == CW_TYPE_VOID || type->kind == CW_TYPE_FUNCTION)
		return;
	for (uint32_t i = 0; i < value->num; i++) {
		const struct cw_fact *fact = &value->facts[i];
		if (fact->is_indexed)
			continue;
		if (fact->kind == CW_FACT_TYPE)
			relate(miner, cw_debug_type(miner->debug, fact->number),
			       fact->delta + offset, type, fact->at);
		else if (fact->kind == CW_FACT_ORIGIN &&
			 fact->delta + offset == 0)
			use(miner, fact, type);
	}
}

void cw_miner_meet_place(struct cw_miner *miner, const struct cw_operand *place,
			 const struct cw_type *type)
{
	struct cw_operand_places places;
	struct cw_word word = {0};

	cw_miner_places(miner, place, &places);
	for (uint32_t i = 0; i < places.num; i++)
		if (places.items[i].origin)
			cw_word_add(&word,
				    cw_miner_origin_fact(
					    miner, places.items[i].origin));
	cw_miner_meet(miner, &word, 0, type);
}

/* What a pointer @delta behind the start of @type points to, or NULL. */
static const struct cw_type *
type_within(struct cw_miner *miner, const struct cw_type *type, int32_t delta)
{
	const struct cw_spot *spot;

	if (delta == 0)
		return type;
	spot = cw_spot_at(&miner->spots, type, delta);
	return spot && !spot->is_beyond && spot->num_types ? spot->types[0]
							   : NULL;
}

/* A pointer to @type, known to be one, is put where one to @declared goes. */
static void put_type(struct cw_miner *miner, const struct cw_fact *fact,
		     uint32_t origin, const struct cw_type *declared)
{
	const struct cw_type *whole = cw_debug_type(miner->debug, fact->number);
	const struct cw_type *type = type_within(miner, whole, fact->delta);

	if (declared)
		relate(miner, whole, fact->delta, declared, miner->pc);
	if (!type || !speaks(type) || type == declared)
		return;
	/* The address of a first member, not of what is around it. */
	if (declared && is_aggregate(declared) && !declared->is_declaration &&
	    (!is_aggregate(type) || holds(miner, declared, 0, type) ||
	     cw_spots_is_prefix(&miner->spots, type, declared)))
		return;
	cw_tally_pair(&miner->tally, CW_TALLY_PUT, origin, type->id, miner->pc);
}

void cw_miner_put(struct cw_miner *miner, const struct cw_word *value,
		  uint32_t origin, const struct cw_type *declared)
{
	for (uint32_t i = 0; i < value->num; i++) {
		const struct cw_fact *fact = &value->facts[i];
		if (fact->kind == CW_FACT_CODE)
			cw_tally_pair(&miner->tally, CW_TALLY_CODE, origin,
				      fact->number, miner->pc);
		if (fact->is_indexed)
			continue;
		if (fact->kind == CW_FACT_TYPE)
			put_type(miner, fact, origin, declared);
		if (fact->kind != CW_FACT_ORIGIN || fact->delta ||
		    fact->number == origin)
			continue;
		cw_tally_pair(&miner->tally, CW_TALLY_FLOW, fact->number,
			      origin, miner->pc);
		if (declared)
			use(miner, fact, declared);
	}
}

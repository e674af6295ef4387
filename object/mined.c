#include "object/mined.h"

#include "base/memory.h"
#include "object/cohort.h"
#include "object/held.h"
#include "object/interior.h"
#include "object/learning.h"
#include "object/open_pointer.h"

enum {
	STEP = 4096,
	MAX_OPEN = 1 << 24,
	MAX_ROUNDS = 16,
	NEAR = 6, /* blocks, as they are asked for */
};

struct mined {
	struct cw_walk walk;
	struct cw_spread *spread;
	struct cw_typing *typing;
	struct cw_vagues vagues;
	struct cw_cohorts cohorts;
	struct cw_helds helds;
	struct cw_settling settling;
	CW_ARRAY(struct cw_open_pointer) open;
	bool is_variable;
	/* Of what is being walked. */
	enum cw_confidence confidence;
	bool is_local;
};

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

static void pointer_open(struct mined *mined,
			 const struct cw_open_pointer *pointer)
{
	if (mined->open.num < MAX_OPEN)
		*cw_array_push(&mined->open) = *pointer;
}

static void element_open(void *context, struct cw_vague *vague, cw_addr slot,
			 cw_addr target)
{
	struct mined *mined = context;
	struct cw_open_pointer pointer = {
		.vague = vague,
		.slot = slot,
		.target = target,
		.confidence = mined->confidence,
		.is_local = mined->is_local,
	};

	pointer_open(mined, &pointer);
}

/* Tables that nobody leads to who has a type. */
static void tables_open(struct mined *mined)
{
	mined->confidence = CW_CONFIDENCE_DERIVED;
	mined->is_local = false;
	cw_helds_rest(&mined->helds);
}

static void pointer_look(struct cw_walk *walk, const struct cw_layout *layout,
			 const struct cw_slot *slot, cw_addr slot_address,
			 uint64_t word)
{
	struct mined *mined = (struct mined *)walk;
	uint64_t granule = cw_block_index_granule(mined->typing->index, word);

	if (granule == CW_NO_GRANULE)
		return;
	if (cw_helds_meet(&mined->helds, layout, slot, slot_address,
			  mined->is_variable, word))
		return;
	struct cw_vague *vague =
		cw_vague_of(&mined->vagues, layout, slot,
			    mined->is_variable ? slot_address : 0);
	struct cw_vague *held =
		mined->is_variable ? NULL
				   : cw_helds_of_node(&mined->helds, layout,
						      slot, walk->object);
	if (!vague && !held)
		return;
	struct cw_open_pointer pointer = {
		.vague = held ? held : vague,
		.wider = held ? vague : NULL,
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
	if (must_wait ||
	    !cw_open_pointer_settle(&mined->settling, &pointer, CW_NO_DOUBT))
		pointer_open(mined, &pointer);
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
static struct cw_error *open_settle(struct mined *mined, enum cw_doubt doubt,
				    bool *ret_some)
{
	size_t kept = 0, num = mined->open.num;

	for (size_t i = 0; i < num; i++) {
		struct cw_open_pointer pointer = mined->open.items[i];
		struct cw_error *err = NULL;
		if (i % STEP == 0)
			err = cw_progress_step(mined->spread->progress, i);
		if (err)
			return err;
		if (cw_open_pointer_settle(&mined->settling, &pointer, doubt))
			*ret_some = true;
		else
			mined->open.items[kept++] = pointer;
	}
	mined->open.num = kept;
	return cw_spread_run(mined->spread);
}

static struct cw_error *round_run(struct mined *mined, enum cw_doubt doubt,
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

	for (enum cw_doubt doubt = CW_NO_DOUBT; doubt < CW_MUCH_DOUBT;
	     doubt++) {
		bool is_some = true;
		if (doubt > CW_NO_DOUBT)
			tables_open(mined);
		for (unsigned i = 0; !err && is_some && i < MAX_ROUNDS; i++) {
			is_some = false;
			err = round_run(mined, doubt, i == 0, &is_some);
		}
	}
	bool is_some;
	return err ? err : round_run(mined, CW_MUCH_DOUBT, true, &is_some);
}

struct cw_error *cw_mined_spread(struct cw_spread *spread,
				 const struct cw_evidence *evidence)
{
	struct mined mined = {.spread = spread, .typing = spread->typing};

	mined.settling = (struct cw_settling){
		.typing = spread->typing,
		.spread = spread,
		.vagues = &mined.vagues,
	};
	struct cw_error *err =
		cw_vagues_init(&mined.vagues, spread->typing, evidence);
	cw_cohorts_init(&mined.cohorts, spread, &mined.vagues);
	if (!err)
		err = cw_helds_init(&mined.helds, &mined.vagues,
				    spread->progress);
	mined.helds.element = element_open;
	mined.helds.context = &mined;
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
	cw_helds_deinit(&mined.helds);
	cw_walk_deinit(&mined.walk);
	cw_array_deinit(&mined.open);
	cw_vagues_deinit(&mined.vagues);
	return err;
}

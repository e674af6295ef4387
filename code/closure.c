#include "code/closure.h"

#include <string.h>

#include "base/bits.h"
#include "base/memory.h"

enum {
	MAX_REACH = 1 << 12, /* origins from one */
	MAX_DEPTH = 12,
	MAX_CONCLUSIONS = 1 << 23,
	/* A field used as more types than these says nothing of others. */
	MAX_TYPES_TO_SPREAD = 2,
	ROUNDS = 2,
	/* Of what is passed to more places than these, or from farther away,
	 * it is not known what it holds. */
	MAX_HOLDERS = 32,
	MAX_HOLDER_DEPTH = 3,
};

/* For each number the numbers that it leads to: lists[first[n]..]. */
struct adjacency {
	uint32_t *first; /* num + 1 of them */
	uint32_t *others;
	uint32_t num;
};

static void adjacency_deinit(struct adjacency *adjacency)
{
	free(adjacency->first);
	free(adjacency->others);
}

static uint32_t end_of(const struct cw_tally_entry *entry, bool is_reverse,
		       bool wants_from)
{
	return is_reverse == wants_from ? entry->to : entry->from;
}

static void adjacency_init(struct adjacency *adjacency, uint32_t num,
			   const struct cw_tally_entry *entries,
			   size_t num_entries, bool is_reverse)
{
	*adjacency = (struct adjacency){
		.first = cw_alloc((num + 2) * sizeof(uint32_t)),
		.others = cw_alloc((num_entries + 1) * sizeof(uint32_t)),
		.num = num,
	};
	/* Counted one further on, so that filling moves them into place. */
	for (size_t i = 0; i < num_entries; i++)
		adjacency->first[end_of(&entries[i], is_reverse, true) + 2]++;
	for (uint32_t i = 2; i < num + 2; i++)
		adjacency->first[i] += adjacency->first[i - 1];
	for (size_t i = 0; i < num_entries; i++) {
		uint32_t from = end_of(&entries[i], is_reverse, true);
		adjacency->others[adjacency->first[from + 1]++] =
			end_of(&entries[i], is_reverse, false);
	}
}

/* A walk from one origin along the flow, or against it. */
struct walk {
	const struct cw_origins *origins;
	struct adjacency adjacency;
	uint64_t *met; /* bits */
	uint32_t reached[MAX_REACH];
	uint8_t depths[MAX_REACH];
	uint32_t num;
};

static void walk_init(struct walk *walk, const struct cw_miner *miner,
		      bool is_reverse)
{
	uint32_t num = miner->origins.all.num;

	walk->origins = &miner->origins;
	walk->num = 0;
	walk->met = cw_alloc(cw_bits_words(num) * 8);
	adjacency_init(&walk->adjacency, num,
		       miner->tally.pairs[CW_TALLY_FLOW].entries.items,
		       miner->tally.pairs[CW_TALLY_FLOW].entries.num,
		       is_reverse);
}

static void walk_deinit(struct walk *walk)
{
	adjacency_deinit(&walk->adjacency);
	free(walk->met);
}

static bool is_passed_on(const struct cw_origins *origins, uint32_t number)
{
	const struct cw_origin *origin = &origins->all.items[number];

	if (origin->kind == CW_ORIGIN_ELEMENT &&
	    origins->all.items[origin->key].kind == CW_ORIGIN_HELD)
		origin = &origins->all.items[origin->key];
	while (origin->kind == CW_ORIGIN_HELD)
		origin = &origins->all.items[origin->key];
	switch (origin->kind) {
	case CW_ORIGIN_PARAMETER:
	case CW_ORIGIN_RESULT:
	case CW_ORIGIN_CALLED_PARAMETER:
	case CW_ORIGIN_CALLED_RESULT:
		return true;
	default:
		return false;
	}
}

/* Fills reached[] with @start and what can be reached from it. */
static void walk_from(struct walk *walk, uint32_t start)
{
	walk->reached[0] = start;
	walk->depths[0] = 0;
	walk->num = 1;
	cw_bit_set(walk->met, start);
	for (uint32_t i = 0; i < walk->num; i++) {
		uint32_t from = walk->reached[i];
		if (walk->depths[i] == MAX_DEPTH ||
		    (i > 0 && !is_passed_on(walk->origins, from)))
			continue;
		for (uint32_t j = walk->adjacency.first[from];
		     j < walk->adjacency.first[from + 1] &&
		     walk->num < MAX_REACH;
		     j++) {
			uint32_t to = walk->adjacency.others[j];
			if (cw_bit_test(walk->met, to))
				continue;
			cw_bit_set(walk->met, to);
			walk->depths[walk->num] = walk->depths[i] + 1;
			walk->reached[walk->num++] = to;
		}
	}
	for (uint32_t i = 0; i < walk->num; i++)
		cw_bit_clear(walk->met, walk->reached[i]);
}

/* A call through @through may be one of @routine. */
static void called_note(struct cw_miner *miner, uint32_t through,
			const struct cw_routine *routine)
{
	struct cw_tally *tally = &miner->tally;
	uint32_t from = cw_origin_find(&miner->origins, CW_ORIGIN_RESULT,
				       routine->entry, 0);
	uint32_t to = cw_origin_find(&miner->origins, CW_ORIGIN_CALLED_RESULT,
				     through, 0);

	if (from && to)
		cw_tally_pair(tally, CW_TALLY_FLOW, from, to, 0);
	for (unsigned i = 0; i < CW_NUM_ARGUMENTS; i++) {
		const struct cw_type *declared =
			routine->signature.parameters[i];
		from = cw_origin_find(&miner->origins,
				      CW_ORIGIN_CALLED_PARAMETER, through, i);
		to = cw_origin_find(&miner->origins, CW_ORIGIN_PARAMETER,
				    routine->entry, i);
		if (!from || !to || !declared)
			continue;
		cw_tally_pair(tally, CW_TALLY_FLOW, from, to, 0);
		if (!cw_pointee_is_generic(declared))
			cw_tally_pair(tally, CW_TALLY_USE, from, declared->id,
				      routine->entry);
	}
}

/* Finds out what calls through pointers call. */
static void calls_resolve(struct cw_miner *miner)
{
	struct walk *walk = cw_alloc(sizeof(*walk));
	size_t num = miner->tally.pairs[CW_TALLY_CODE].entries.num;

	walk_init(walk, miner, false);
	cw_tally_next_function(&miner->tally);
	for (size_t i = 0; i < num; i++) {
		struct cw_tally_entry entry =
			miner->tally.pairs[CW_TALLY_CODE].entries.items[i];
		walk_from(walk, entry.from);
		for (uint32_t j = 0; j < walk->num; j++)
			called_note(miner, walk->reached[j],
				    &miner->routines.all.items[entry.to]);
	}
	walk_deinit(walk);
	free(walk);
}

/* What @kind of thing of one is that of the other, too. */
static void both_flow(struct cw_miner *miner, enum cw_origin_kind kind,
		      uint32_t one, uint32_t other, unsigned number)
{
	struct cw_origin origin = {.kind = kind, .number = number, .key = one};
	uint32_t here = cw_origin_find(&miner->origins, kind, one, number);
	uint32_t there = cw_origin_find(&miner->origins, kind, other, number);

	if (!here && !there)
		return;
	here = cw_origin_note(&miner->origins, origin);
	origin.key = other;
	there = cw_origin_note(&miner->origins, origin);
	cw_tally_pair(&miner->tally, CW_TALLY_FLOW, here, there, 0);
	cw_tally_pair(&miner->tally, CW_TALLY_FLOW, there, here, 0);
	if (kind == CW_ORIGIN_HELD)
		both_flow(miner, CW_ORIGIN_ELEMENT, here, there, 0);
}

/* The places that a container is passed to or comes from. */
struct holders {
	struct adjacency to, from;
	uint32_t items[MAX_HOLDERS];
	uint32_t num;
};

static bool is_holder(const struct holders *holders, uint32_t number)
{
	for (uint32_t i = 0; i < holders->num; i++)
		if (holders->items[i] == number)
			return true;
	return false;
}

/* False: they are too many. */
static bool neighbours_add(struct holders *holders,
			   const struct adjacency *adjacency, uint32_t of)
{
	for (uint32_t i = adjacency->first[of]; i < adjacency->first[of + 1];
	     i++) {
		if (is_holder(holders, adjacency->others[i]))
			continue;
		if (holders->num == MAX_HOLDERS)
			return false;
		holders->items[holders->num++] = adjacency->others[i];
	}
	return true;
}

static bool holders_find(struct holders *holders, uint32_t container)
{
	uint32_t done = 0;

	holders->items[0] = container;
	holders->num = 1;
	for (int depth = 0; depth < MAX_HOLDER_DEPTH; depth++)
		for (uint32_t end = holders->num; done < end; done++) {
			uint32_t holder = holders->items[done];
			if (!neighbours_add(holders, &holders->to, holder) ||
			    !neighbours_add(holders, &holders->from, holder))
				return false;
		}
	return true;
}

/* A container goes from one place to another with all that it holds. */
static void helds_flow(struct cw_miner *miner)
{
	const struct cw_origins *origins = &miner->origins;
	const struct cw_tally_entry *flows =
		miner->tally.pairs[CW_TALLY_FLOW].entries.items;
	size_t num_flows = miner->tally.pairs[CW_TALLY_FLOW].entries.num;
	uint32_t num = origins->all.num;
	struct holders *holders = cw_alloc(sizeof(*holders));

	adjacency_init(&holders->to, num, flows, num_flows, false);
	adjacency_init(&holders->from, num, flows, num_flows, true);
	cw_tally_next_function(&miner->tally);
	for (uint32_t i = 1; i < num; i++) {
		struct cw_origin held = origins->all.items[i];
		if (held.kind != CW_ORIGIN_HELD ||
		    !holders_find(holders, held.key))
			continue;
		for (uint32_t j = 1; j < holders->num; j++)
			both_flow(miner, CW_ORIGIN_HELD, held.key,
				  holders->items[j], held.number);
	}
	adjacency_deinit(&holders->to);
	adjacency_deinit(&holders->from);
	free(holders);
}

static void conclude(struct cw_conclusions *conclusions, uint32_t origin,
		     uint32_t type, uint32_t num_direct, uint32_t num_indirect)
{
	if (conclusions->all.num < MAX_CONCLUSIONS)
		*cw_array_push(&conclusions->all) = (struct cw_conclusion){
			.origin = origin,
			.type = type,
			.num_direct = num_direct,
			.num_indirect = num_indirect,
		};
}

static int compare_conclusions(const void *left, const void *right)
{
	const struct cw_conclusion *a = left, *b = right;

	if (a->origin != b->origin)
		return a->origin < b->origin ? -1 : 1;
	return (a->type > b->type) - (a->type < b->type);
}

static void conclusions_unite(struct cw_conclusions *conclusions)
{
	struct cw_conclusion *all = conclusions->all.items;
	size_t kept = 0;

	if (conclusions->all.num == 0)
		return;
	qsort(all, conclusions->all.num, sizeof(*all), compare_conclusions);
	for (size_t i = 0; i < conclusions->all.num; i++) {
		if (kept == 0 ||
		    compare_conclusions(&all[kept - 1], &all[i]) != 0) {
			all[kept++] = all[i];
			continue;
		}
		all[kept - 1].num_direct += all[i].num_direct;
		all[kept - 1].num_indirect += all[i].num_indirect;
	}
	conclusions->all.num = kept;
}

/* What it is declared to be says nothing new. */
static bool is_declared(const struct cw_miner *miner, uint32_t origin,
			uint32_t type)
{
	const struct cw_type *declared =
		miner->origins.all.items[origin].declared;

	return declared && declared->id == type;
}

/*
 * Takes what was seen of each origin to those behind it (puts) or before it
 * (uses).
 */
static struct cw_error *spread(struct cw_miner *miner, enum cw_tally_kind kind,
			       struct cw_progress *progress,
			       struct cw_conclusions *conclusions)
{
	const struct cw_tally_entry *entries =
		miner->tally.pairs[kind].entries.items;
	size_t num = miner->tally.pairs[kind].entries.num;
	uint32_t *num_types =
		cw_alloc(miner->origins.all.num * sizeof(uint32_t));
	struct walk *walk = cw_alloc(sizeof(*walk));
	struct cw_error *err = NULL;

	walk_init(walk, miner, kind == CW_TALLY_USE);
	for (size_t i = 0; i < num; i++)
		num_types[entries[i].from]++;
	cw_progress_begin(progress, "weighing evidence", num);
	for (size_t i = 0; i < num && !err; i++) {
		const struct cw_tally_entry *entry = &entries[i];
		conclude(conclusions, entry->from, entry->to, entry->num, 0);
		err = cw_progress_step(progress, i);
		/* Words of all kinds are one there. */
		if (miner->origins.all.items[entry->from].kind ==
		    CW_ORIGIN_BYTES)
			continue;
		if (!is_passed_on(&miner->origins, entry->from) &&
		    num_types[entry->from] > MAX_TYPES_TO_SPREAD)
			continue;
		walk_from(walk, entry->from);
		for (uint32_t j = 1; j < walk->num; j++)
			if (!is_declared(miner, walk->reached[j], entry->to))
				conclude(conclusions, walk->reached[j],
					 entry->to, 0, entry->num);
	}
	walk_deinit(walk);
	free(walk);
	free(num_types);
	return err;
}

/* What is known of a field of a type is known of the member's own type, too. */
static void conclude_within(struct cw_miner *miner,
			    struct cw_conclusions *conclusions)
{
	size_t num = conclusions->all.num;

	for (size_t i = 0; i < num; i++) {
		struct cw_conclusion of = conclusions->all.items[i];
		const struct cw_origin *origin =
			&miner->origins.all.items[of.origin];
		if (origin->kind != CW_ORIGIN_FIELD)
			continue;
		const struct cw_type *type =
			cw_debug_type(miner->debug, origin->key >> 32);
		const struct cw_spot *spot =
			cw_spot_at(&miner->spots, type, (uint32_t)origin->key);
		for (uint32_t j = 1; spot && j < spot->num_levels; j++) {
			struct cw_origin inner = {
				.kind = CW_ORIGIN_FIELD,
				.key = (uint64_t)spot->levels[j].type->id
					       << 32 |
				       spot->levels[j].offset,
				.declared = spot->pointee,
			};
			conclude(conclusions,
				 cw_origin_note(&miner->origins, inner),
				 of.type, of.num_direct, of.num_indirect);
		}
	}
}

/* Parameters that have a type are what they are. */
static void conclude_declared(const struct cw_miner *miner,
			      struct cw_conclusions *conclusions)
{
	for (uint32_t i = 1; i < miner->origins.all.num; i++) {
		const struct cw_origin *origin = &miner->origins.all.items[i];
		if (origin->kind == CW_ORIGIN_PARAMETER && origin->declared &&
		    !cw_pointee_is_generic(origin->declared) &&
		    origin->declared->kind != CW_TYPE_FUNCTION)
			conclude(conclusions, i, origin->declared->id, 1, 0);
	}
}

struct cw_error *cw_closure_draw(struct cw_miner *miner,
				 struct cw_progress *progress,
				 struct cw_conclusions *ret)
{
	/* What a function called through a pointer is given may be called. */
	for (int i = 0; i < ROUNDS; i++)
		calls_resolve(miner);
	helds_flow(miner);
	struct cw_error *err = spread(miner, CW_TALLY_USE, progress, ret);
	if (!err)
		err = spread(miner, CW_TALLY_PUT, progress, ret);
	if (err)
		return err;
	conclude_declared(miner, ret);
	conclusions_unite(ret);
	conclude_within(miner, ret);
	conclusions_unite(ret);
	return NULL;
}

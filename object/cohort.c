#include "object/cohort.h"

#include <string.h>

#include "base/bits.h"
#include "base/memory.h"
#include "object/candidate.h"
#include "object/front.h"
#include "object/interior.h"
#include "object/kin.h"
#include "object/tally.h"

enum {
	STEP = 4096,
	MAX_COHORTS = 64,
	MAX_MEMBERS = 1 << 24,
	/* Looked at, of all values together and of each at least. */
	MAX_SAMPLES = 16384,
	MIN_SAMPLES = 64,
	MUCH_PERCENT = 50,
	/* A tag tells two types at least. */
	MIN_TYPES = 2,
	/* What is known of a header. */
	NOT_ASKED = 0,
	NO_COHORT,
	FIRST_COHORT,
};

void cw_cohorts_init(struct cw_cohorts *cohorts, struct cw_spread *spread,
		     struct cw_vagues *vagues)
{
	*cohorts = (struct cw_cohorts){
		.spread = spread,
		.typing = spread->typing,
		.vagues = vagues,
	};
}

static uint64_t seen_size(const struct cw_cohorts *cohorts)
{
	return cw_bits_words(cohorts->typing->index->num_granules) * 8;
}

void cw_cohorts_deinit(struct cw_cohorts *cohorts)
{
	cw_array_foreach(cohort, &cohorts->items)
	{
		cw_bulk_free(cohort->seen, seen_size(cohorts));
		cw_array_deinit(&cohort->members);
	}
	cw_array_deinit(&cohorts->items);
	cw_array_deinit(&cohorts->by_header);
}

/* The smallest of a union's alternatives, which has what all have. */
static const struct cw_type *head_of(const struct cw_type *header)
{
	const struct cw_member *members;
	const struct cw_type *head = NULL;

	if (header->kind != CW_TYPE_UNION)
		return header;
	size_t num = cw_type_members(header, &members);
	for (size_t i = 0; i < num; i++) {
		const struct cw_type *type = cw_type_strip(members[i].type);
		if (cw_type_is_aggregate(type) &&
		    (!head || type->size < head->size))
			head = type;
	}
	return head;
}

/* A number of several bytes may be several: flags and a kind. */
static void bytes_add(struct cw_cohort *cohort)
{
	uint32_t num = cohort->num_tags;

	for (uint32_t i = 0; i < num; i++) {
		struct cw_tag tag = cohort->tags[i];
		uint32_t num_bytes = tag.bit_size / 8;
		if (tag.bit_offset > 0 || tag.bit_size % 8 != 0 ||
		    num_bytes < 2)
			continue;
		tag.bit_size = 8;
		for (uint32_t k = 0; k < num_bytes; k++) {
			tag.bit_offset = 8 * k;
			if (cohort->num_tags < CW_MAX_TAGS)
				cohort->tags[cohort->num_tags++] = tag;
		}
	}
}

static bool cohort_make(struct cw_cohorts *cohorts,
			const struct cw_type *header, struct cw_cohort *ret)
{
	const struct cw_type *head =
		cw_type_is_aggregate(header) ? head_of(header) : NULL;

	if (!head || head->size < 8 || cohorts->items.num == MAX_COHORTS)
		return false;
	*ret = (struct cw_cohort){
		.vague = cw_vague_of_type(cohorts->vagues, header),
		.head = cw_layout_of(&cohorts->typing->layouts, head),
	};
	if (!ret->vague)
		return false;
	ret->num_tags = cw_tags_of(head, false, ret->tags, 0);
	bytes_add(ret);
	return ret->num_tags > 0;
}

static struct cw_cohort *cohort_of(struct cw_cohorts *cohorts,
				   const struct cw_type *header)
{
	while (cohorts->by_header.num <= header->id)
		*cw_array_push(&cohorts->by_header) = NOT_ASKED;

	uint32_t *number = &cohorts->by_header.items[header->id];
	if (*number == NOT_ASKED) {
		struct cw_cohort cohort;
		*number = NO_COHORT;
		if (cohort_make(cohorts, header, &cohort)) {
			*number = FIRST_COHORT + cohorts->items.num;
			*cw_array_push(&cohorts->items) = cohort;
		}
	}
	return *number == NO_COHORT
		       ? NULL
		       : &cohorts->items.items[*number - FIRST_COHORT];
}

/* False: it leads to no block, or to one that is something else. */
static bool may_be_member(const struct cw_typing *typing,
			  const struct cw_cohort *cohort, cw_addr address)
{
	struct cw_block block;

	if (address % 8 != 0 ||
	    !cw_heap_block_at(typing->heap, address, &block) ||
	    block.state != CW_BLOCK_USED)
		return false;
	uint32_t number = cw_block_index_block(typing->index, block.granule);
	uint64_t offset = address - block.address;
	const struct cw_type *known =
		cw_typing_type(typing, typing->types[number]);
	if (offset + cohort->head->type->size > block.size)
		return false;
	if (!known || offset < typing->headers[number] ||
	    typing->facts[number].provenance == CW_PROVENANCE_CODE)
		return true;
	return cw_type_agrees(known, cohort->vague->declared,
			      offset - typing->headers[number]);
}

static void member_add(struct cw_cohorts *cohorts, struct cw_cohort *cohort,
		       const struct cw_cohort_member *member)
{
	const struct cw_block_index *index = cohorts->typing->index;
	uint64_t granule = cw_block_index_granule(index, member->address);

	if (granule == CW_NO_GRANULE || cohort->members.num >= MAX_MEMBERS ||
	    (cohort->seen && cw_bit_test(cohort->seen, granule)) ||
	    !may_be_member(cohorts->typing, cohort, member->address))
		return;
	if (!cohort->seen) {
		cw_cleanup_error struct cw_error *err =
			cw_bulk_alloc(seen_size(cohorts), &cohort->seen);
		if (err)
			return;
	}
	cw_bit_set(cohort->seen, granule);
	*cw_array_push(&cohort->members) = *member;
}

bool cw_cohorts_note(struct cw_cohorts *cohorts, const struct cw_type *header,
		     const struct cw_cohort_member *member)
{
	const struct cw_typing *typing = cohorts->typing;
	struct cw_cohort *cohort = cohort_of(cohorts, header);

	if (!cohort)
		return false;
	size_t at = cohort->members.num;
	member_add(cohorts, cohort, member);
	for (; at < cohort->members.num; at++) {
		struct cw_cohort_member next = cohort->members.items[at];
		cw_addr object = next.address;
		for (uint32_t i = 0; i < cohort->head->num_slots; i++) {
			const struct cw_slot *slot = &cohort->head->slots[i];
			if (slot->target != header || slot->is_in_union)
				continue;
			next.holder = object + slot->offset;
			if (cw_target_read_word(typing->target, next.holder,
						&next.address))
				member_add(cohorts, cohort, &next);
		}
	}
	return true;
}

static void member_rate(struct cw_cohorts *cohorts,
			const struct cw_cohort *cohort, cw_addr address,
			struct cw_ratings *ret)
{
	const struct cw_vague *vague = cohort->vague;
	struct cw_block block;

	ret->num = 0;
	if (!cw_heap_block_at(cohorts->typing->heap, address, &block))
		return;
	for (uint32_t i = 0; i < vague->num_candidates; i++)
		if (vague->candidates[i].type != cohort->head->type)
			cw_candidate_rate_among(cohorts->typing,
						vague->candidates[i].type, i,
						&block, address, ret);
}

static void member_tally(struct cw_cohorts *cohorts,
			 const struct cw_cohort *cohort, cw_addr address,
			 struct cw_tally *tally)
{
	struct cw_ratings ratings;

	member_rate(cohorts, cohort, address, &ratings);
	cw_tally_add(tally, &ratings);
}

/* What one of the header's numbers tells. */
struct verdict {
	uint64_t num_explained; /* objects */
	unsigned num_types;
	uint32_t num[CW_NUM_TAG_VALUES];
	int16_t told[CW_NUM_TAG_VALUES]; /* candidate, or -1 */
};

/* How many of each value are to be looked at is returned. */
static uint32_t values_count(const struct cw_cohorts *cohorts,
			     const struct cw_cohort *cohort,
			     const struct cw_tag *tag, uint32_t *num)
{
	uint32_t value, num_values = 0;

	memset(num, 0, CW_NUM_TAG_VALUES * sizeof(*num));
	cw_array_foreach(member, &cohort->members)
	{
		if (cw_tag_read(cohorts->typing->target, tag, member->address,
				&value))
			num_values += num[value]++ == 0;
	}
	uint32_t each = num_values ? MAX_SAMPLES / num_values : 0;
	return each > MIN_SAMPLES ? each : MIN_SAMPLES;
}

static void verdict_add(const struct cw_cohort *cohort,
			const struct cw_tally *tally, uint32_t value,
			struct verdict *verdict)
{
	int told = cw_tally_decide(tally, cohort->vague->num_candidates);

	verdict->told[value] = told;
	if (told < 0)
		return;
	verdict->num_explained += (uint64_t)tally->num * tally->possible[told] /
				  tally->num_sampled;
	bool is_new = true;
	for (uint32_t i = 0; i < CW_NUM_TAG_VALUES && is_new; i++)
		is_new = i == value || verdict->told[i] != told;
	verdict->num_types += is_new;
}

static struct cw_error *tag_judge(struct cw_cohorts *cohorts,
				  const struct cw_cohort *cohort,
				  const struct cw_tag *tag,
				  struct cw_tally *tallies, struct verdict *ret)
{
	uint32_t *num = ret->num, value, seen[CW_NUM_TAG_VALUES] = {0};
	uint64_t num_done = 0;

	ret->num_explained = ret->num_types = 0;
	memset(ret->told, -1, sizeof(ret->told));
	uint32_t num_samples = values_count(cohorts, cohort, tag, num);
	memset(tallies, 0, CW_NUM_TAG_VALUES * sizeof(*tallies));
	cw_array_foreach(member, &cohort->members)
	{
		if (++num_done % STEP == 0) {
			struct cw_error *err = cw_progress_step(
				cohorts->spread->progress, num_done);
			if (err)
				return err;
		}
		if (!cw_tag_read(cohorts->typing->target, tag, member->address,
				 &value))
			continue;
		uint32_t step = num[value] / num_samples + 1;
		tallies[value].num = num[value];
		if (seen[value]++ % step == 0)
			member_tally(cohorts, cohort, member->address,
				     &tallies[value]);
	}
	for (value = 0; value < CW_NUM_TAG_VALUES; value++)
		if (num[value] > 0)
			verdict_add(cohort, &tallies[value], value, ret);
	return NULL;
}

static void verdict_keep(struct cw_cohorts *cohorts, struct cw_cohort *cohort,
			 const struct cw_tag *tag,
			 const struct verdict *verdict)
{
	struct cw_taggings *taggings = &cohorts->typing->taggings;
	const struct cw_vague *vague = cohort->vague;

	cohort->tagging = cw_taggings_place(taggings, vague->declared);
	cohort->tagging->tag = *tag;
	for (uint32_t i = 0; i < CW_NUM_TAG_VALUES; i++)
		cohort->tagging->told[i].type =
			verdict->told[i] < 0
				? 0
				: vague->candidates[verdict->told[i]].type->id;
	cw_taggings_note(taggings, cohort->tagging);
}

static struct cw_error *cohort_judge(struct cw_cohorts *cohorts,
				     struct cw_cohort *cohort)
{
	cw_cleanup_free struct cw_tally *tallies =
		cw_alloc(CW_NUM_TAG_VALUES * sizeof(*tallies));
	struct verdict best = {0}, verdict;
	uint32_t which = 0;

	for (uint32_t i = 0; i < cohort->num_tags; i++) {
		struct cw_error *err = tag_judge(
			cohorts, cohort, &cohort->tags[i], tallies, &verdict);
		if (err)
			return err;
		if (verdict.num_types < MIN_TYPES ||
		    verdict.num_explained <= best.num_explained)
			continue;
		best = verdict;
		which = i;
	}
	if (best.num_explained * 100 >
	    cohort->members.num * (uint64_t)MUCH_PERCENT)
		verdict_keep(cohorts, cohort, &cohort->tags[which], &best);
	return NULL;
}

/* The rating of what the tag tells; NULL: the object does not look like it. */
static const struct cw_rating *rating_of(const struct cw_ratings *ratings,
					 uint32_t type)
{
	for (uint32_t i = 0; i < ratings->num; i++)
		if (ratings->items[i].type->id == type)
			return &ratings->items[i];
	return NULL;
}

/* It looks much like something that no value of the tag tells. */
static bool is_other(const struct cw_cohorts *cohorts,
		     const struct cw_ratings *ratings)
{
	const struct cw_taggings *taggings = &cohorts->typing->taggings;

	for (uint32_t i = 0; i < ratings->num; i++)
		if (ratings->items[i].rank >= CW_RANK_EXACT &&
		    !cw_tagging_of_type(taggings, ratings->items[i].type))
			return true;
	return false;
}

static void member_type(struct cw_cohorts *cohorts,
			const struct cw_cohort *cohort,
			const struct cw_cohort_member *member)
{
	struct cw_typing *typing = cohorts->typing;
	const struct cw_told *told = cw_tagging_tell(
		cohort->tagging, typing->target, member->address);
	struct cw_ratings ratings;
	struct cw_block block;

	if (!told || !cw_heap_block_at(typing->heap, member->address, &block) ||
	    block.state != CW_BLOCK_USED)
		return;
	uint32_t number = cw_block_index_block(typing->index, block.granule);
	if (typing->types[number] == told->type)
		return;
	member_rate(cohorts, cohort, member->address, &ratings);
	const struct cw_rating *rating = rating_of(&ratings, told->type);
	if (!rating && is_other(cohorts, &ratings))
		return;
	struct cw_claim claim = {
		.type = cw_typing_type(typing, told->type),
		.id = told->type,
		.address = member->address,
		.live = CW_ALL_LIVE,
		.holder = member->holder,
		.declared = cohort->vague->declared->id,
		.confidence = CW_CONFIDENCE_DERIVED,
		.provenance = CW_PROVENANCE_TAG,
		.is_whole = rating && rating->is_whole,
		.is_local = member->is_local,
	};
	if (member->address != block.address)
		claim.storage = block.address;
	if (cw_front_is_start(typing, &block, member->address))
		cw_spread_claim(cohorts->spread, &claim);
	else
		cw_interior_note(cohorts->spread, &claim, &block);
}

struct cw_error *cw_cohorts_settle(struct cw_cohorts *cohorts)
{
	/* Cohorts come in while members are typed. */
	for (size_t i = 0; i < cohorts->items.num; i++) {
		struct cw_cohort cohort = cohorts->items.items[i];
		struct cw_error *err;
		if (cohort.num_judged == cohort.members.num)
			continue;
		err = cohort_judge(cohorts, &cohort);
		if (err)
			return err;
		cohort.num_judged = cohort.members.num;
		cohorts->items.items[i] = cohort;
		for (size_t k = 0; cohort.tagging && k < cohort.members.num;
		     k++)
			member_type(cohorts, &cohort, &cohort.members.items[k]);
		err = cw_spread_run(cohorts->spread);
		if (err)
			return err;
	}
	return NULL;
}

static bool is_told(const struct cw_cohorts *cohorts,
		    const struct cw_cohort_member *member, uint32_t told)
{
	const struct cw_typing *typing = cohorts->typing;
	const struct cw_type *type = cw_typing_type(typing, told);
	struct cw_block block;

	if (!cw_heap_block_at(typing->heap, member->address, &block))
		return false;
	uint32_t number = cw_block_index_block(typing->index, block.granule);
	const struct cw_type *known =
		cw_typing_type(typing, typing->types[number]);
	uint64_t offset = member->address - block.address;
	return known && offset >= typing->headers[number] &&
	       cw_type_agrees(known, type, offset - typing->headers[number]);
}

void cw_cohorts_count(struct cw_cohorts *cohorts)
{
	uint32_t value;

	cw_array_foreach(cohort, &cohorts->items)
	{
		struct cw_tagging *tagging = cohort->tagging;
		for (size_t i = 0; tagging && i < cohort->members.num; i++) {
			const struct cw_cohort_member *member =
				&cohort->members.items[i];
			if (!cw_tag_read(cohorts->typing->target, &tagging->tag,
					 member->address, &value))
				continue;
			struct cw_told *told = &tagging->told[value];
			told->num++;
			told->num_right += told->type &&
					   is_told(cohorts, member, told->type);
		}
	}
}

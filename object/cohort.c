#include "object/cohort.h"

#include <string.h>

#include "base/bits.h"
#include "base/memory.h"
#include "object/front.h"
#include "object/interior.h"
#include "object/kin.h"
#include "object/verdict.h"

enum {
	MAX_COHORTS = 64,
	MAX_MEMBERS = 1 << 24,
	MIN_ALTERNATIVES = 2,
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
	cw_map_init(&cohorts->by_union);
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
	cw_map_deinit(&cohorts->by_union);
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

static bool header_make(struct cw_cohorts *cohorts,
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

static struct cw_cohort *cohort_at(struct cw_cohorts *cohorts, uint32_t number)
{
	return number == NO_COHORT
		       ? NULL
		       : &cohorts->items.items[number - FIRST_COHORT];
}

static uint32_t cohort_add(struct cw_cohorts *cohorts,
			   const struct cw_cohort *cohort)
{
	*cw_array_push(&cohorts->items) = *cohort;
	return FIRST_COHORT + cohorts->items.num - 1;
}

static struct cw_cohort *cohort_of_header(struct cw_cohorts *cohorts,
					  const struct cw_type *header)
{
	struct cw_cohort cohort;

	while (cohorts->by_header.num <= header->id)
		*cw_array_push(&cohorts->by_header) = NOT_ASKED;

	uint32_t *number = &cohorts->by_header.items[header->id];
	if (*number == NOT_ASKED)
		*number = header_make(cohorts, header, &cohort)
				  ? cohort_add(cohorts, &cohort)
				  : NO_COHORT;
	return cohort_at(cohorts, *number);
}

/* Several objects are declared, of which one can be told. */
static bool has_alternatives(const struct cw_layout *layout,
			     const struct cw_slot *slot)
{
	const struct cw_slot *end = layout->slots + layout->num_slots;
	uint64_t offset = slot->offset;
	unsigned num = 0;

	for (; slot < end && slot->offset == offset; slot++)
		num += slot->is_in_union && slot->target->size > 0 &&
		       cw_type_is_aggregate(slot->target);
	return num >= MIN_ALTERNATIVES;
}

static struct cw_cohort *cohort_of_union(struct cw_cohorts *cohorts,
					 const struct cw_layout *layout,
					 const struct cw_slot *slot,
					 struct cw_vague *field)
{
	struct cw_cohort cohort = {
		.vague = field,
		.holder = layout,
		.offset = slot->offset,
		.num_tags = field->num_tags,
	};
	uint32_t *number =
		cw_map_place(&cohorts->by_union, field->id, NOT_ASKED);

	if (*number == NOT_ASKED) {
		memcpy(cohort.tags, field->tags, sizeof(field->tags));
		*number = field->num_tags > 0 && slot->count == 1 &&
					  cohorts->items.num < MAX_COHORTS &&
					  has_alternatives(layout, slot)
				  ? cohort_add(cohorts, &cohort)
				  : NO_COHORT;
	}
	return cohort_at(cohorts, *number);
}

static bool is_candidate(const struct cw_vague *vague,
			 const struct cw_type *type)
{
	for (uint32_t i = 0; i < vague->num_candidates; i++)
		if (vague->candidates[i].type == type)
			return true;
	return false;
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
	if (!cohort->head)
		return cw_front_is_start(typing, &block, address) &&
		       (!known ||
			typing->facts[number].provenance ==
				CW_PROVENANCE_CODE ||
			is_candidate(cohort->vague, known));
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
	struct cw_cohort *cohort = cohort_of_header(cohorts, header);

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
			if (!cw_target_read_word(typing->target, next.holder,
						 &next.address))
				continue;
			next.tagged = next.address;
			member_add(cohorts, cohort, &next);
		}
	}
	return true;
}

void cw_cohort_rate(struct cw_cohorts *cohorts, const struct cw_cohort *cohort,
		    cw_addr address, struct cw_ratings *ret)
{
	const struct cw_vague *vague = cohort->vague;
	struct cw_block block;

	ret->num = 0;
	if (!cw_heap_block_at(cohorts->typing->heap, address, &block))
		return;
	for (uint32_t i = 0; i < vague->num_candidates; i++) {
		const struct cw_type *type = vague->candidates[i].type;
		if (cohort->head && type == cohort->head->type)
			continue;
		struct cw_trial trial = {type, i, &block, address, false};
		if (cw_type_is_aggregate(type))
			cw_candidate_rate_among(cohorts->typing, &trial, ret);
		else if (!cohort->head)
			cw_candidate_rate(cohorts->typing, &trial, ret);
	}
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

static const struct cw_told *told_of(const struct cw_cohorts *cohorts,
				     const struct cw_cohort *cohort,
				     const struct cw_cohort_member *member)
{
	return cohort->tagging ? cw_tagging_tell(cohort->tagging,
						 cohorts->typing->target,
						 member->tagged)
			       : NULL;
}

static void member_type(struct cw_cohorts *cohorts,
			const struct cw_cohort *cohort,
			const struct cw_cohort_member *member)
{
	struct cw_typing *typing = cohorts->typing;
	const struct cw_told *told = told_of(cohorts, cohort, member);
	struct cw_ratings ratings;
	struct cw_block block;

	if (!told || !cw_heap_block_at(typing->heap, member->address, &block) ||
	    block.state != CW_BLOCK_USED)
		return;
	uint32_t number = cw_block_index_block(typing->index, block.granule);
	if (typing->types[number] == told->type)
		return;
	cw_cohort_rate(cohorts, cohort, member->address, &ratings);
	const struct cw_rating *rating = rating_of(&ratings, told->type);
	if (!rating && (!cohort->head || is_other(cohorts, &ratings)))
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
		.is_text = rating && rating->is_text,
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

void cw_cohorts_note_union(struct cw_cohorts *cohorts,
			   const struct cw_layout *layout,
			   const struct cw_slot *slot, struct cw_vague *field,
			   const struct cw_cohort_member *member)
{
	struct cw_cohort *cohort =
		cohort_of_union(cohorts, layout, slot, field);
	size_t num = cohort ? cohort->members.num : 0;

	if (!cohort)
		return;
	member_add(cohorts, cohort, member);
	if (cohort->members.num == num)
		return;
	if (told_of(cohorts, cohort, member))
		member_type(cohorts, cohort, member);
	else
		cohort->num_untold++;
}

/* Of a union only what comes in untold can change what is told. */
static bool is_judged(const struct cw_cohort *cohort)
{
	return cohort->head ? cohort->num_judged == cohort->members.num
			    : cohort->num_untold == 0;
}

struct cw_error *cw_cohorts_settle(struct cw_cohorts *cohorts)
{
	/* Cohorts come in while members are typed. */
	for (size_t i = 0; i < cohorts->items.num; i++) {
		struct cw_cohort cohort = cohorts->items.items[i];
		struct cw_error *err;
		if (is_judged(&cohort))
			continue;
		err = cw_cohort_judge(cohorts, &cohort);
		if (err)
			return err;
		cohort.num_judged = cohort.members.num;
		cohort.num_untold = 0;
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
		struct cw_tagging *tagging =
			cohort->head ? cohort->tagging : NULL;
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

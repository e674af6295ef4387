#include "object/learning.h"

enum {
	MAX_CHAIN = 64,
	/* Objects without doubt, before a tag's value says something. */
	ENOUGH_LEARNED = 20,
	PURE_PERCENT = 98,
	/* Instead of a candidate: all of them, and the one seen most. */
	ALL = CW_MAX_CANDIDATES,
	BEST,
};

/*
 * The block that the holder's chain of equal ones, or array, hangs on; or the
 * variable.
 */
static uint64_t container_of(struct cw_vagues *fields, cw_addr holder)
{
	struct cw_typing *typing = fields->typing;
	uint32_t first = 0, number;
	struct cw_block block;

	for (unsigned i = 0; i < MAX_CHAIN; i++) {
		number = cw_block_index_used(typing->index, holder);
		if (number == CW_NO_BLOCK &&
		    cw_heap_block_at(typing->heap, holder, &block))
			number = cw_block_index_block(typing->index,
						      block.granule);
		if (number == CW_NO_BLOCK) {
			/* No block's number: that would be small. */
			number = cw_hash_mix(holder) | CW_FIRST_NAMED;
			if (i > 0)
				fields->containers[first] = number + 1;
			return number;
		}
		const struct cw_type *type =
			cw_typing_type(typing, typing->types[number]);
		if (i == 0) {
			first = number;
		} else if (type && type->kind != CW_TYPE_POINTER &&
			   typing->types[number] != typing->types[first]) {
			fields->containers[first] = number + 1;
			return number;
		}
		uint32_t known = fields->containers[number];
		if (known) {
			fields->containers[first] = known;
			return known - 1;
		}
		holder = typing->holders[number];
	}
	return holder;
}

/* How often the tag had that value: of all, then of each candidate. */
static uint32_t *counts_of(const struct cw_vague *field, uint32_t tag,
			   uint32_t value)
{
	return field->learned + ((size_t)tag * CW_NUM_TAG_VALUES + value) *
					(1 + field->num_candidates);
}

static uint64_t container_key(const struct cw_vague *field, uint64_t container,
			      uint32_t which)
{
	return cw_hash_mix(cw_hash_mix((uint64_t)field->id << 32 | which) ^
			   container);
}

static uint32_t *container_place(struct cw_vagues *fields,
				 const struct cw_vague *field,
				 uint64_t container, uint32_t which)
{
	return cw_map_place(&fields->of_containers,
			    container_key(field, container, which), 0);
}

static uint32_t container_get(const struct cw_vagues *fields,
			      const struct cw_vague *field, uint64_t container,
			      uint32_t which)
{
	uint32_t value = 0;

	cw_map_get(&fields->of_containers,
		   container_key(field, container, which), &value);
	return value;
}

static void waiting_learn(struct cw_vagues *fields, struct cw_vague *field)
{
	struct cw_learned_run *run = &field->waiting;
	uint64_t container = run->container;

	if (run->num == 0)
		return;
	*container_place(fields, field, container, ALL) += run->num;
	uint32_t num = *container_place(fields, field, container, run->which) +=
		run->num;
	uint32_t best = container_get(fields, field, container, BEST);
	if (run->which != best &&
	    num > container_get(fields, field, container, best))
		*container_place(fields, field, container, BEST) = run->which;
	run->num = 0;
}

/*
 * What is in one table or list is mostly of one type.  Objects of one come one
 * behind the other, and wait to be counted together.
 */
static void container_learn(struct cw_vagues *fields, struct cw_vague *field,
			    uint64_t container, uint32_t which)
{
	struct cw_learned_run *run = &field->waiting;

	if (run->container != container || run->which != which) {
		waiting_learn(fields, field);
		*run = (struct cw_learned_run){container, which, 0};
	}
	run->num++;
}

void cw_vague_ask(const struct cw_vagues *fields, uint32_t block, bool is_near)
{
	const struct cw_typing *typing = fields->typing;

	__builtin_prefetch(&typing->holders[block]);
	__builtin_prefetch(&fields->containers[block]);
	if (!is_near)
		return;
	block = cw_block_index_used(typing->index, typing->holders[block]);
	if (block == CW_NO_BLOCK)
		return;
	__builtin_prefetch(&typing->types[block]);
	__builtin_prefetch(&fields->containers[block]);
}

void cw_vague_learn(struct cw_vagues *fields, struct cw_vague *field,
		    cw_addr holder, uint32_t which)
{
	const struct cw_target *target = fields->typing->target;
	size_t size = (size_t)field->num_tags * CW_NUM_TAG_VALUES *
		      (1 + field->num_candidates) * sizeof(*field->learned);
	uint32_t value;

	if (!field->learned)
		field->learned = cw_arena_alloc(&fields->arena, size);
	for (uint32_t i = 0; i < field->num_tags; i++) {
		if (!cw_tag_read(target, &field->tags[i], holder, &value))
			continue;
		uint32_t *counts = counts_of(field, i, value);
		counts[0]++;
		counts[1 + which]++;
	}
	container_learn(fields, field, container_of(fields, holder), which);
}

/* False: it speaks against what was told before. */
static bool tell(uint32_t all, uint32_t one, uint32_t which, int *told)
{
	if ((uint64_t)one * 100 <= (uint64_t)all * PURE_PERCENT)
		return true;
	bool is_other = *told >= 0 && *told != (int)which;
	*told = which;
	return !is_other;
}

static bool container_tell(struct cw_vagues *fields, struct cw_vague *field,
			   uint64_t container, int *told)
{
	waiting_learn(fields, field);
	uint32_t all = container_get(fields, field, container, ALL);
	if (all < ENOUGH_LEARNED)
		return true;
	uint32_t best = container_get(fields, field, container, BEST);
	return tell(all, container_get(fields, field, container, best), best,
		    told);
}

int cw_vague_tell(struct cw_vagues *fields, struct cw_vague *field,
		  cw_addr holder)
{
	const struct cw_target *target = fields->typing->target;
	int told = -1;
	uint32_t value;

	for (uint32_t i = 0; field->learned && i < field->num_tags; i++) {
		if (!cw_tag_read(target, &field->tags[i], holder, &value))
			continue;
		const uint32_t *counts = counts_of(field, i, value);
		if (counts[0] < ENOUGH_LEARNED)
			continue;
		for (uint32_t k = 0; k < field->num_candidates; k++)
			if (!tell(counts[0], counts[1 + k], k, &told))
				return -1;
	}
	return container_tell(fields, field, container_of(fields, holder),
			      &told)
		       ? told
		       : -1;
}

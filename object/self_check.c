#include "object/self_check.h"

#include <string.h>

#include "base/memory.h"
#include "object/check_plan.h"

enum {
	MAX_MISSES = 1 << 16, /* kept to be told; all are counted */
	MAX_VARIABLE_ELEMENTS = 4096,
	/* Objects after which what does not hold is not looked at again. */
	ENOUGH_TO_DROP = 32,
	ENOUGH_TO_LEARN = 8,
	/* Of so many objects one in so many may fail, and is told. */
	ENOUGH_TO_FAIL = 20,
	ONE_IN = 20,
	/* A count as large as this is no accident. */
	SURE_COUNT = 16,
	ENOUGH_VALUES = 3,
	MANY_POINTERS = 20,
	/* In percent: of pointers that contradict. */
	OFTEN = 10,
};

#define MAX_COUNTER (INT64_C(1) << 40)

/* An object whose counter is not what was found. */
struct miss {
	uint32_t relation;
	cw_addr address;
	int64_t expected, found;
};

struct checker {
	struct cw_typing *typing;
	struct cw_check_plans plans;
	CW_ARRAY(struct miss) misses;
};

/* --- Looking. */

static int64_t counter_read(const struct cw_relation *relation,
			    const unsigned char *bytes)
{
	unsigned unused = 64 - 8 * relation->counter_size;
	uint64_t value = 0;

	memcpy(&value, bytes + relation->counter, relation->counter_size);
	return (int64_t)(value << unused) >> unused;
}

static void relation_look(struct checker *checker, uint32_t number,
			  cw_addr address, const unsigned char *bytes)
{
	struct cw_relation *relation = &checker->plans.relations.items[number];
	int64_t counter, found = 0, difference;
	uint64_t word;

	if (relation->is_dropped)
		return;
	memcpy(&word, bytes + relation->slot, 8);
	counter = counter_read(relation, bytes);
	/* Nothing is right whatever the counter is for. */
	if (word == 0 && counter == 0)
		return;
	if (counter >= 0 && counter < MAX_COUNTER)
		found = cw_owned_count(&checker->plans.owned, relation->target,
				       relation->kind, word, counter);
	difference = counter - found;
	relation->num_seen++;
	if (counter > 1 || found > 1) {
		relation->num_large++;
		relation->num_large_right +=
			difference >= -1 && difference <= 1;
	}
	if (difference >= -1 && difference <= 1) {
		relation->num_by_difference[difference + 1]++;
		relation->values |= UINT64_C(1) << (cw_hash_mix(counter) & 63);
		if (counter > (int64_t)relation->largest)
			relation->largest = counter;
	}
	if (difference != 0 && checker->misses.num < MAX_MISSES)
		*cw_array_push(&checker->misses) =
			(struct miss){number, address, counter, found};
	if (relation->num_seen == ENOUGH_TO_DROP) {
		uint64_t best = 0;
		for (unsigned i = 0; i < CW_NUM_DIFFERENCES; i++)
			if (relation->num_by_difference[i] > best)
				best = relation->num_by_difference[i];
		relation->is_dropped = best * 2 < ENOUGH_TO_DROP;
	}
}

static void field_look(struct checker *checker, struct cw_checked_field *field,
		       cw_addr address, const unsigned char *bytes)
{
	struct cw_typing *typing = checker->typing;
	struct cw_block block;
	uint64_t word;

	memcpy(&word, bytes + field->offset, 8);
	if (cw_block_index_granule(typing->index, word) == CW_NO_GRANULE ||
	    !cw_heap_block_at(typing->heap, word, &block) ||
	    block.address != word || block.state != CW_BLOCK_USED)
		return;
	uint32_t number = cw_block_index_block(typing->index, block.granule);
	const struct cw_type *known =
		cw_typing_type(typing, typing->types[number]);
	if (!known || !cw_type_is_aggregate(known))
		return;
	field->num++;
	if (cw_owned_is_kin(&checker->plans.owned, known, field->type) ||
	    cw_owned_is_kin(&checker->plans.owned, field->type, known))
		return;
	if (field->num_wrong++ == 0)
		field->example = address;
}

static void members_look(struct checker *checker, const struct cw_type *type,
			 cw_addr address)
{
	uint32_t number = cw_check_plan_of(&checker->plans, type);
	const struct cw_check_plan plan = checker->plans.all.items[number];
	const unsigned char *bytes;

	if (plan.num_relations + plan.num_fields == 0)
		return;
	bytes = cw_target_bytes(checker->typing->target, address, type->size);
	if (!bytes)
		return;
	for (uint32_t i = 0; i < plan.num_relations; i++)
		relation_look(checker, plan.first_relation + i, address, bytes);
	for (uint32_t i = 0; i < plan.num_fields; i++)
		field_look(checker,
			   &checker->plans.fields.items[plan.first_field + i],
			   address, bytes);
}

static void object_look(struct checker *checker, const struct cw_type *type,
			cw_addr address)
{
	uint32_t number = cw_check_plan_of(&checker->plans, type);
	const struct cw_check_plan plan = checker->plans.all.items[number];

	members_look(checker, type, address);
	for (uint32_t i = 0; i < plan.num_inners; i++) {
		struct cw_check_inner inner =
			checker->plans.inners.items[plan.first_inner + i];
		members_look(checker, inner.type, address + inner.offset);
	}
}

static void variables_look(struct checker *checker)
{
	cw_array_foreach(object, &checker->typing->statics)
	{
		const struct cw_type *type =
			cw_type_strip(object->variable->type);
		uint64_t count = 1;
		if (type->kind == CW_TYPE_ARRAY && type->target) {
			count = type->count;
			type = cw_type_strip(type->target);
		}
		if (count > MAX_VARIABLE_ELEMENTS)
			count = MAX_VARIABLE_ELEMENTS;
		for (uint64_t i = 0; cw_type_is_aggregate(type) && i < count;
		     i++)
			object_look(checker, type,
				    object->address + i * type->size);
	}
}

static void block_look(void *context, const struct cw_block *block)
{
	struct checker *checker = context;
	struct cw_typing *typing = checker->typing;
	uint32_t number = cw_block_index_block(typing->index, block->granule);
	struct cw_facts facts = typing->facts[number];
	const struct cw_type *type =
		cw_typing_type(typing, typing->types[number]);
	uint64_t header = typing->headers[number], count = 1;

	if (!type || !cw_type_is_aggregate(type) || type->size == 0 ||
	    facts.confidence < CW_CONFIDENCE_DERIVED || facts.is_scattered)
		return;
	/* How many elements of a plain array live is not known. */
	if (facts.shape == CW_SHAPE_ARRAY)
		count = typing->live[number] == CW_ALL_LIVE
				? 0
				: typing->live[number];
	for (uint64_t i = 0; i < count; i++) {
		if (header + (i + 1) * type->size > block->size)
			break;
		object_look(checker, type,
			    block->address + header + i * type->size);
	}
}

/* --- What was learned. */

static unsigned best_difference(const struct cw_relation *relation)
{
	/* Of equals, the plain one. */
	unsigned best = 1;

	for (unsigned i = 0; i < CW_NUM_DIFFERENCES; i++)
		if (relation->num_by_difference[i] >
		    relation->num_by_difference[best])
			best = i;
	return best;
}

static uint64_t num_right(const struct cw_relation *relation)
{
	return relation->num_by_difference[best_difference(relation)];
}

/* Neither as all of them, nor plainly right. */
static uint64_t num_failed(const struct cw_relation *relation)
{
	uint64_t num = relation->num_seen - num_right(relation);

	return best_difference(relation) == 1
		       ? num
		       : num - relation->num_by_difference[1];
}

static bool is_learned(const struct cw_relation *relation)
{
	uint64_t num_wrong = relation->num_seen - num_right(relation);
	bool has_values = cw_bits_count(relation->values) >= ENOUGH_VALUES;
	bool is_sure = best_difference(relation) == 1 &&
		       relation->largest >= SURE_COUNT;

	/* Off by one is one way to count, and that of all of them. */
	uint64_t num_near = 0;
	for (unsigned i = 0; i < CW_NUM_DIFFERENCES; i++)
		num_near += relation->num_by_difference[i];
	if (relation->is_dropped || num_right(relation) == 0 ||
	    (num_near - num_right(relation)) * ONE_IN > num_near ||
	    (!has_values && !is_sure))
		return false;
	if (num_wrong == 0)
		return is_sure || relation->num_large >= ENOUGH_TO_LEARN;
	num_wrong = relation->num_large - relation->num_large_right;
	return relation->num_large >= ENOUGH_TO_FAIL &&
	       num_wrong * ONE_IN <= relation->num_large;
}

/* Of the pointers that a number may count, the one that it counts best. */
static bool is_chosen(const struct checker *checker, uint32_t number)
{
	const struct cw_relation *all = checker->plans.relations.items;
	const struct cw_relation *mine = &all[number];

	if (!is_learned(mine))
		return false;
	for (uint32_t i = 0; i < checker->plans.relations.num; i++) {
		if (all[i].type != mine->type ||
		    all[i].counter != mine->counter || i == number ||
		    !is_learned(&all[i]))
			continue;
		if (num_right(&all[i]) > num_right(mine) ||
		    (num_right(&all[i]) == num_right(mine) && i < number))
			return false;
	}
	return true;
}

static void failed_add(struct cw_self_check *check,
		       struct cw_failed_check failed)
{
	if (check->failed.num < CW_MAX_FAILED_CHECKS)
		*cw_array_push(&check->failed) = failed;
}

static void counters_conclude(const struct checker *checker,
			      struct cw_self_check *ret)
{
	cw_cleanup_free bool *is_told =
		cw_alloc(checker->plans.relations.num + 1);

	for (uint32_t i = 0; i < checker->plans.relations.num; i++) {
		const struct cw_relation *relation =
			&checker->plans.relations.items[i];
		is_told[i] = is_chosen(checker, i);
		if (!is_told[i])
			continue;
		ret->num_kinds++;
		ret->num_counters += relation->num_seen;
		ret->num_counters_hold += num_right(relation);
		ret->num_failed += num_failed(relation);
	}
	cw_array_foreach(miss, &checker->misses)
	{
		const struct cw_relation *relation =
			&checker->plans.relations.items[miss->relation];
		if (!is_told[miss->relation] ||
		    miss->expected - miss->found + 1 ==
			    (int64_t)best_difference(relation))
			continue;
		failed_add(ret, (struct cw_failed_check){
					.type = relation->type,
					.address = miss->address,
					.offset = relation->slot,
					.counter = relation->counter,
					.expected = miss->expected,
					.found = miss->found,
				});
	}
}

static void fields_conclude(const struct checker *checker,
			    struct cw_self_check *ret)
{
	cw_array_foreach(field, &checker->plans.fields)
	{
		if (field->num < MANY_POINTERS)
			continue;
		ret->num_fields++;
		if (field->num_wrong * 100 < field->num * OFTEN) {
			ret->num_fields_hold++;
			continue;
		}
		ret->num_failed++;
		failed_add(ret, (struct cw_failed_check){
					.type = field->holder,
					.address = field->example,
					.is_field = true,
					.offset = field->offset,
					.expected = field->num,
					.found = field->num_wrong,
				});
	}
}

struct cw_error *cw_self_check_run(struct cw_typing *typing,
				   struct cw_progress *progress,
				   struct cw_self_check *ret)
{
	struct checker checker = {.typing = typing};
	struct cw_error *err = cw_check_plans_init(&checker.plans, typing);

	*ret = (struct cw_self_check){0};
	if (!err) {
		variables_look(&checker);
		cw_progress_begin(progress, "checking counters",
				  typing->heap->count[CW_BLOCK_USED].blocks);
		err = cw_typing_each_used(typing, progress, block_look,
					  &checker);
	}
	if (!err) {
		counters_conclude(&checker, ret);
		fields_conclude(&checker, ret);
	}
	cw_check_plans_deinit(&checker.plans);
	cw_array_deinit(&checker.misses);
	return err;
}

void cw_self_check_deinit(struct cw_self_check *check)
{
	cw_array_deinit(&check->failed);
}

#include "object/audit.h"

#include <string.h>

#include "base/memory.h"
#include "object/extent.h"
#include "object/link.h"
#include "object/rc_block.h"
#include "object/static_storage.h"

enum { STEP = 4096 };

/* A block in a ring that carries a count. */
struct counted {
	cw_addr address;
	uint32_t group;
	uint64_t expected, found, num_unsure;
};

/* Where references are counted. */
struct count {
	struct cw_typed_visitor visitor;
	const struct cw_heap *heap;
	const struct cw_reach *reach;
	struct cw_typing *typing;
	struct cw_counters *counters;
	const struct cw_rings *rings;
	struct cw_progress *progress;
	CW_ARRAY(struct counted) items;
	struct cw_map by_address;
	/* What is being visited. */
	const struct cw_type *holder;
	cw_addr start;
};

const char *cw_audit_verdict_name(enum cw_audit_verdict verdict)
{
	static const char *const names[] = {
		[CW_AUDIT_NONE] = "none",
		[CW_AUDIT_PROVEN] = "proven",
		[CW_AUDIT_HELD] = "held",
		[CW_AUDIT_MISSING] = "missing release",
		[CW_AUDIT_EXCESSIVE] = "excessive release",
		[CW_AUDIT_UNSURE] = "unsure",
	};

	return names[verdict];
}

static bool read_counter(const struct cw_counter_place *place,
			 const unsigned char *bytes, uint64_t *ret)
{
	uint64_t value = 0;

	memcpy(&value, bytes + place->offset, place->size);
	/* A negative count is no count. */
	if (place->is_signed && value >> (place->size * 8 - 1))
		return false;
	*ret = value;
	return true;
}

static bool count_of(struct count *count, const struct cw_block *block,
		     uint64_t *ret)
{
	struct cw_typed_block typed;

	if (!cw_typing_of(count->typing, block, &typed) || !typed.type)
		return false;

	struct cw_object object = {
		.type = cw_type_strip(typed.type),
		.address = block->address + typed.header,
	};
	object.bytes = cw_target_bytes(count->heap->target, object.address,
				       object.type->size);
	if (!object.bytes)
		return false;
	struct cw_rules *rules = cw_typing_rules(count->typing);
	const struct cw_found_rule *found = cw_rules_find(rules, object.type);
	struct cw_reference_counts counts;
	if (found && found->rule->counts &&
	    found->rule->counts(&rules->context, found->plan, &object,
				&counts)) {
		*ret = counts.strong;
		return true;
	}
	struct cw_counter_place place;
	return cw_counter_of(count->counters, object.type, &place) &&
	       read_counter(&place, object.bytes, ret);
}

static void find_counted(struct count *count)
{
	const struct cw_rings *rings = count->rings;

	for (uint32_t i = 0; i < rings->groups.num; i++) {
		const struct cw_ring_group *group = &rings->groups.items[i];
		uint32_t first = rings->first[group->first_ring];
		uint32_t end = rings->first[group->first_ring + group->rings];

		for (uint32_t j = first; j < end; j++) {
			struct counted counted = {
				.address = rings->blocks[j],
				.group = i,
			};
			struct cw_block block;
			if (!cw_heap_block_at(count->heap, counted.address,
					      &block) ||
			    !count_of(count, &block, &counted.expected))
				continue;
			cw_map_set(&count->by_address, counted.address,
				   count->items.num);
			*cw_array_push(&count->items) = counted;
		}
	}
}

static struct counted *counted_at(struct count *count, uint64_t word)
{
	const struct cw_block_index *index = &count->heap->index;
	uint64_t granule = cw_pointer_used(index, word);
	uint32_t number;

	if (granule == CW_NO_GRANULE ||
	    !cw_map_get(&count->by_address,
			cw_block_index_address(index, granule), &number))
		return NULL;
	return &count->items.items[number];
}

static void reference_count(struct cw_typed_visitor *visitor,
			    const struct cw_typed_reference *reference)
{
	struct count *count = (struct count *)visitor;
	struct counted *counted = counted_at(count, reference->target);
	enum cw_ownership ownership = reference->ownership;

	if (!counted)
		return;
	if (ownership == CW_OWNERSHIP_UNKNOWN)
		ownership = cw_counters_tell(count->counters, count->holder,
					     reference->slot - count->start,
					     reference->type);
	if (ownership == CW_SHARES)
		counted->found++;
}

/* Words of a block whose type is not known. */
static void scan_untyped(struct count *count, const struct cw_block *block)
{
	const unsigned char *bytes = cw_target_bytes(
		count->heap->target, block->address, block->size);

	for (uint64_t i = 0; bytes && i + 8 <= block->size; i += 8) {
		uint64_t word;
		memcpy(&word, bytes + i, sizeof(word));
		struct counted *counted = counted_at(count, word);
		if (counted)
			counted->num_unsure++;
	}
}

static void visit_block(struct count *count, const struct cw_block *block)
{
	struct cw_typed_block typed;

	if (!cw_typing_of(count->typing, block, &typed) ||
	    typed.confidence < CW_CONFIDENCE_DERIVED || !typed.type) {
		scan_untyped(count, block);
		return;
	}
	count->holder = cw_type_strip(typed.type);
	count->start = block->address + typed.header;
	cw_typing_visit(count->typing, block, &count->visitor);
}

static void visit_variables(struct count *count)
{
	struct cw_rules *rules = cw_typing_rules(count->typing);
	struct cw_static_objects objects = {0};

	cw_static_objects_find(count->heap->target, rules->context.debug,
			       &objects);
	cw_array_foreach(object, &objects)
	{
		count->holder = cw_type_strip(object->variable->type);
		count->start = object->address;
		if (count->holder)
			cw_typing_visit_object(count->typing, count->holder,
					       object->address,
					       &count->visitor);
	}
	cw_array_deinit(&objects);
}

/* In a lost ring only what is lost too can hold a count. */
static struct cw_error *count_references(struct count *count, bool wants_all)
{
	struct cw_block_cursor cursor = cw_heap_blocks(count->heap);
	struct cw_block block;
	uint64_t num_seen = 0;

	cw_progress_begin(count->progress, "counting references",
			  count->heap->count[CW_BLOCK_USED].blocks);
	while (cw_block_cursor_next(&cursor, &block)) {
		if (++num_seen % STEP == 0) {
			struct cw_error *err =
				cw_progress_step(count->progress, num_seen);
			if (err)
				return err;
		}
		if (block.state != CW_BLOCK_USED ||
		    (!wants_all && cw_reach_has(count->reach, block.granule)))
			continue;
		visit_block(count, &block);
	}
	if (wants_all)
		visit_variables(count);
	return NULL;
}

static enum cw_audit_verdict settle(const struct cw_ring_audit *audit,
				    bool is_reachable, bool is_even)
{
	if (audit->num_counted == 0)
		return CW_AUDIT_NONE;
	if (is_even && audit->num_unsure > 0)
		return CW_AUDIT_UNSURE;
	if (is_even)
		return is_reachable ? CW_AUDIT_HELD : CW_AUDIT_PROVEN;
	/* Locals hold counts too, and are not looked at. */
	if (is_reachable && audit->culprit_expected > audit->culprit_found)
		return CW_AUDIT_HELD;
	if (audit->culprit_expected < audit->culprit_found)
		return CW_AUDIT_EXCESSIVE;
	return audit->num_unsure > 0 ? CW_AUDIT_UNSURE : CW_AUDIT_MISSING;
}

static void sum_up(const struct count *count, struct cw_audit *audit)
{
	cw_array_foreach(counted, &count->items)
	{
		struct cw_ring_audit *group = &audit->groups[counted->group];

		group->num_counted++;
		group->expected += counted->expected;
		group->found += counted->found;
		group->num_unsure += counted->num_unsure;
		if (counted->expected != counted->found && !group->culprit) {
			group->culprit = counted->address;
			group->culprit_expected = counted->expected;
			group->culprit_found = counted->found;
		}
	}
	for (uint32_t i = 0; i < audit->num_groups; i++)
		audit->groups[i].verdict =
			settle(&audit->groups[i],
			       count->rings->groups.items[i].is_reachable,
			       audit->groups[i].culprit == 0);
}

static void find_way(struct count *count, const struct cw_links *links,
		     const cw_addr *blocks, struct cw_arena *arena,
		     struct cw_ring_audit *ret)
{
	struct cw_labels labels = cw_typing_labels(count->typing);
	uint32_t num;
	const uint32_t *way = cw_links_way(links, CW_LINKS_OWNING, arena, &num);
	struct cw_ring_step *steps =
		cw_arena_alloc(arena, (num + 1) * sizeof(*steps));

	for (uint32_t i = 0; i < num; i++) {
		const struct cw_link *link = &links->items.items[way[i]];
		struct cw_block block;

		steps[i] = (struct cw_ring_step){
			.block = blocks[link->from],
			.offset = link->offset,
		};
		cw_target_read_word(count->heap->target,
				    steps[i].block + link->offset,
				    &steps[i].value);
		if (!cw_heap_block_at(count->heap, steps[i].block, &block))
			continue;
		steps[i].label = cw_label_of(&labels, &block);
		steps[i].size = block.size;
	}
	ret->steps = steps;
	ret->num_steps = num;
}

static struct cw_error *judge_ownership(struct count *count, uint32_t number,
					struct cw_arena *arena,
					struct cw_ring_audit *ret)
{
	const struct cw_rings *rings = count->rings;
	uint32_t ring = rings->groups.items[number].first_ring;
	struct cw_links links;
	bool is_sure = false, is_possible = false, is_seen = false;

	cw_links_init(&links, count->heap, count->typing, count->counters,
		      rings->blocks + rings->first[ring],
		      rings->first[ring + 1] - rings->first[ring]);
	struct cw_error *err =
		cw_links_lead_round(&links, CW_LINKS_OWNING, &is_sure);
	if (!err)
		err = cw_links_lead_round(&links, CW_LINKS_OWNING_OR_UNKNOWN,
					  &is_possible);
	if (!err)
		err = cw_links_lead_round(&links, CW_LINKS_ALL, &is_seen);
	/* A ring that types do not show goes through words they do not say. */
	ret->is_owning = is_sure		   ? CW_YES
			 : is_possible || !is_seen ? CW_UNKNOWN
						   : CW_NO;
	if (!err && is_sure)
		find_way(count, &links, rings->blocks + rings->first[ring],
			 arena, ret);
	cw_links_deinit(&links);
	return err;
}

/* Every ring of the group has a block whose words alone say that it counts. */
static void group_judge_words(const struct cw_rings *rings,
			      const struct cw_ring_group *group,
			      const struct cw_rc_blocks *blocks,
			      struct cw_ring_audit *ret)
{
	struct cw_ring_audit audit = {
		.is_owning = CW_YES,
		.verdict = CW_AUDIT_PROVEN,
	};

	for (uint32_t i = 0; i < group->rings; i++) {
		uint32_t ring = group->first_ring + i;
		uint32_t before = audit.num_counted;

		for (uint32_t j = rings->first[ring];
		     j < rings->first[ring + 1]; j++) {
			const struct cw_rc_block *block =
				cw_rc_block_at(blocks, rings->blocks[j]);
			if (!block)
				continue;
			audit.num_counted++;
			audit.expected += block->strong + block->weak - 1;
			audit.found += block->num_found;
		}
		if (audit.num_counted == before)
			return;
	}
	*ret = audit;
}

/* Lost rings whose blocks have no type that counts: Rust's, stripped. */
static struct cw_error *audit_by_words(struct count *count,
				       struct cw_audit *audit)
{
	const struct cw_rings *rings = count->rings;
	struct cw_rc_blocks blocks;
	bool is_wanted = false;

	for (uint32_t i = 0; i < audit->num_groups; i++)
		is_wanted |= audit->groups[i].verdict == CW_AUDIT_NONE &&
			     !rings->groups.items[i].is_reachable;
	if (!is_wanted)
		return NULL;
	struct cw_error *err = cw_rc_blocks_init(&blocks, count->heap,
						 count->reach, count->progress);
	if (err)
		return err;
	for (uint32_t i = 0; i < audit->num_groups; i++)
		if (audit->groups[i].verdict == CW_AUDIT_NONE &&
		    !rings->groups.items[i].is_reachable)
			group_judge_words(rings, &rings->groups.items[i],
					  &blocks, &audit->groups[i]);
	cw_rc_blocks_deinit(&blocks);
	return NULL;
}

static struct cw_error *audit_make(struct count *count, struct cw_audit *audit)
{
	bool wants_all = false;

	for (uint32_t i = 0; i < audit->num_groups; i++) {
		struct cw_error *err = judge_ownership(count, i, &audit->arena,
						       &audit->groups[i]);
		if (err)
			return err;
		wants_all |= count->rings->groups.items[i].is_reachable;
	}
	find_counted(count);
	if (count->items.num > 0) {
		struct cw_error *err = count_references(count, wants_all);
		if (err)
			return err;
	}
	sum_up(count, audit);
	return audit_by_words(count, audit);
}

struct cw_error *
cw_audit_create(const struct cw_heap *heap, const struct cw_reach *reach,
		struct cw_typing *typing, struct cw_counters *counters,
		const struct cw_rings *rings, struct cw_progress *progress,
		struct cw_audit **ret)
{
	struct count count = {
		.visitor.reference = reference_count,
		.heap = heap,
		.reach = reach,
		.typing = typing,
		.counters = counters,
		.rings = rings,
		.progress = progress,
	};
	struct cw_audit *audit = cw_alloc(sizeof(*audit));

	cw_arena_init(&audit->arena);
	audit->num_groups = rings->groups.num;
	audit->groups =
		cw_alloc((rings->groups.num + 1) * sizeof(*audit->groups));
	cw_map_init(&count.by_address);
	struct cw_error *err = audit_make(&count, audit);
	cw_map_deinit(&count.by_address);
	cw_array_deinit(&count.items);
	if (err) {
		cw_audit_destroy(audit);
		return cw_error_in(err, "the audit of rings");
	}
	*ret = audit;
	return NULL;
}

void cw_audit_destroy(struct cw_audit *audit)
{
	if (!audit)
		return;
	cw_arena_deinit(&audit->arena);
	free(audit->groups);
	free(audit);
}

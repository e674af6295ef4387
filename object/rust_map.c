/*
 * Hash maps and sets: hashbrown's RawTable, the same since rustc 1.36.
 *
 *	start           ctrl
 *	| … | 2 | 1 | 0 | one control byte a bucket | 16 more |
 *
 * Bucket i ends i elements below ctrl; the last 16 control bytes repeat the
 * first.  The number of buckets, a power of 2, is bucket_mask + 1; a table that
 * was never filled has mask 0 and constant control bytes.
 */
#include <inttypes.h>

#include "base/memory.h"
#include "object/rust.h"
#include "object/swiss_table.h"

enum {
	GROUP_SIZE = 16, /* of SSE2 */
	MAX_BUCKETS = 1 << 30,
};

struct table_plan {
	struct cw_rust_place ctrl, mask, items;
	const struct cw_type *element;
	uint64_t alignment;
	bool is_map;
};

/* "(K, V)", and V is not (). */
static bool is_pair(const struct cw_type *type)
{
	struct cw_rust_place first, second;
	const struct cw_member *members;

	return type->name && type->name[0] == '(' &&
	       cw_type_members(type, &members) == 2 &&
	       cw_rust_member(type, "__0", &first) &&
	       cw_rust_member(type, "__1", &second) && second.type->size > 0;
}

static bool table_prepare(const struct cw_rule_context *context,
			  const struct cw_type *type, const void **ret)
{
	struct table_plan plan;

	if (!cw_rust_is(type, "hashbrown", "RawTable") ||
	    !cw_rust_scalar(type, "table.ctrl", &plan.ctrl) ||
	    !cw_rust_scalar(type, "table.bucket_mask", &plan.mask) ||
	    !cw_rust_scalar(type, "table.items", &plan.items))
		return false;
	plan.element = cw_rust_argument(type, "T");
	if (!plan.element || plan.element->size == 0)
		return false;
	plan.alignment = cw_rust_alignment(plan.element);
	if (plan.alignment < GROUP_SIZE)
		plan.alignment = GROUP_SIZE;
	plan.is_map = is_pair(plan.element);
	*ret = cw_rust_keep(context, &plan);
	return true;
}

struct table {
	struct cw_swiss_table swiss;
	cw_addr start;
	uint64_t num_items, size;
};

static bool table_read(const struct cw_rule_context *context,
		       const struct table_plan *plan,
		       const struct cw_object *object, struct table *ret)
{
	uint64_t mask = cw_rust_number(&plan->mask, object);
	cw_addr ctrl = cw_rust_number(&plan->ctrl, object);
	uint64_t num_buckets = mask + 1, below;
	struct table table = {
		.swiss = {.num_slots = num_buckets,
			  .start = ctrl,
			  .stride = plan->element->size,
			  .goes_down = true},
		.num_items = cw_rust_number(&plan->items, object),
	};

	if (mask == 0 || mask >= MAX_BUCKETS || (mask & (mask + 1)) ||
	    table.num_items > mask ||
	    __builtin_mul_overflow(num_buckets, plan->element->size, &below))
		return false;
	below = cw_rust_align(below, plan->alignment);
	if (below > ctrl)
		return false;
	table.start = ctrl - below;
	table.size = below + num_buckets + GROUP_SIZE;
	table.swiss.control = cw_target_bytes(context->target, ctrl,
					      num_buckets + GROUP_SIZE);
	*ret = table;
	return table.swiss.control &&
	       cw_swiss_table_count(&table.swiss) == table.num_items;
}

static void table_visit(const struct cw_rule_context *context, const void *data,
			const struct cw_object *object,
			struct cw_part_visitor *visitor)
{
	const struct table_plan *plan = data;
	struct table table;

	if (!table_read(context, plan, object, &table))
		return;
	struct cw_part part = {
		.type = plan->element,
		.address = table.start,
		.slot = object->address + plan->ctrl.offset,
		.ownership = CW_OWNS,
		.storage = table.start,
		.storage_size = table.size,
		.is_element = true,
		.is_map_entry = plan->is_map,
	};
	cw_swiss_table_visit(&table.swiss, part, visitor);
}

static bool table_describe(const struct cw_rule_context *context,
			   const void *data, const struct cw_object *object,
			   struct cw_text *text)
{
	struct table table;

	if (!table_read(context, data, object, &table))
		return false;
	cw_text_addf(text, "%" PRIu64 " entr%s, %" PRIu64 " buckets",
		     table.num_items, table.num_items == 1 ? "y" : "ies",
		     table.swiss.num_slots);
	return true;
}

const struct cw_rule cw_rust_map_rules[] = {
	{"RawTable", table_prepare, table_visit, table_describe, NULL},
	{.name = NULL},
};

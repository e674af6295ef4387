/*
 * Channels since rustc 1.67, which are those of crossbeam too; and the custom
 * error within an io::Error.
 *
 * list::Block {next, slots}: a slot's message is there once it was written
 * (state & 1) and until it is read (state & 2).
 * array::Channel {buffer, mark_bit}: the message of slot i is there when its
 * stamp, without the lap, is i + 1.
 * io::Error: a word whose lowest two bits are 01 for a boxed Custom, one byte
 * before.
 */
#include <string.h>

#include "base/memory.h"
#include "object/rust.h"

enum {
	WRITTEN = 1,
	READ = 2,
	MAX_SLOTS = 1 << 24,
};

struct block_plan {
	struct cw_rust_place next, slots, state, message;
	const struct cw_type *slot;
};

static bool block_prepare(const struct cw_rule_context *context,
			  const struct cw_type *type, const void **ret)
{
	struct block_plan plan;

	if (!cw_rust_is(type, NULL, "list::Block") ||
	    !cw_rust_scalar(type, "next", &plan.next) ||
	    plan.next.type->kind != CW_TYPE_POINTER ||
	    !cw_rust_member(type, "slots", &plan.slots) ||
	    plan.slots.type->kind != CW_TYPE_ARRAY)
		return false;
	plan.slot = cw_type_strip(plan.slots.type->target);
	if (!cw_rust_scalar(plan.slot, "state", &plan.state) ||
	    !cw_rust_value(plan.slot, "msg", &plan.message))
		return false;
	*ret = cw_rust_keep(context, &plan);
	return true;
}

static void block_visit(const struct cw_rule_context *context, const void *data,
			const struct cw_object *object,
			struct cw_part_visitor *visitor)
{
	const struct block_plan *plan = data;
	uint64_t count = plan->slots.type->count;
	struct cw_part next = {
		.type = cw_type_strip(plan->next.type->target),
		.address = cw_rust_number(&plan->next, object),
		.count = 1,
		.slot = object->address + plan->next.offset,
		.ownership = CW_OWNS,
		.label = "next",
	};

	(void)context;
	if (next.address)
		visitor->part(visitor, &next);
	for (uint64_t i = 0; i < count; i++) {
		uint64_t offset = plan->slots.offset + i * plan->slot->size;
		struct cw_rust_place state = plan->state;
		struct cw_part part = {
			.type = plan->message.type,
			.address =
				object->address + offset + plan->message.offset,
			.count = 1,
			.is_element = true,
			.first_index = i,
		};
		state.offset += offset;
		uint64_t flags = cw_rust_number(&state, object);
		if (flags & WRITTEN && !(flags & READ) && part.type->size)
			visitor->part(visitor, &part);
	}
}

/* ---- array::Channel */

struct array_plan {
	struct cw_rust_place pointer, mark;
	const struct cw_type *slot;
	struct cw_rust_place stamp;
	struct cw_rust_wide wide;
	struct cw_rust_place wakers[2];
};

static bool array_prepare(const struct cw_rule_context *context,
			  const struct cw_type *type, const void **ret)
{
	struct array_plan plan;

	if (!cw_rust_is(type, NULL, "array::Channel") ||
	    !cw_rust_scalar(type, "buffer", &plan.pointer) ||
	    !cw_rust_wide_prepare(plan.pointer.type, &plan.wide) ||
	    !cw_rust_scalar(type, "mark_bit", &plan.mark) ||
	    !cw_rust_member(type, "senders", &plan.wakers[0]) ||
	    !cw_rust_member(type, "receivers", &plan.wakers[1]))
		return false;
	plan.slot = plan.wide.element;
	plan.wide.pointer.offset += plan.pointer.offset;
	plan.wide.second.offset += plan.pointer.offset;
	if (plan.slot->size == 0 ||
	    !cw_rust_scalar(plan.slot, "stamp", &plan.stamp))
		return false;
	*ret = cw_rust_keep(context, &plan);
	return true;
}

static void array_visit(const struct cw_rule_context *context, const void *data,
			const struct cw_object *object,
			struct cw_part_visitor *visitor)
{
	const struct array_plan *plan = data;
	uint64_t size = plan->slot->size;
	uint64_t count = cw_rust_number(&plan->wide.second, object);
	uint64_t mark = cw_rust_number(&plan->mark, object);
	struct cw_part part = {
		.type = plan->slot,
		.address = cw_rust_number(&plan->wide.pointer, object),
		.slot = object->address + plan->wide.pointer.offset,
		.ownership = CW_OWNS,
		.storage = cw_rust_number(&plan->wide.pointer, object),
		.storage_size = count * size,
		.is_element = true,
	};

	cw_rust_visit_inner(object, &plan->wakers[0], "senders", visitor);
	cw_rust_visit_inner(object, &plan->wakers[1], "receivers", visitor);
	if (count == 0 || count > MAX_SLOTS || mark <= count ||
	    (mark & (mark - 1)))
		return;
	const unsigned char *bytes =
		cw_target_bytes(context->target, part.storage, count * size);
	if (!bytes)
		return;
	visitor->part(visitor, &part);
	part.count = 1;
	for (uint64_t i = 0; i < count; i++) {
		uint64_t stamp;
		memcpy(&stamp, bytes + i * size + plan->stamp.offset, 8);
		if ((stamp & (mark - 1)) != i + 1)
			continue;
		part.address = part.storage + i * size;
		part.first_index = i;
		visitor->part(visitor, &part);
	}
}

/* Only those slots are visited whose message is there. */
static bool slot_prepare(const struct cw_rule_context *context,
			 const struct cw_type *type, const void **ret)
{
	struct cw_rust_place message;

	if (!cw_rust_is(type, NULL, "array::Slot") ||
	    !cw_rust_value(type, "msg", &message))
		return false;
	*ret = cw_rust_keep(context, &message);
	return true;
}

static void slot_visit(const struct cw_rule_context *context, const void *plan,
		       const struct cw_object *object,
		       struct cw_part_visitor *visitor)
{
	(void)context;
	cw_rust_visit_inner(object, plan, "msg", visitor);
}

/* ---- io::Error */

struct error_plan {
	struct cw_rust_place word;
	const struct cw_type *custom;
};

static bool error_prepare(const struct cw_rule_context *context,
			  const struct cw_type *type, const void **ret)
{
	struct error_plan plan = {0};
	const struct cw_type **found;

	if (!cw_rust_is(type, "std", "repr_bitpacked::Repr") ||
	    !cw_rust_scalar(type, "", &plan.word) || plan.word.type->size != 8)
		return false;
	size_t num = cw_debug_types_named(context->debug,
					  "std::io::error::Custom", &found);
	for (size_t i = 0; i < num && !plan.custom; i++)
		if (cw_type_strip(found[i])->size > 0)
			plan.custom = cw_type_strip(found[i]);
	*ret = cw_rust_keep(context, &plan);
	return plan.custom;
}

static void error_visit(const struct cw_rule_context *context, const void *data,
			const struct cw_object *object,
			struct cw_part_visitor *visitor)
{
	const struct error_plan *plan = data;
	uint64_t word = cw_rust_number(&plan->word, object);
	struct cw_part part = {
		.type = plan->custom,
		.address = word - 1,
		.count = 1,
		.slot = object->address + plan->word.offset,
		.ownership = CW_OWNS,
		.storage = word - 1,
		.storage_size = plan->custom->size,
		.label = "custom",
	};

	(void)context;
	if ((word & 3) == 1)
		visitor->part(visitor, &part);
}

const struct cw_rule cw_rust_channel_rules[] = {
	{"list::Block", block_prepare, block_visit, NULL, NULL},
	{"array::Channel", array_prepare, array_visit, NULL, NULL},
	{"array::Slot", slot_prepare, slot_visit, NULL, NULL},
	{"io::Error", error_prepare, error_visit, NULL, NULL},
	{.name = NULL},
};

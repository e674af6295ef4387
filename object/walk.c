#include "object/walk.h"

#include <string.h>

#include "base/memory.h"

enum {
	MAX_DEPTH = 64,
	/* Parts within one object still to be walked. */
	MAX_INNER = 1 << 16,
};

/*
 * Where an object that is in no memory seems to be meanwhile, so that rules'
 * parts have places of their own; nothing of the target is there.
 */
#define APART (UINT64_C(1) << 63)

static cw_addr place_told(const struct cw_walk *walk, cw_addr address)
{
	return walk->apart && address >= APART ? address - APART : address;
}

static const unsigned char *bytes_at(const struct cw_walk *walk,
				     cw_addr address, uint64_t size)
{
	if (!walk->apart || address < APART)
		return cw_target_bytes(walk->target, address, size);
	address -= APART;
	if (address > walk->apart_size || size > walk->apart_size - address)
		return NULL;
	return walk->apart + address;
}

/* A rule's visitor, and the walk that it works for. */
struct visit {
	struct cw_part_visitor visitor;
	struct cw_walk *walk;
};

void cw_walk_init(struct cw_walk *walk, const struct cw_target *target,
		  struct cw_layouts *layouts)
{
	*walk = (struct cw_walk){.target = target, .layouts = layouts};
}

void cw_walk_deinit(struct cw_walk *walk)
{
	free(walk->runs);
	walk->runs = NULL;
}

static void inner_add(struct cw_walk *walk, const struct cw_run *run,
		      unsigned depth)
{
	if (depth > MAX_DEPTH || walk->num_runs >= MAX_INNER)
		return;
	if (walk->num_runs == walk->capacity)
		walk->runs = cw_array_grow(walk->runs, sizeof(*walk->runs),
					   walk->num_runs + 1, &walk->capacity);
	walk->runs[walk->num_runs++] = (struct inner_run){*run, depth};
}

static void visit_part(struct cw_part_visitor *visitor,
		       const struct cw_part *part)
{
	struct visit *visit = (struct visit *)visitor;

	if (part->slot != 0) {
		struct cw_part told = *part;
		told.slot = place_told(visit->walk, part->slot);
		visit->walk->part(visit->walk, &told);
		return;
	}
	if (part->kind != CW_PART_OBJECTS || !part->type || part->count == 0)
		return;
	struct cw_run run = {cw_type_strip(part->type), part->address,
			     part->count, part->stride};
	inner_add(visit->walk, &run, visit->walk->depth + 1);
}

static void rules_visit(struct cw_walk *walk, const struct cw_layout *layout,
			const unsigned char *bytes, uint64_t size,
			cw_addr address)
{
	struct visit visit = {{visit_part}, walk};

	for (uint32_t i = 0; i < layout->num_rules; i++) {
		const struct cw_rule_item *item = &layout->rules[i];
		uint64_t offset = item->offset;

		for (uint64_t n = 0; n < item->count; n++) {
			if (offset > size || size - offset < item->type->size)
				break;
			struct cw_object object = {item->type, address + offset,
						   bytes + offset};
			item->found->rule->visit(&walk->layouts->rules->context,
						 item->found->plan, &object,
						 &visit.visitor);
			offset += item->stride;
		}
	}
}

static void slots_visit(struct cw_walk *walk, const struct cw_layout *layout,
			const unsigned char *bytes, uint64_t size,
			cw_addr address)
{
	for (uint32_t i = 0; i < layout->num_slots; i++) {
		const struct cw_slot *slot = &layout->slots[i];
		uint64_t offset = slot->offset;

		for (uint64_t n = 0; n < slot->count; n++) {
			uint64_t word;
			if (offset > size || size - offset < 8)
				break;
			memcpy(&word, bytes + offset, 8);
			if (word)
				walk->pointer(
					walk, layout, slot,
					place_told(walk, address + offset),
					word);
			offset += slot->stride;
		}
	}
}

static void object_visit(struct cw_walk *walk, const struct cw_layout *layout,
			 const unsigned char *bytes, uint64_t size,
			 cw_addr address)
{
	walk->object = place_told(walk, address);
	slots_visit(walk, layout, bytes, size, address);
	if (layout->num_rules)
		rules_visit(walk, layout, bytes, size, address);
}

static void run_visit(struct cw_walk *walk, const struct cw_run *run)
{
	const struct cw_layout *layout = cw_layout_of(walk->layouts, run->type);
	uint64_t size = layout->type->size;
	uint64_t stride = run->stride ? run->stride : size;

	if ((layout->num_slots == 0 && layout->num_rules == 0) || size == 0 ||
	    run->count == 0)
		return;
	uint64_t total;
	if (__builtin_mul_overflow(run->count - 1, stride, &total) ||
	    __builtin_add_overflow(total, size, &total))
		return;
	const unsigned char *bytes = bytes_at(walk, run->address, total);
	for (uint64_t i = 0; bytes && i < run->count; i++)
		object_visit(walk, layout, bytes + i * stride, size,
			     run->address + i * stride);
}

static void inner_visit(struct cw_walk *walk)
{
	while (walk->num_runs > 0) {
		struct inner_run next = walk->runs[--walk->num_runs];
		walk->depth = next.depth;
		run_visit(walk, &next.run);
	}
	walk->depth = 0;
}

/* How many elements of the run there is memory for. */
static uint64_t readable_count(const struct cw_target *target,
			       const struct cw_run *run, uint64_t stride)
{
	if (run->count <= 1)
		return run->count;
	const struct cw_segment *segment =
		cw_target_segment(target, run->address);

	if (!segment || stride == 0)
		return 0;
	uint64_t most = (segment->end - run->address) / stride;
	/* The last one may have less behind it than a stride. */
	return run->count <= most + 1 ? run->count : most + 1;
}

void cw_walk_run(struct cw_walk *walk, const struct cw_run *run)
{
	struct cw_run element = *run;
	uint64_t stride = run->stride ? run->stride : run->type->size;
	const struct cw_layout *layout = cw_layout_of(walk->layouts, run->type);

	if (layout->num_slots == 0 && layout->num_rules == 0)
		return;
	uint64_t count = readable_count(walk->target, run, stride);
	/* Inner parts are bounded an object, not a run. */
	if (layout->num_rules == 0) {
		element.count = count;
		run_visit(walk, &element);
		return;
	}
	element.count = 1;
	for (uint64_t i = 0; i < count; i++) {
		run_visit(walk, &element);
		inner_visit(walk);
		element.address += stride;
	}
}

void cw_walk_bytes(struct cw_walk *walk, const struct cw_type *type,
		   const unsigned char *bytes, uint64_t size, cw_addr address)
{
	const struct cw_layout *layout = cw_layout_of(walk->layouts, type);

	if (address == 0) {
		walk->apart = bytes;
		walk->apart_size = size;
		address = APART;
	}
	object_visit(walk, layout, bytes, size, address);
	inner_visit(walk);
	walk->apart = NULL;
}

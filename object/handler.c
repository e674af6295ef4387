#include "object/handler.h"

enum {
	NUM_PARAMETERS = 6,
	MAX_FUNCTIONS = 64, /* of one table that are looked at */
	NOTHING = 0,	    /* is told; else the candidate's number and one */
	SEVERAL = UINT32_MAX,
};

static bool is_function(const struct cw_slot *slot)
{
	return slot->target->kind == CW_TYPE_FUNCTION && slot->count == 1 &&
	       !slot->is_in_union;
}

static uint32_t join(uint32_t told, uint32_t other)
{
	if (told == NOTHING || told == other)
		return other;
	return other == NOTHING ? told : SEVERAL;
}

/* The candidate that some parameter of the function is. */
static uint32_t ask_function(const struct cw_vagues *fields,
			     const struct cw_vague *field, cw_addr entry)
{
	uint32_t told = NOTHING;

	for (unsigned i = 0; i < NUM_PARAMETERS; i++) {
		struct cw_candidates taken =
			cw_evidence_of_parameter(fields->evidence, entry, i);

		for (size_t j = 0; j < taken.num; j++)
			for (uint32_t k = 0; k < field->num_candidates; k++)
				if (field->candidates[k].type ==
					    taken.items[j].type &&
				    cw_type_is_aggregate(taken.items[j].type))
					told = join(told, k + 1);
	}
	return told;
}

static uint32_t ask_table(const struct cw_vagues *fields,
			  const struct cw_vague *field,
			  const struct cw_layout *layout, cw_addr table)
{
	uint32_t told = NOTHING, num = 0;

	for (uint32_t i = 0; i < layout->num_slots && num < MAX_FUNCTIONS;
	     i++) {
		uint64_t entry;

		if (!is_function(&layout->slots[i]))
			continue;
		num++;
		if (cw_target_read_word(fields->typing->target,
					table + layout->slots[i].offset,
					&entry) &&
		    entry != 0)
			told = join(told, ask_function(fields, field, entry));
	}
	return told;
}

/* A table is the program's own, and asked but once for a field. */
static uint32_t ask_pointer(struct cw_vagues *fields,
			    const struct cw_vague *field,
			    const struct cw_slot *slot, uint64_t word)
{
	uint64_t key = cw_hash_mix(cw_hash_mix(word) ^
				   ((uint64_t)field->id << 32 | slot->offset));
	uint32_t told;

	if (cw_heap_region_at(fields->typing->heap, word))
		return NOTHING;
	if (cw_map_get(&fields->handlers, key, &told))
		return told;
	if (slot->target->kind == CW_TYPE_FUNCTION)
		told = ask_function(fields, field, word);
	else
		told = ask_table(
			fields, field,
			cw_layout_of(&fields->typing->layouts, slot->target),
			word);
	cw_map_set(&fields->handlers, key, told);
	return told;
}

static bool has_functions(struct cw_vagues *fields, const struct cw_slot *slot)
{
	if (slot->count != 1 || slot->is_in_union)
		return false;
	if (is_function(slot))
		return true;
	if (!cw_type_is_aggregate(slot->target) || slot->target->size == 0)
		return false;
	const struct cw_layout *layout =
		cw_layout_of(&fields->typing->layouts, slot->target);
	for (uint32_t i = 0; i < layout->num_slots; i++)
		if (is_function(&layout->slots[i]))
			return true;
	return false;
}

/* Finds the slots of the holder that lead to functions. */
static void look(struct cw_vagues *fields, struct cw_vague_handlers *handlers)
{
	const struct cw_layout *layout = handlers->holder;

	for (uint32_t i = 0; layout && i < layout->num_slots; i++)
		if (handlers->num < CW_MAX_HANDLERS &&
		    has_functions(fields, &layout->slots[i]))
			handlers->slots[handlers->num++] = i;
	handlers->is_looked_for = true;
}

int cw_handlers_tell(struct cw_vagues *fields, const struct cw_vague *field,
		     cw_addr holder)
{
	struct cw_vague_handlers *handlers = field->handlers;
	uint32_t told = NOTHING;

	if (!handlers)
		return -1;
	if (!handlers->is_looked_for)
		look(fields, handlers);
	for (uint32_t i = 0; i < handlers->num; i++) {
		const struct cw_slot *slot =
			&handlers->holder->slots[handlers->slots[i]];
		uint64_t word;

		if (cw_target_read_word(fields->typing->target,
					holder + slot->offset, &word) &&
		    word != 0)
			told = join(told,
				    ask_pointer(fields, field, slot, word));
	}
	return told == NOTHING || told == SEVERAL ? -1 : (int)told - 1;
}

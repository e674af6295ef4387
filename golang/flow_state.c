#include <string.h>

#include "base/memory.h"
#include "golang/flow_private.h"

enum { MAX_STATES = 1 << 12 };

static uint32_t slot_at(int64_t offset)
{
	return offset >= -CW_FLOW_BELOW && offset < CW_FLOW_ABOVE &&
			       offset % 8 == 0
		       ? (offset + CW_FLOW_BELOW) / 8
		       : UINT32_MAX;
}

void cw_flow_slot_set(struct cw_flow_state *state, int64_t offset,
		      struct cw_flow_value value)
{
	uint32_t slot = slot_at(offset);

	if (slot == UINT32_MAX)
		return;
	if (state->first == state->end) {
		state->first = slot;
		state->end = slot;
	}
	while (slot < state->first)
		state->slots[--state->first] = (struct cw_flow_value){0};
	while (slot >= state->end)
		state->slots[state->end++] = (struct cw_flow_value){0};
	state->slots[slot] = value;
}

struct cw_flow_value cw_flow_slot_get(const struct cw_flow_state *state,
				      int64_t offset)
{
	uint32_t slot = slot_at(offset);

	return slot != UINT32_MAX && slot >= state->first && slot < state->end
		       ? state->slots[slot]
		       : (struct cw_flow_value){0};
}

static void state_copy(struct cw_flow_state *to,
		       const struct cw_flow_state *from)
{
	memcpy(to, from, offsetof(struct cw_flow_state, slots));
	memcpy(&to->slots[to->first], &from->slots[from->first],
	       (from->end - from->first) * sizeof(*to->slots));
}

struct cw_flow_value cw_flow_values_meet(struct cw_flow_scan *scan,
					 struct cw_flow_value left,
					 struct cw_flow_value right)
{
	if (right.node == CW_FLOW_NOTHING ||
	    (left.node == right.node && left.offset == right.offset))
		return left;
	if (left.node == CW_FLOW_NOTHING)
		return right;
	if (left.node < CW_FLOW_FIRST_NODE || right.node < CW_FLOW_FIRST_NODE)
		return (struct cw_flow_value){0};
	/* Elements of the same array. */
	if (left.node == right.node)
		return left;
	if (left.offset || right.offset)
		return (struct cw_flow_value){0};
	return (struct cw_flow_value){
		cw_flow_meeting(&scan->graph, left.node, right.node), 0};
}

/* @into is at the same instruction as @from. */
static void states_meet(struct cw_flow_scan *scan, struct cw_flow_state *into,
			const struct cw_flow_state *from)
{
	bool is_same_call = into->call == from->call;

	for (unsigned i = 0; i < CW_NUM_REGISTERS; i++) {
		struct cw_flow_value *value = &into->registers[i];
		struct cw_flow_value other = from->registers[i];

		if (!is_same_call && value->node == CW_FLOW_CALL &&
		    other.node == CW_FLOW_CALL)
			*value = (struct cw_flow_value){0};
		else if (!is_same_call && other.node == CW_FLOW_CALL)
			continue;
		else
			*value = cw_flow_values_meet(scan, *value, other);
	}
	for (uint32_t i = from->first; i < from->end; i++) {
		int64_t offset = (int64_t)i * 8 - CW_FLOW_BELOW;

		if (from->slots[i].node)
			cw_flow_slot_set(into, offset,
					 cw_flow_values_meet(
						 scan,
						 cw_flow_slot_get(into, offset),
						 from->slots[i]));
	}
}

void cw_flow_state_keep(struct cw_flow_scan *scan, cw_addr address)
{
	const struct cw_flow_function *function =
		&scan->functions.items[scan->function];

	if (address < function->entry || address >= function->end)
		return;
	uint32_t *label = &scan->labels.items[address - function->entry];
	if (*label) {
		states_meet(scan, scan->states.items[*label - 1], &scan->now);
		return;
	}
	if (scan->num_states == MAX_STATES)
		return;
	if (scan->num_states == scan->states.num)
		*cw_array_push(&scan->states) =
			cw_alloc(sizeof(struct cw_flow_state));
	state_copy(scan->states.items[scan->num_states], &scan->now);
	*label = ++scan->num_states;
}

void cw_flow_state_arrive(struct cw_flow_scan *scan, cw_addr address)
{
	cw_addr entry = scan->functions.items[scan->function].entry;
	uint32_t label = scan->labels.items[address - entry];

	if (label && scan->is_unreachable)
		state_copy(&scan->now, scan->states.items[label - 1]);
	else if (label)
		states_meet(scan, &scan->now, scan->states.items[label - 1]);
	else if (scan->is_unreachable) {
		/* The way comes from below.  Words of the frame are what they
		 * are everywhere. */
		memset(scan->now.registers, 0, sizeof(scan->now.registers));
		scan->now.sp = scan->body_sp;
	}
	scan->is_unreachable = false;
}

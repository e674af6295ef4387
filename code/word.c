#include "code/word.h"

#include <string.h>

enum {
	RBP = 6,
	RSP = 7,
};

void cw_word_add(struct cw_word *value, struct cw_fact fact)
{
	for (uint32_t i = 0; i < value->num; i++) {
		struct cw_fact *known = &value->facts[i];
		if (known->kind != fact.kind || known->number != fact.number)
			continue;
		if (known->delta == fact.delta) {
			known->is_indexed |= fact.is_indexed;
			return;
		}
	}
	if (value->num < CW_MAX_FACTS)
		value->facts[value->num++] = fact;
}

void cw_word_add_all(struct cw_word *value, const struct cw_word *other)
{
	for (uint32_t i = 0; i < other->num; i++)
		cw_word_add(value, other->facts[i]);
}

static void fact_drop(struct cw_word *value, uint32_t number)
{
	value->facts[number] = value->facts[--value->num];
}

void cw_word_shift(struct cw_word *value, int64_t by)
{
	for (uint32_t i = value->num; i-- > 0;) {
		int64_t delta;
		if (value->facts[i].kind == CW_FACT_CODE ||
		    __builtin_add_overflow(value->facts[i].delta, by, &delta) ||
		    delta > CW_MAX_DELTA || delta < -CW_MAX_DELTA)
			fact_drop(value, i);
		else
			value->facts[i].delta = delta;
	}
}

void cw_word_index(struct cw_word *value)
{
	for (uint32_t i = value->num; i-- > 0;) {
		if (value->facts[i].kind == CW_FACT_TYPE ||
		    value->facts[i].kind == CW_FACT_PLACE ||
		    value->facts[i].kind == CW_FACT_ORIGIN ||
		    value->facts[i].kind == CW_FACT_NODE)
			value->facts[i].is_indexed = true;
		else
			fact_drop(value, i);
	}
}

bool cw_word_is(const struct cw_word *value, enum cw_fact_kind kind,
		int32_t *ret)
{
	for (uint32_t i = 0; i < value->num; i++) {
		if (value->facts[i].kind != kind)
			continue;
		*ret = value->facts[i].delta;
		return true;
	}
	return false;
}

static struct cw_fact stack_fact(int32_t delta)
{
	return (struct cw_fact){.kind = CW_FACT_STACK, .delta = delta};
}

void cw_machine_enter(struct cw_machine *machine)
{
	for (unsigned i = 0; i < CW_NUM_REGISTERS; i++)
		machine->regs[i].num = 0;
	machine->num_slots = 0;
	/* The call has pushed its return address. */
	cw_word_add(&machine->regs[RSP], stack_fact(-8));
}

void cw_machine_copy(struct cw_machine *to, const struct cw_machine *from)
{
	memcpy(to->regs, from->regs, sizeof(to->regs));
	to->num_slots = from->num_slots;
	memcpy(to->slot_offsets, from->slot_offsets,
	       from->num_slots * sizeof(to->slot_offsets[0]));
	memcpy(to->slots, from->slots, from->num_slots * sizeof(to->slots[0]));
}

/* Numbers and frame addresses are exact: two that differ are none. */
static void value_join(struct cw_word *value, const struct cw_word *other)
{
	for (uint32_t i = value->num; i-- > 0;) {
		struct cw_fact *fact = &value->facts[i];
		int32_t delta;
		if (fact->kind != CW_FACT_STACK && fact->kind != CW_FACT_NUMBER)
			continue;
		if (!cw_word_is(other, fact->kind, &delta) ||
		    delta != fact->delta)
			fact_drop(value, i);
	}
	for (uint32_t i = 0; i < other->num; i++)
		if (other->facts[i].kind != CW_FACT_STACK &&
		    other->facts[i].kind != CW_FACT_NUMBER)
			cw_word_add(value, other->facts[i]);
}

void cw_machine_join(struct cw_machine *machine, const struct cw_machine *other)
{
	for (unsigned i = 0; i < CW_NUM_REGISTERS; i++)
		value_join(&machine->regs[i], &other->regs[i]);
	for (uint32_t i = 0; i < other->num_slots; i++) {
		struct cw_word *slot =
			cw_machine_slot(machine, other->slot_offsets[i]);
		if (slot)
			value_join(slot, &other->slots[i]);
		else
			cw_machine_set_slot(machine, other->slot_offsets[i],
					    &other->slots[i]);
	}
}

void cw_machine_forget(struct cw_machine *machine)
{
	for (unsigned i = 0; i < CW_NUM_REGISTERS; i++) {
		int32_t delta;
		bool is_frame =
			(i == RSP || i == RBP) &&
			cw_word_is(&machine->regs[i], CW_FACT_STACK, &delta);
		machine->regs[i].num = 0;
		if (is_frame)
			cw_word_add(&machine->regs[i], stack_fact(delta));
	}
	machine->num_slots = 0;
}

struct cw_word *cw_machine_slot(struct cw_machine *machine, int32_t offset)
{
	for (uint32_t i = 0; i < machine->num_slots; i++)
		if (machine->slot_offsets[i] == offset)
			return &machine->slots[i];
	return NULL;
}

void cw_machine_set_slot(struct cw_machine *machine, int32_t offset,
			 const struct cw_word *value)
{
	struct cw_word *slot = cw_machine_slot(machine, offset);

	if (!slot && value->num && machine->num_slots < CW_MAX_SLOTS) {
		machine->slot_offsets[machine->num_slots] = offset;
		slot = &machine->slots[machine->num_slots++];
	}
	if (slot)
		*slot = *value;
}

#include <string.h>

#include "base/search.h"
#include "golang/flow_private.h"

enum {
	DX = 1,
	SP = 7,
	G = 14,
	MAX_CODE = 1 << 22, /* bytes of a function */
};

/* ---- Operands */

static bool is_plain(const struct cw_operand *operand)
{
	return operand->kind == CW_OPERAND_REGISTER && operand->size == 8;
}

/* What a memory operand's address is. */
static struct cw_flow_value address_of(struct cw_flow_scan *scan,
				       const struct cw_operand *operand)
{
	const struct cw_go *go = scan->go;
	struct cw_flow_value base;

	if (operand->base == CW_NO_REGISTER) {
		cw_addr address = operand->number;

		if (operand->index != CW_NO_REGISTER)
			return (struct cw_flow_value){0};
		if (address >= go->variables && address < go->variables_end)
			return (struct cw_flow_value){CW_FLOW_VARIABLE,
						      address - go->variables};
		if (address >= go->types && address < go->types_end)
			return (struct cw_flow_value){CW_FLOW_TYPE,
						      address - go->types};
		if (cw_flow_function_at(scan, address) != UINT32_MAX)
			return (struct cw_flow_value){CW_FLOW_CODE,
						      address - go->text};
		return (struct cw_flow_value){0};
	}
	if (operand->base == SP)
		base = (struct cw_flow_value){CW_FLOW_STACK, scan->now.sp};
	else
		base = cw_flow_use(scan, scan->now.registers[operand->base]);
	if (operand->base != SP && base.node != CW_FLOW_NOTHING)
		scan->now.registers[operand->base] = base;
	/* Of an array on the stack, or that is a global, nothing is known. */
	if (base.node == CW_FLOW_NOTHING ||
	    (operand->index != CW_NO_REGISTER &&
	     base.node < CW_FLOW_FIRST_NODE) ||
	    operand->number != (int32_t)operand->number)
		return (struct cw_flow_value){0};
	base.offset += operand->number;
	return base;
}

static struct cw_flow_value load(struct cw_flow_scan *scan,
				 struct cw_flow_value address)
{
	struct cw_flow_graph *graph = &scan->graph;

	switch (address.node) {
	case CW_FLOW_STACK:
		return cw_flow_slot_get(&scan->now, address.offset);
	case CW_FLOW_VARIABLE:
		return (struct cw_flow_value){
			cw_flow_node(graph, CW_FLOW_GLOBAL,
				     scan->go->variables + address.offset),
			0};
	case CW_FLOW_NOTHING:
	case CW_FLOW_TYPE:
	case CW_FLOW_CODE:
	case CW_FLOW_CALL:
		return (struct cw_flow_value){0};
	default:
		return (struct cw_flow_value){
			cw_flow_load(graph, address.node, address.offset), 0};
	}
}

static void store(struct cw_flow_scan *scan, struct cw_flow_value address,
		  struct cw_flow_value value)
{
	struct cw_flow_graph *graph = &scan->graph;

	switch (address.node) {
	case CW_FLOW_STACK:
		cw_flow_slot_set(&scan->now, address.offset, value);
		break;
	case CW_FLOW_VARIABLE:
		cw_flow_put(graph, value,
			    cw_flow_node(graph, CW_FLOW_GLOBAL,
					 scan->go->variables + address.offset));
		break;
	default:
		/* The function is the first word of its closure. */
		if (value.node == CW_FLOW_CODE && address.offset == 0 &&
		    address.node >= CW_FLOW_FIRST_NODE &&
		    cw_flow_type(graph, address))
			cw_flow_note_closure(graph,
					     scan->go->text + value.offset,
					     cw_flow_type(graph, address));
		break;
	}
}

static struct cw_flow_value value_of(struct cw_flow_scan *scan,
				     const struct cw_operand *operand)
{
	if (is_plain(operand) && operand->base != SP) {
		struct cw_flow_value value =
			cw_flow_use(scan, scan->now.registers[operand->base]);
		return scan->now.registers[operand->base] = value;
	}
	if (operand->kind == CW_OPERAND_MEMORY && operand->size == 8)
		return load(scan, address_of(scan, operand));
	return (struct cw_flow_value){0};
}

static void result_set(struct cw_flow_scan *scan,
		       const struct cw_operand *operand,
		       struct cw_flow_value value)
{
	if (operand->kind == CW_OPERAND_REGISTER)
		scan->now.registers[operand->base] = value;
	else if (operand->kind == CW_OPERAND_MEMORY && operand->size == 8)
		store(scan, address_of(scan, operand), value);
}

/* ---- Instructions */

/* A number, or else something that the pointer is an element further by. */
static struct cw_flow_value moved_by(struct cw_flow_scan *scan,
				     const struct cw_operand *operand,
				     struct cw_flow_value value, int sign)
{
	if (operand->kind != CW_OPERAND_NUMBER)
		return value.node ? value : value_of(scan, operand);
	if (value.node == CW_FLOW_NOTHING ||
	    operand->number != (int32_t)operand->number)
		return (struct cw_flow_value){0};
	value.offset += sign * operand->number;
	return value;
}

static void add(struct cw_flow_scan *scan,
		const struct cw_instruction *instruction, int sign)
{
	const struct cw_operand *to = &instruction->operands[0];
	const struct cw_operand *by = &instruction->operands[1];

	if (to->kind != CW_OPERAND_REGISTER)
		return;
	if (to->base == SP) {
		if (by->kind == CW_OPERAND_NUMBER)
			scan->now.sp += sign * by->number;
		return;
	}
	struct cw_flow_value value =
		is_plain(to) ? value_of(scan, to) : (struct cw_flow_value){0};
	scan->now.registers[to->base] = moved_by(scan, by, value, sign);
}

static void written_forget(struct cw_flow_scan *scan,
			   const struct cw_instruction *instruction)
{
	const struct cw_operand *to = &instruction->operands[0];

	for (unsigned i = 0; i < CW_NUM_REGISTERS; i++)
		if (instruction->written >> i & 1)
			scan->now.registers[i] = (struct cw_flow_value){0};
	if (to->kind == CW_OPERAND_MEMORY && to->base == SP &&
	    to->index == CW_NO_REGISTER && !instruction->is_comparison &&
	    instruction->operands[1].kind == CW_OPERAND_OTHER) {
		/* A vector register: two words. */
		cw_flow_slot_set(&scan->now, scan->now.sp + to->number,
				 (struct cw_flow_value){0});
		cw_flow_slot_set(&scan->now, scan->now.sp + to->number + 8,
				 (struct cw_flow_value){0});
	}
}

static void jump(struct cw_flow_scan *scan,
		 const struct cw_instruction *instruction)
{
	const struct cw_flow_function *function =
		&scan->functions.items[scan->function];
	const struct cw_operand *to = &instruction->operands[0];

	if (to->kind != CW_OPERAND_NUMBER)
		return;
	cw_addr target = to->number;
	if (target >= function->entry && target < function->end) {
		if (target <= instruction->address)
			scan->has_backward = true;
		cw_flow_state_keep(scan, target);
	} else if (instruction->kind == CW_INSTRUCTION_JUMP) {
		cw_flow_call(scan, instruction);
		cw_flow_return(scan);
	}
}

static void step(struct cw_flow_scan *scan,
		 const struct cw_instruction *instruction)
{
	const struct cw_operand *operands = instruction->operands;

	switch (instruction->kind) {
	case CW_INSTRUCTION_MOVE:
		result_set(scan, &operands[0], value_of(scan, &operands[1]));
		break;
	case CW_INSTRUCTION_MAYBE_MOVE:
		if (is_plain(&operands[0]))
			result_set(scan, &operands[0],
				   cw_flow_values_meet(
					   scan, value_of(scan, &operands[0]),
					   value_of(scan, &operands[1])));
		break;
	case CW_INSTRUCTION_ADDRESS:
		if (operands[0].kind == CW_OPERAND_REGISTER &&
		    operands[0].base != SP)
			scan->now.registers[operands[0].base] =
				address_of(scan, &operands[1]);
		break;
	case CW_INSTRUCTION_ADD:
		add(scan, instruction, 1);
		break;
	case CW_INSTRUCTION_SUBTRACT:
		add(scan, instruction, -1);
		break;
	case CW_INSTRUCTION_PUSH:
		scan->now.sp -= 8;
		cw_flow_slot_set(&scan->now, scan->now.sp,
				 (struct cw_flow_value){0});
		break;
	case CW_INSTRUCTION_POP:
		scan->now.sp += 8;
		written_forget(scan, instruction);
		break;
	case CW_INSTRUCTION_CALL:
		cw_flow_call(scan, instruction);
		break;
	case CW_INSTRUCTION_JUMP:
		jump(scan, instruction);
		scan->is_unreachable = true;
		break;
	case CW_INSTRUCTION_BRANCH:
		jump(scan, instruction);
		break;
	case CW_INSTRUCTION_RETURN:
		cw_flow_return(scan);
		scan->is_unreachable = true;
		break;
	case CW_INSTRUCTION_STOP:
		scan->is_unreachable = true;
		break;
	default:
		written_forget(scan, instruction);
		break;
	}
	if (scan->now.sp < scan->body_sp)
		scan->body_sp = scan->now.sp;
}

/* ---- Frames that are asked for */

static size_t place_from(const struct cw_flow_scan *scan, cw_addr address)
{
	return cw_search_first(i, 0, scan->num_places,
			       scan->places[i] < address);
}

static void slots_note(struct cw_flow_scan *scan, cw_addr place)
{
	const struct cw_flow_state *now = &scan->now;

	for (uint32_t i = now->first; i < now->end; i++)
		if (now->slots[i].node >= CW_FLOW_FIRST_NODE &&
		    now->slots[i].offset == 0)
			*cw_array_push(&scan->slots) = (struct cw_flow_slot){
				.place = place,
				.value = now->slots[i],
				.offset = (int32_t)i * 8 - CW_FLOW_BELOW,
			};
}

/* ---- A function */

static bool code_decode(struct cw_flow_scan *scan)
{
	const struct cw_flow_function *function =
		&scan->functions.items[scan->function];
	uint64_t size = function->end - function->entry;
	const unsigned char *bytes =
		size <= MAX_CODE ? cw_target_bytes(scan->go->target,
						   function->entry, size)
				 : NULL;

	scan->code.num = 0;
	for (uint64_t at = 0; bytes && at < size;) {
		struct cw_instruction *instruction = cw_array_push(&scan->code);
		if (!cw_decoder_read(scan->decoder, bytes + at, size - at,
				     function->entry + at, instruction) ||
		    instruction->size == 0) {
			scan->code.num--;
			break;
		}
		at += instruction->size;
	}
	return scan->code.num > 0;
}

static void state_begin(struct cw_flow_scan *scan)
{
	struct cw_flow_state *now = &scan->now;
	struct cw_flow_graph *graph = &scan->graph;

	memset(now, 0, offsetof(struct cw_flow_state, slots));
	for (unsigned i = 0; i < CW_FLOW_NUM_ARGUMENTS; i++) {
		unsigned reg = cw_flow_arguments[i];
		now->registers[reg].node =
			cw_flow_node(graph, CW_FLOW_PARAMETER,
				     (uint64_t)scan->function << 4 | reg);
	}
	now->registers[DX].node =
		cw_flow_node(graph, CW_FLOW_CLOSURE,
			     scan->functions.items[scan->function].entry);
	scan->is_unreachable = false;
	scan->has_backward = false;
}

static void code_walk(struct cw_flow_scan *scan, bool is_last)
{
	size_t next = place_from(scan, scan->code.items[0].address);

	state_begin(scan);
	cw_array_foreach(instruction, &scan->code)
	{
		cw_addr behind = instruction->address + instruction->size;

		cw_flow_state_arrive(scan, instruction->address);
		step(scan, instruction);
		while (next < scan->num_places && scan->places[next] < behind)
			next++;
		if (is_last && next < scan->num_places &&
		    scan->places[next] == behind)
			slots_note(scan, behind);
	}
}

static void frame_objects_note(struct cw_flow_scan *scan)
{
	const struct cw_flow_function *function =
		&scan->functions.items[scan->function];

	for (size_t i = place_from(scan, function->entry);
	     i < scan->num_places && scan->places[i] <= function->end; i++) {
		cw_array_foreach(object, &scan->frame_objects)
		{
			struct cw_flow_slot slot = *object;
			slot.place = scan->places[i];
			*cw_array_push(&scan->slots) = slot;
		}
	}
	scan->frame_objects.num = 0;
}

void cw_flow_read(struct cw_flow_scan *scan, uint32_t number)
{
	const struct cw_flow_function *function =
		&scan->functions.items[number];

	scan->function = number;
	scan->num_states = 0;
	scan->body_sp = 0;
	if (!code_decode(scan))
		return;
	size_t size = function->end - function->entry;
	cw_array_reserve(&scan->labels, size);
	memset(scan->labels.items, 0, size * sizeof(*scan->labels.items));
	code_walk(scan, false);
	/* What is known at ends of loops holds at their beginnings, too. */
	size_t place = place_from(scan, function->entry + 1);
	if (scan->has_backward ||
	    (place < scan->num_places && scan->places[place] <= function->end))
		code_walk(scan, true);
	frame_objects_note(scan);
}

#include "dwarf/expression.h"

#include <string.h>

#include "dwarf/arithmetic.h"
#include "dwarf/library.h"
#include "dwarf/operation.h"

enum {
	MAX_STACK = 64,
	MAX_STEPS = 10000,
};

/* An expression at work. */
struct machine {
	const struct cw_expression_context *context;
	const unsigned char *start, *at, *end;
	uint64_t stack[MAX_STACK];
	unsigned depth;
	/* What the operations so far describe, until a piece ends it. */
	enum cw_piece_kind kind;
	uint64_t reg;
	const unsigned char *bytes;
	uint64_t bytes_size;
	/* A value on the stack has a type of its own: to be passed on, but
	 * not to be computed with. */
	bool is_typed;
};

static bool take_bytes(struct machine *machine, size_t size,
		       const unsigned char **ret)
{
	if ((size_t)(machine->end - machine->at) < size)
		return false;
	*ret = machine->at;
	machine->at += size;
	return true;
}

static bool take_fixed(struct machine *machine, unsigned size, bool is_signed,
		       uint64_t *ret)
{
	const unsigned char *bytes;
	uint64_t value = 0;

	if (!take_bytes(machine, size, &bytes))
		return false;
	memcpy(&value, bytes, size);
	if (is_signed && size < 8 && value >> (size * 8 - 1))
		value |= ~UINT64_C(0) << (size * 8);
	*ret = value;
	return true;
}

static bool take_leb(struct machine *machine, bool is_signed, uint64_t *ret)
{
	uint64_t value = 0;
	unsigned shift = 0;
	unsigned char byte;

	do {
		if (machine->at == machine->end || shift > 63)
			return false;
		byte = *machine->at++;
		value |= (uint64_t)(byte & 0x7f) << shift;
		shift += 7;
	} while (byte & 0x80);
	if (is_signed && shift < 64 && byte & 0x40)
		value |= ~UINT64_C(0) << shift;
	*ret = value;
	return true;
}

static bool push(struct machine *machine, uint64_t value)
{
	if (machine->depth == MAX_STACK)
		return false;
	machine->stack[machine->depth++] = value;
	return true;
}

static bool pop(struct machine *machine, uint64_t *ret)
{
	if (machine->depth == 0)
		return false;
	*ret = machine->stack[--machine->depth];
	return true;
}

static bool push_register(struct machine *machine, uint64_t reg,
			  uint64_t offset)
{
	const struct cw_frame *frame = machine->context->frame;

	if (!frame || !cw_frame_knows(frame, reg))
		return false;
	return push(machine, frame->regs[reg] + offset);
}

static bool dereference(struct machine *machine, unsigned size)
{
	uint64_t address, value = 0;

	if (size < 1 || size > 8 || !pop(machine, &address) ||
	    !cw_target_read(machine->context->target, address, &value, size))
		return false;
	return push(machine, value);
}

static bool jump(struct machine *machine, uint64_t distance)
{
	int64_t target = machine->at - machine->start + (int64_t)distance;

	if (target < 0 || target > machine->end - machine->start)
		return false;
	machine->at = machine->start + target;
	return true;
}

/* A value of a certain type, of 8 bytes at most: it is loaded as it is. */
static bool run_typed_operation(struct machine *machine, unsigned char op)
{
	uint64_t reg, size, type;

	machine->is_typed = true;
	switch (op) {
	case DW_OP_regval_type:
	case DW_OP_GNU_regval_type:
		return take_leb(machine, false, &reg) &&
		       take_leb(machine, false, &type) &&
		       push_register(machine, reg, 0);
	case DW_OP_deref_type:
	case DW_OP_GNU_deref_type:
		return take_fixed(machine, 1, false, &size) &&
		       take_leb(machine, false, &type) &&
		       dereference(machine, size);
	default:
		return false;
	}
}

static bool is_typed_operation(unsigned char op)
{
	return op == DW_OP_regval_type || op == DW_OP_GNU_regval_type ||
	       op == DW_OP_deref_type || op == DW_OP_GNU_deref_type;
}

static bool run_stack_operation(struct machine *machine, unsigned char op)
{
	uint64_t a, b;

	switch (op) {
	case DW_OP_dup:
		return pop(machine, &a) && push(machine, a) && push(machine, a);
	case DW_OP_drop:
		return pop(machine, &a);
	case DW_OP_over:
	case DW_OP_pick:
		a = 1;
		if (op == DW_OP_pick && !take_fixed(machine, 1, false, &a))
			return false;
		if (a >= machine->depth)
			return false;
		return push(machine, machine->stack[machine->depth - 1 - a]);
	case DW_OP_swap:
		return pop(machine, &a) && pop(machine, &b) &&
		       push(machine, a) && push(machine, b);
	case DW_OP_rot:
		if (machine->depth < 3)
			return false;
		uint64_t *top = &machine->stack[machine->depth - 1];
		a = top[0];
		top[0] = top[-1];
		top[-1] = top[-2];
		top[-2] = a;
		return true;
	case DW_OP_abs:
		return pop(machine, &a) &&
		       push(machine, (int64_t)a < 0 ? -a : a);
	case DW_OP_neg:
		return pop(machine, &a) && push(machine, -a);
	case DW_OP_not:
		return pop(machine, &a) && push(machine, ~a);
	case DW_OP_plus_uconst:
		return take_leb(machine, false, &b) && pop(machine, &a) &&
		       push(machine, a + b);
	case DW_OP_skip:
		return take_fixed(machine, 2, true, &a) && jump(machine, a);
	case DW_OP_bra:
		return take_fixed(machine, 2, true, &a) && pop(machine, &b) &&
		       (b == 0 || jump(machine, a));
	default:
		return pop(machine, &b) && pop(machine, &a) &&
		       cw_arithmetic(op, a, b, &a) && push(machine, a);
	}
}

/* DW_OP_const1u … DW_OP_consts. */
static bool run_constant(struct machine *machine, unsigned char op)
{
	uint64_t value;
	bool is_read;

	if (op == DW_OP_constu || op == DW_OP_consts)
		is_read = take_leb(machine, op == DW_OP_consts, &value);
	else
		is_read = take_fixed(machine, 1 << ((op - DW_OP_const1u) / 2),
				     (op - DW_OP_const1u) % 2, &value);
	return is_read && push(machine, value);
}

static bool run_indexed(struct machine *machine, unsigned char op)
{
	const struct cw_expression_context *context = machine->context;
	uint64_t number, value;

	if (!take_leb(machine, false, &number) || !context->indexed_address ||
	    !context->indexed_address(context->context, number, &value))
		return false;
	if (op == DW_OP_addrx || op == DW_OP_GNU_addr_index)
		value += context->bias;
	return push(machine, value);
}

static bool run_entry_value(struct machine *machine)
{
	const struct cw_expression_context *context = machine->context;
	const unsigned char *bytes;
	uint64_t size, value;

	return take_leb(machine, false, &size) &&
	       take_bytes(machine, size, &bytes) && context->entry_value &&
	       context->entry_value(context->context, bytes, size, &value) &&
	       push(machine, value);
}

static bool run_memory_operation(struct machine *machine, unsigned char op)
{
	const struct cw_expression_context *context = machine->context;
	uint64_t value;

	switch (op) {
	case DW_OP_addr:
		return take_fixed(machine, 8, false, &value) &&
		       push(machine, value + context->bias);
	case DW_OP_addrx:
	case DW_OP_GNU_addr_index:
	case DW_OP_constx:
	case DW_OP_GNU_const_index:
		return run_indexed(machine, op);
	case DW_OP_deref:
		return dereference(machine, 8);
	case DW_OP_deref_size:
		return take_fixed(machine, 1, false, &value) &&
		       dereference(machine, value);
	case DW_OP_fbreg:
		return context->has_frame_base &&
		       take_leb(machine, true, &value) &&
		       push(machine, context->frame_base + value);
	case DW_OP_entry_value:
	case DW_OP_GNU_entry_value:
		return run_entry_value(machine);
	case DW_OP_call_frame_cfa:
		return context->frame && context->frame->cfa &&
		       push(machine, context->frame->cfa);
	case DW_OP_form_tls_address:
	case DW_OP_GNU_push_tls_address:
		return context->tls_address && pop(machine, &value) &&
		       context->tls_address(context->context, value, &value) &&
		       push(machine, value);
	default:
		return false;
	}
}

static bool is_memory_operation(unsigned char op)
{
	switch (op) {
	case DW_OP_addr:
	case DW_OP_addrx:
	case DW_OP_GNU_addr_index:
	case DW_OP_constx:
	case DW_OP_GNU_const_index:
	case DW_OP_deref:
	case DW_OP_deref_size:
	case DW_OP_fbreg:
	case DW_OP_call_frame_cfa:
	case DW_OP_entry_value:
	case DW_OP_GNU_entry_value:
	case DW_OP_form_tls_address:
	case DW_OP_GNU_push_tls_address:
		return true;
	default:
		return false;
	}
}

/* Operations that say what the value is, not how to compute an address. */
static bool run_description(struct machine *machine, unsigned char op,
			    bool *ret_is_one)
{
	*ret_is_one = true;
	if (op >= DW_OP_reg0 && op <= DW_OP_reg31) {
		machine->kind = CW_PIECE_REGISTER;
		machine->reg = op - DW_OP_reg0;
		return true;
	}
	switch (op) {
	case DW_OP_regx:
		machine->kind = CW_PIECE_REGISTER;
		return take_leb(machine, false, &machine->reg);
	case DW_OP_stack_value:
		machine->kind = CW_PIECE_VALUE;
		return machine->depth > 0;
	case DW_OP_implicit_value:
		machine->kind = CW_PIECE_BYTES;
		return take_leb(machine, false, &machine->bytes_size) &&
		       take_bytes(machine, machine->bytes_size,
				  &machine->bytes);
	default:
		*ret_is_one = false;
		return true;
	}
}

/* One operation; false: the expression's outcome is unknown. */
static bool run_operation(struct machine *machine, unsigned char op)
{
	uint64_t reg, offset;
	bool is_description;

	if (!run_description(machine, op, &is_description))
		return false;
	if (is_description || op == DW_OP_nop || op == DW_OP_GNU_uninit)
		return true;
	if (op >= DW_OP_lit0 && op <= DW_OP_lit31)
		return push(machine, op - DW_OP_lit0);
	if (op >= DW_OP_breg0 && op <= DW_OP_breg31)
		return take_leb(machine, true, &offset) &&
		       push_register(machine, op - DW_OP_breg0, offset);
	if (op == DW_OP_bregx)
		return take_leb(machine, false, &reg) &&
		       take_leb(machine, true, &offset) &&
		       push_register(machine, reg, offset);
	if (op >= DW_OP_const1u && op <= DW_OP_consts)
		return run_constant(machine, op);
	if (is_typed_operation(op))
		return run_typed_operation(machine, op);
	if (machine->is_typed)
		return false;
	if (is_memory_operation(op))
		return run_memory_operation(machine, op);
	return run_stack_operation(machine, op);
}

/* Ends the piece that the operations so far describe. */
static void piece_add(struct machine *machine, bool is_empty, uint64_t size,
		      struct cw_place *ret)
{
	struct cw_place_piece piece = {.kind = machine->kind, .size = size};

	if (ret->num_pieces == CW_MAX_PIECES)
		return;
	if (is_empty)
		piece.kind = CW_PIECE_UNKNOWN;
	else if (piece.kind == CW_PIECE_REGISTER)
		piece.value = machine->reg;
	else if (piece.kind == CW_PIECE_BYTES)
		piece.bytes = machine->bytes;
	else if (machine->depth > 0)
		piece.value = machine->stack[machine->depth - 1];
	else
		piece.kind = CW_PIECE_UNKNOWN;
	if (piece.kind == CW_PIECE_BYTES &&
	    (piece.size == 0 || piece.size > machine->bytes_size))
		piece.size = machine->bytes_size;
	ret->pieces[ret->num_pieces++] = piece;
	machine->kind = CW_PIECE_MEMORY;
	machine->depth = 0;
	machine->is_typed = false;
}

static void place_unknown(struct cw_place *ret)
{
	ret->num_pieces = 1;
	ret->pieces[0] = (struct cw_place_piece){.kind = CW_PIECE_UNKNOWN};
}

/*
 * From the operation that could not be done to the end of its piece: what the
 * others say still counts.
 */
static bool piece_skip(struct machine *machine, const unsigned char *failed)
{
	struct cw_cursor cursor = {failed, machine->end, false};

	while (cw_cursor_left(&cursor) > 0 && *cursor.at != DW_OP_piece)
		if (!cw_operation_skip(&cursor))
			return false;
	machine->at = cursor.at;
	return true;
}

void cw_expression_evaluate(const unsigned char *expression, size_t size,
			    const struct cw_expression_context *context,
			    struct cw_place *ret)
{
	struct machine machine = {
		.context = context,
		.start = expression,
		.at = expression,
		.end = expression + size,
		.kind = CW_PIECE_MEMORY,
	};
	/* Operations since the last piece; none: the piece is nowhere. */
	unsigned num_since = 0;
	bool is_lost = false;

	ret->num_pieces = 0;
	if (context->has_initial)
		push(&machine, context->initial);
	for (unsigned step = 0; machine.at < machine.end; step++) {
		const unsigned char *start = machine.at;
		unsigned char op = *machine.at++;
		if (op == DW_OP_piece) {
			uint64_t piece_size;
			if (!take_leb(&machine, false, &piece_size))
				return place_unknown(ret);
			piece_add(&machine, num_since == 0 || is_lost,
				  piece_size, ret);
			num_since = 0;
			is_lost = false;
			continue;
		}
		num_since++;
		if (step >= MAX_STEPS)
			return place_unknown(ret);
		if (run_operation(&machine, op))
			continue;
		is_lost = true;
		if (!piece_skip(&machine, start))
			return place_unknown(ret);
	}
	if (num_since > 0 || (context->has_initial && size == 0))
		piece_add(&machine, is_lost, 0, ret);
	if (ret->num_pieces == 0)
		place_unknown(ret);
}

bool cw_expression_compute(const unsigned char *expression, size_t size,
			   const struct cw_expression_context *context,
			   uint64_t *ret)
{
	struct cw_place place;

	cw_expression_evaluate(expression, size, context, &place);
	if (place.num_pieces != 1)
		return false;
	if (place.pieces[0].kind != CW_PIECE_MEMORY &&
	    place.pieces[0].kind != CW_PIECE_VALUE)
		return false;
	*ret = place.pieces[0].value;
	return true;
}

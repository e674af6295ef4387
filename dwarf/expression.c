#include "dwarf/expression.h"

#include <string.h>

#include "dwarf/library.h"
#include "dwarf/machine.h"
#include "dwarf/operation.h"

enum {
	MAX_STEPS = 10000,
};

/* The type of the DIE that is told of there; 0: the generic one. */
static bool take_type(struct cw_machine *machine, struct cw_scalar_type *ret)
{
	const struct cw_expression_context *context = machine->context;
	uint64_t offset;

	if (!cw_machine_take_leb(machine, false, &offset))
		return false;
	*ret = cw_scalar_generic(0).type;
	return offset == 0 ||
	       (context->scalar_type &&
		context->scalar_type(context->context, offset, ret));
}

static bool push_typed(struct cw_machine *machine, struct cw_scalar_type type,
		       const void *bytes, uint64_t size)
{
	uint64_t bits = 0;

	if (!bytes || size < type.size)
		return false;
	memcpy(&bits, bytes, type.size);
	return cw_machine_push_scalar(machine, cw_scalar_of_bits(type, bits));
}

static bool push_typed_register(struct cw_machine *machine, uint64_t reg,
				struct cw_scalar_type type)
{
	const struct cw_frame *frame = machine->context->frame;
	uint64_t size = 0;
	const void *bytes =
		frame ? cw_frame_register_bytes(frame, reg, &size) : NULL;

	return push_typed(machine, type, bytes, size);
}

static bool run_typed_operation(struct cw_machine *machine, unsigned char op)
{
	const unsigned char *bytes;
	struct cw_scalar_type type;
	struct cw_scalar scalar;
	uint64_t reg, size;

	switch (op) {
	case DW_OP_regval_type:
	case DW_OP_GNU_regval_type:
		return cw_machine_take_leb(machine, false, &reg) &&
		       take_type(machine, &type) &&
		       push_typed_register(machine, reg, type);
	case DW_OP_deref_type:
	case DW_OP_GNU_deref_type:
		return cw_machine_take_fixed(machine, 1, false, &size) &&
		       take_type(machine, &type) && size == type.size &&
		       cw_machine_dereference(machine, size) &&
		       cw_machine_pop_scalar(machine, &scalar) &&
		       push_typed(machine, type, &scalar.value, size);
	case DW_OP_const_type:
	case DW_OP_GNU_const_type:
		return take_type(machine, &type) &&
		       cw_machine_take_fixed(machine, 1, false, &size) &&
		       cw_machine_take(machine, size, &bytes) &&
		       push_typed(machine, type, bytes, size);
	case DW_OP_convert:
	case DW_OP_GNU_convert:
		return take_type(machine, &type) &&
		       cw_machine_pop_scalar(machine, &scalar) &&
		       cw_scalar_convert(scalar, type, &scalar) &&
		       cw_machine_push_scalar(machine, scalar);
	default: /* DW_OP_reinterpret */
		return take_type(machine, &type) &&
		       cw_machine_pop_scalar(machine, &scalar) &&
		       scalar.type.size == type.size &&
		       push_typed(machine, type, &scalar.value, type.size);
	}
}

static bool is_typed_operation(unsigned char op)
{
	switch (op) {
	case DW_OP_regval_type:
	case DW_OP_GNU_regval_type:
	case DW_OP_deref_type:
	case DW_OP_GNU_deref_type:
	case DW_OP_const_type:
	case DW_OP_GNU_const_type:
	case DW_OP_convert:
	case DW_OP_GNU_convert:
	case DW_OP_reinterpret:
	case DW_OP_GNU_reinterpret:
		return true;
	default:
		return false;
	}
}

static bool run_stack_operation(struct cw_machine *machine, unsigned char op)
{
	struct cw_scalar a, b;
	uint64_t number;

	switch (op) {
	case DW_OP_dup:
		return cw_machine_pop_scalar(machine, &a) &&
		       cw_machine_push_scalar(machine, a) &&
		       cw_machine_push_scalar(machine, a);
	case DW_OP_drop:
		return cw_machine_pop_scalar(machine, &a);
	case DW_OP_over:
	case DW_OP_pick:
		number = 1;
		if (op == DW_OP_pick &&
		    !cw_machine_take_fixed(machine, 1, false, &number))
			return false;
		if (number >= machine->depth)
			return false;
		return cw_machine_push_scalar(
			machine, machine->stack[machine->depth - 1 - number]);
	case DW_OP_swap:
		return cw_machine_pop_scalar(machine, &a) &&
		       cw_machine_pop_scalar(machine, &b) &&
		       cw_machine_push_scalar(machine, a) &&
		       cw_machine_push_scalar(machine, b);
	case DW_OP_rot:
		if (machine->depth < 3)
			return false;
		struct cw_scalar *top = &machine->stack[machine->depth - 1];
		a = top[0];
		top[0] = top[-1];
		top[-1] = top[-2];
		top[-2] = a;
		return true;
	case DW_OP_abs:
	case DW_OP_neg:
	case DW_OP_not:
		return cw_machine_pop_scalar(machine, &a) &&
		       cw_scalar_change(op, a, &a) &&
		       cw_machine_push_scalar(machine, a);
	case DW_OP_plus_uconst:
		if (!cw_machine_take_leb(machine, false, &number) ||
		    !cw_machine_pop_scalar(machine, &a))
			return false;
		b = cw_scalar_of_bits(a.type, number);
		return cw_scalar_combine(DW_OP_plus, a, b, &a) &&
		       cw_machine_push_scalar(machine, a);
	case DW_OP_skip:
		return cw_machine_take_fixed(machine, 2, true, &number) &&
		       cw_machine_jump(machine, number);
	case DW_OP_bra:
		return cw_machine_take_fixed(machine, 2, true, &number) &&
		       cw_machine_pop_scalar(machine, &b) &&
		       (b.value == 0 || cw_machine_jump(machine, number));
	default:
		return cw_machine_pop_scalar(machine, &b) &&
		       cw_machine_pop_scalar(machine, &a) &&
		       cw_scalar_combine(op, a, b, &a) &&
		       cw_machine_push_scalar(machine, a);
	}
}

/* DW_OP_const1u … DW_OP_consts. */
static bool run_constant(struct cw_machine *machine, unsigned char op)
{
	uint64_t value;
	bool is_read;

	if (op == DW_OP_constu || op == DW_OP_consts)
		is_read = cw_machine_take_leb(machine, op == DW_OP_consts,
					      &value);
	else
		is_read = cw_machine_take_fixed(
			machine, 1 << ((op - DW_OP_const1u) / 2),
			(op - DW_OP_const1u) % 2, &value);
	return is_read && cw_machine_push(machine, value);
}

static bool run_indexed(struct cw_machine *machine, unsigned char op)
{
	const struct cw_expression_context *context = machine->context;
	uint64_t number, value;

	if (!cw_machine_take_leb(machine, false, &number) ||
	    !context->indexed_address ||
	    !context->indexed_address(context->context, number, &value))
		return false;
	if (op == DW_OP_addrx || op == DW_OP_GNU_addr_index)
		value += context->bias;
	return cw_machine_push(machine, value);
}

/* Of a register; anything else is not passed by a call. */
static bool run_entry_value(struct cw_machine *machine)
{
	const struct cw_expression_context *context = machine->context;
	struct cw_scalar_type type = cw_scalar_generic(0).type;
	const unsigned char *bytes, *end = machine->end;
	uint64_t size, reg, value;

	if (!cw_machine_take_leb(machine, false, &size) ||
	    !cw_machine_take(machine, size, &bytes) || size == 0)
		return false;
	const unsigned char *behind = machine->at;
	machine->at = bytes + 1;
	machine->end = behind;
	unsigned char op = bytes[0];
	bool is_register = true;
	if (op >= DW_OP_reg0 && op <= DW_OP_reg31)
		reg = op - DW_OP_reg0;
	else if (op == DW_OP_regx)
		is_register = cw_machine_take_leb(machine, false, &reg);
	else if (op == DW_OP_regval_type || op == DW_OP_GNU_regval_type)
		is_register = cw_machine_take_leb(machine, false, &reg) &&
			      take_type(machine, &type);
	else
		is_register = false;
	is_register &= machine->at == behind;
	machine->at = behind;
	machine->end = end;
	return is_register && context->entry_value &&
	       context->entry_value(context->context, reg, &value) &&
	       push_typed(machine, type, &value, sizeof(value));
}

static bool run_memory_operation(struct cw_machine *machine, unsigned char op)
{
	const struct cw_expression_context *context = machine->context;
	uint64_t value;

	switch (op) {
	case DW_OP_addr:
		return cw_machine_take_fixed(machine, 8, false, &value) &&
		       cw_machine_push(machine, value + context->bias);
	case DW_OP_addrx:
	case DW_OP_GNU_addr_index:
	case DW_OP_constx:
	case DW_OP_GNU_const_index:
		return run_indexed(machine, op);
	case DW_OP_deref:
		return cw_machine_dereference(machine, 8);
	case DW_OP_deref_size:
		return cw_machine_take_fixed(machine, 1, false, &value) &&
		       cw_machine_dereference(machine, value);
	case DW_OP_fbreg:
		return context->has_frame_base &&
		       cw_machine_take_leb(machine, true, &value) &&
		       cw_machine_push(machine, context->frame_base + value);
	case DW_OP_entry_value:
	case DW_OP_GNU_entry_value:
		return run_entry_value(machine);
	case DW_OP_call_frame_cfa:
		return context->frame && context->frame->cfa &&
		       cw_machine_push(machine, context->frame->cfa);
	case DW_OP_form_tls_address:
	case DW_OP_GNU_push_tls_address:
		return context->tls_address &&
		       cw_machine_pop(machine, &value) &&
		       context->tls_address(context->context, value, &value) &&
		       cw_machine_push(machine, value);
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
static bool run_description(struct cw_machine *machine, unsigned char op,
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
		return cw_machine_take_leb(machine, false, &machine->reg);
	case DW_OP_stack_value:
		machine->kind = CW_PIECE_VALUE;
		return machine->depth > 0;
	case DW_OP_implicit_value:
		machine->kind = CW_PIECE_BYTES;
		return cw_machine_take_leb(machine, false,
					   &machine->bytes_size) &&
		       cw_machine_take(machine, machine->bytes_size,
				       &machine->bytes);
	default:
		*ret_is_one = false;
		return true;
	}
}

/* One operation; false: the expression's outcome is unknown. */
static bool run_operation(struct cw_machine *machine, unsigned char op)
{
	uint64_t reg, offset;
	bool is_description;

	if (!run_description(machine, op, &is_description))
		return false;
	if (is_description || op == DW_OP_nop || op == DW_OP_GNU_uninit)
		return true;
	if (op >= DW_OP_lit0 && op <= DW_OP_lit31)
		return cw_machine_push(machine, op - DW_OP_lit0);
	if (op >= DW_OP_breg0 && op <= DW_OP_breg31)
		return cw_machine_take_leb(machine, true, &offset) &&
		       cw_machine_push_register(machine, op - DW_OP_breg0,
						offset);
	if (op == DW_OP_bregx)
		return cw_machine_take_leb(machine, false, &reg) &&
		       cw_machine_take_leb(machine, true, &offset) &&
		       cw_machine_push_register(machine, reg, offset);
	if (op >= DW_OP_const1u && op <= DW_OP_consts)
		return run_constant(machine, op);
	if (is_typed_operation(op))
		return run_typed_operation(machine, op);
	if (is_memory_operation(op))
		return run_memory_operation(machine, op);
	return run_stack_operation(machine, op);
}

/* Ends the piece that the operations so far describe. */
static void piece_add(struct cw_machine *machine, bool is_empty, uint64_t size,
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
		piece.value = machine->stack[machine->depth - 1].value;
	else
		piece.kind = CW_PIECE_UNKNOWN;
	if (piece.kind == CW_PIECE_BYTES &&
	    (piece.size == 0 || piece.size > machine->bytes_size))
		piece.size = machine->bytes_size;
	ret->pieces[ret->num_pieces++] = piece;
	machine->kind = CW_PIECE_MEMORY;
	machine->depth = 0;
}

static void place_unknown(struct cw_place *ret)
{
	ret->num_pieces = 1;
	ret->pieces[0] = (struct cw_place_piece){.kind = CW_PIECE_UNKNOWN};
}

static bool is_piece(unsigned char op)
{
	return op == DW_OP_piece || op == DW_OP_bit_piece;
}

/*
 * From the operation that could not be done to the end of its piece: what the
 * others say still counts.
 */
static bool piece_skip(struct cw_machine *machine, const unsigned char *failed)
{
	struct cw_cursor cursor = {failed, machine->end, false};

	while (cw_cursor_left(&cursor) > 0 && !is_piece(*cursor.at))
		if (!cw_operation_skip(&cursor))
			return false;
	machine->at = cursor.at;
	return true;
}

/* The size of the piece that ends here, in bytes.  False: it is of bits. */
static bool take_piece(struct cw_machine *machine, unsigned char op,
		       uint64_t *ret)
{
	uint64_t bits, offset;

	if (op == DW_OP_piece)
		return cw_machine_take_leb(machine, false, ret);
	if (!cw_machine_take_leb(machine, false, &bits) ||
	    !cw_machine_take_leb(machine, false, &offset) || bits % 8 || offset)
		return false;
	*ret = bits / 8;
	return true;
}

void cw_expression_evaluate(const unsigned char *expression, size_t size,
			    const struct cw_expression_context *context,
			    struct cw_place *ret)
{
	struct cw_machine machine = {
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
		cw_machine_push(&machine, context->initial);
	for (unsigned step = 0; machine.at < machine.end; step++) {
		const unsigned char *start = machine.at;
		unsigned char op = *machine.at++;
		if (is_piece(op)) {
			uint64_t piece_size;
			if (!take_piece(&machine, op, &piece_size))
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

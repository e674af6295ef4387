#include "dwarf/operation.h"

#include "base/memory.h"
#include "dwarf/library.h"

/*
 * Operands: a digit is that many bytes, 'l' a LEB128 number, 'b' a block with
 * its size as LEB128 before it, 'c' one with its size in one byte.  Offsets
 * are those of 32-bit DWARF.
 */
struct row {
	unsigned char first, last;
	const char *operands;
};

static const struct row rows[] = {
	{DW_OP_addr, DW_OP_addr, "8"},
	{DW_OP_deref, DW_OP_deref, ""},
	{DW_OP_const1u, DW_OP_const1s, "1"},
	{DW_OP_const2u, DW_OP_const2s, "2"},
	{DW_OP_const4u, DW_OP_const4s, "4"},
	{DW_OP_const8u, DW_OP_const8s, "8"},
	{DW_OP_constu, DW_OP_consts, "l"},
	{DW_OP_dup, DW_OP_over, ""},
	{DW_OP_pick, DW_OP_pick, "1"},
	{DW_OP_swap, DW_OP_plus, ""},
	{DW_OP_plus_uconst, DW_OP_plus_uconst, "l"},
	{DW_OP_shl, DW_OP_xor, ""},
	{DW_OP_bra, DW_OP_bra, "2"},
	{DW_OP_eq, DW_OP_ne, ""},
	{DW_OP_skip, DW_OP_skip, "2"},
	{DW_OP_lit0, DW_OP_reg31, ""},
	{DW_OP_breg0, DW_OP_breg31, "l"},
	{DW_OP_regx, DW_OP_regx, "l"},
	{DW_OP_fbreg, DW_OP_fbreg, "l"},
	{DW_OP_bregx, DW_OP_bregx, "ll"},
	{DW_OP_piece, DW_OP_piece, "l"},
	{DW_OP_deref_size, DW_OP_xderef_size, "1"},
	{DW_OP_nop, DW_OP_push_object_address, ""},
	{DW_OP_call2, DW_OP_call2, "2"},
	{DW_OP_call4, DW_OP_call_ref, "4"},
	{DW_OP_form_tls_address, DW_OP_call_frame_cfa, ""},
	{DW_OP_bit_piece, DW_OP_bit_piece, "ll"},
	{DW_OP_implicit_value, DW_OP_implicit_value, "b"},
	{DW_OP_stack_value, DW_OP_stack_value, ""},
	{DW_OP_implicit_pointer, DW_OP_implicit_pointer, "4l"},
	{DW_OP_addrx, DW_OP_constx, "l"},
	{DW_OP_entry_value, DW_OP_entry_value, "b"},
	{DW_OP_const_type, DW_OP_const_type, "lc"},
	{DW_OP_regval_type, DW_OP_regval_type, "ll"},
	{DW_OP_deref_type, DW_OP_xderef_type, "1l"},
	{DW_OP_convert, DW_OP_reinterpret, "l"},
	{DW_OP_GNU_push_tls_address, DW_OP_GNU_uninit, ""},
	{DW_OP_GNU_implicit_pointer, DW_OP_GNU_implicit_pointer, "4l"},
	{DW_OP_GNU_entry_value, DW_OP_GNU_entry_value, "b"},
	{DW_OP_GNU_const_type, DW_OP_GNU_const_type, "lc"},
	{DW_OP_GNU_regval_type, DW_OP_GNU_regval_type, "ll"},
	{DW_OP_GNU_deref_type, DW_OP_GNU_deref_type, "1l"},
	{DW_OP_GNU_convert, DW_OP_GNU_convert, "l"},
	{DW_OP_GNU_reinterpret, DW_OP_GNU_reinterpret, "l"},
	{DW_OP_GNU_parameter_ref, DW_OP_GNU_parameter_ref, "4"},
	{DW_OP_GNU_addr_index, DW_OP_GNU_const_index, "l"},
	{DW_OP_GNU_variable_value, DW_OP_GNU_variable_value, "4"},
};

static void operand_skip(struct cw_cursor *cursor, char kind)
{
	switch (kind) {
	case 'l':
		cw_cursor_uleb(cursor);
		break;
	case 'b':
		cw_cursor_bytes(cursor, cw_cursor_uleb(cursor));
		break;
	case 'c':
		cw_cursor_bytes(cursor, cw_cursor_fixed(cursor, 1));
		break;
	default:
		cw_cursor_bytes(cursor, kind - '0');
	}
}

bool cw_operation_skip(struct cw_cursor *cursor)
{
	unsigned char op = cw_cursor_fixed(cursor, 1);

	for (size_t i = 0; i < cw_num_elements(rows); i++) {
		if (op < rows[i].first || op > rows[i].last)
			continue;
		for (const char *kind = rows[i].operands; *kind; kind++)
			operand_skip(cursor, *kind);
		return !cursor->is_bad;
	}
	return false;
}

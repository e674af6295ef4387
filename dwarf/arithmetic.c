#include "dwarf/arithmetic.h"

#include "dwarf/library.h"

bool cw_arithmetic(unsigned char op, uint64_t a, uint64_t b, uint64_t *ret)
{
	int64_t signed_a = a, signed_b = b;

	switch (op) {
	case DW_OP_and:
		*ret = a & b;
		return true;
	case DW_OP_or:
		*ret = a | b;
		return true;
	case DW_OP_xor:
		*ret = a ^ b;
		return true;
	case DW_OP_plus:
		*ret = a + b;
		return true;
	case DW_OP_minus:
		*ret = a - b;
		return true;
	case DW_OP_mul:
		*ret = a * b;
		return true;
	case DW_OP_div:
		if (b == 0 || (signed_a == INT64_MIN && signed_b == -1))
			return false;
		*ret = signed_a / signed_b;
		return true;
	case DW_OP_mod:
		if (b == 0)
			return false;
		*ret = a % b;
		return true;
	case DW_OP_shl:
		*ret = b < 64 ? a << b : 0;
		return true;
	case DW_OP_shr:
		*ret = b < 64 ? a >> b : 0;
		return true;
	case DW_OP_shra:
		*ret = signed_a >> (b < 64 ? b : 63);
		return true;
	case DW_OP_eq:
		*ret = a == b;
		return true;
	case DW_OP_ne:
		*ret = a != b;
		return true;
	case DW_OP_lt:
		*ret = signed_a < signed_b;
		return true;
	case DW_OP_le:
		*ret = signed_a <= signed_b;
		return true;
	case DW_OP_gt:
		*ret = signed_a > signed_b;
		return true;
	case DW_OP_ge:
		*ret = signed_a >= signed_b;
		return true;
	default:
		return false;
	}
}

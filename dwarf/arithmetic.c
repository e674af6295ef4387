#include "dwarf/arithmetic.h"

#include <string.h>

#include "dwarf/library.h"

bool cw_scalar_type_make(uint64_t encoding, uint64_t size,
			 struct cw_scalar_type *ret)
{
	enum cw_scalar_type_kind kind;

	switch (encoding) {
	case DW_ATE_signed:
	case DW_ATE_signed_char:
		kind = CW_SCALAR_SIGNED;
		break;
	case DW_ATE_unsigned:
	case DW_ATE_unsigned_char:
	case DW_ATE_boolean:
	case DW_ATE_address:
	case DW_ATE_UTF:
		kind = CW_SCALAR_UNSIGNED;
		break;
	case DW_ATE_float:
		kind = CW_SCALAR_REAL;
		break;
	default:
		return false;
	}
	if (size != 8 && size != 4 &&
	    (kind == CW_SCALAR_REAL || (size != 2 && size != 1)))
		return false;
	*ret = (struct cw_scalar_type){kind, size};
	return true;
}

struct cw_scalar cw_scalar_of_bits(struct cw_scalar_type type, uint64_t bits)
{
	unsigned shift = 64 - 8 * type.size;

	bits <<= shift;
	if (type.kind == CW_SCALAR_SIGNED)
		bits = (int64_t)bits >> shift;
	else
		bits >>= shift;
	return (struct cw_scalar){type, bits};
}

static double real_of(struct cw_scalar number)
{
	double wide;
	float narrow;

	switch (number.type.kind) {
	case CW_SCALAR_SIGNED:
		return (double)(int64_t)number.value;
	case CW_SCALAR_REAL:
		break;
	default:
		return (double)number.value;
	}
	if (number.type.size == sizeof(wide)) {
		memcpy(&wide, &number.value, sizeof(wide));
		return wide;
	}
	memcpy(&narrow, &number.value, sizeof(narrow));
	return narrow;
}

static struct cw_scalar number_of_real(struct cw_scalar_type type, double real)
{
	struct cw_scalar number = {type, 0};
	float narrow = (float)real;

	if (type.size == sizeof(real))
		memcpy(&number.value, &real, sizeof(real));
	else
		memcpy(&number.value, &narrow, sizeof(narrow));
	return number;
}

bool cw_scalar_convert(struct cw_scalar number, struct cw_scalar_type type,
		       struct cw_scalar *ret)
{
	if (type.kind == CW_SCALAR_REAL) {
		/* An integer becomes a float in one step, not by a double. */
		if (type.size == sizeof(float) &&
		    number.type.kind != CW_SCALAR_REAL) {
			float narrow = number.type.kind == CW_SCALAR_SIGNED
					       ? (float)(int64_t)number.value
					       : (float)number.value;
			*ret = number_of_real(type, narrow);
		} else {
			*ret = number_of_real(type, real_of(number));
		}
		return true;
	}
	if (number.type.kind == CW_SCALAR_REAL) {
		double real = real_of(number);
		/* What is beyond, C leaves open. */
		if (!(real > -0x1p63 && real < 0x1p63))
			return false;
		number.value = (int64_t)real;
	}
	*ret = cw_scalar_of_bits(type, number.value);
	return true;
}

bool cw_scalar_change(unsigned char op, struct cw_scalar number,
		      struct cw_scalar *ret)
{
	bool is_real = number.type.kind == CW_SCALAR_REAL;
	double real = is_real ? real_of(number) : 0;
	bool is_negative = is_real ? real < 0
				   : number.type.kind != CW_SCALAR_UNSIGNED &&
					     (int64_t)number.value < 0;

	if (op == DW_OP_abs && !is_negative)
		*ret = number;
	else if (is_real && (op == DW_OP_abs || op == DW_OP_neg))
		*ret = number_of_real(number.type, -real);
	else if (!is_real && (op == DW_OP_abs || op == DW_OP_neg))
		*ret = cw_scalar_of_bits(number.type, -number.value);
	else if (!is_real && op == DW_OP_not)
		*ret = cw_scalar_of_bits(number.type, ~number.value);
	else
		return false;
	return true;
}

/* Of 64 bits, signed where that matters. */
static bool combine_generic(unsigned char op, uint64_t a, uint64_t b,
			    uint64_t *ret)
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
	default:
		return false;
	}
}

/* Where it is not the same as of 64 bits that are signed where it matters. */
static bool combine_typed(unsigned char op, struct cw_scalar_type type,
			  uint64_t a, uint64_t b, uint64_t *ret)
{
	bool is_signed = type.kind == CW_SCALAR_SIGNED;

	switch (op) {
	case DW_OP_shr:
		a = cw_scalar_of_bits(
			    (struct cw_scalar_type){CW_SCALAR_UNSIGNED,
						    type.size},
			    a)
			    .value;
		return combine_generic(op, a, b, ret);
	case DW_OP_shra:
		a = cw_scalar_of_bits((struct cw_scalar_type){CW_SCALAR_SIGNED,
							      type.size},
				      a)
			    .value;
		return combine_generic(op, a, b, ret);
	case DW_OP_mod:
		if (b == 0 || (is_signed && (int64_t)b == -1))
			return false;
		*ret = is_signed ? (uint64_t)((int64_t)a % (int64_t)b) : a % b;
		return true;
	case DW_OP_div:
		if (is_signed || b == 0)
			break;
		*ret = a / b;
		return true;
	}
	return combine_generic(op, a, b, ret);
}

static bool combine_real(unsigned char op, struct cw_scalar a,
			 struct cw_scalar b, struct cw_scalar *ret)
{
	double left = real_of(a), right = real_of(b);

	switch (op) {
	case DW_OP_plus:
		*ret = number_of_real(a.type, left + right);
		return true;
	case DW_OP_minus:
		*ret = number_of_real(a.type, left - right);
		return true;
	case DW_OP_mul:
		*ret = number_of_real(a.type, left * right);
		return true;
	case DW_OP_div:
		*ret = number_of_real(a.type, left / right);
		return true;
	default:
		return false;
	}
}

static bool is_comparison(unsigned char op)
{
	return op >= DW_OP_eq && op <= DW_OP_ne;
}

/* What is not a number is neither less nor greater nor equal. */
static bool compare(unsigned char op, struct cw_scalar a, struct cw_scalar b)
{
	bool is_less, is_equal, is_greater;

	if (a.type.kind == CW_SCALAR_REAL) {
		double left = real_of(a), right = real_of(b);
		is_less = left < right;
		is_equal = left == right;
		is_greater = left > right;
	} else {
		/* Unsigned, the order is the same with all moved down. */
		uint64_t down = a.type.kind == CW_SCALAR_UNSIGNED
					? UINT64_C(1) << 63
					: 0;
		is_less = (int64_t)(a.value ^ down) < (int64_t)(b.value ^ down);
		is_equal = a.value == b.value;
		is_greater = !is_less && !is_equal;
	}
	switch (op) {
	case DW_OP_eq:
		return is_equal;
	case DW_OP_ne:
		return !is_equal;
	case DW_OP_lt:
		return is_less;
	case DW_OP_le:
		return is_less || is_equal;
	case DW_OP_gt:
		return is_greater;
	default:
		return is_greater || is_equal;
	}
}

static bool is_shift(unsigned char op)
{
	return op >= DW_OP_shl && op <= DW_OP_shra;
}

bool cw_scalar_combine(unsigned char op, struct cw_scalar a, struct cw_scalar b,
		       struct cw_scalar *ret)
{
	bool has_one_type =
		a.type.kind == b.type.kind && a.type.size == b.type.size;
	uint64_t value;

	if (!has_one_type && (!is_shift(op) || b.type.kind == CW_SCALAR_REAL))
		return false;
	if (is_comparison(op)) {
		*ret = cw_scalar_generic(compare(op, a, b));
		return true;
	}
	if (a.type.kind == CW_SCALAR_REAL)
		return combine_real(op, a, b, ret);
	if (a.type.kind == CW_SCALAR_GENERIC
		    ? !combine_generic(op, a.value, b.value, &value)
		    : !combine_typed(op, a.type, a.value, b.value, &value))
		return false;
	*ret = cw_scalar_of_bits(a.type, value);
	return true;
}

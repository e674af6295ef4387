#include "code/home.h"

#include <string.h>

/* DWARF 5, table 7.9: the operations that locations of locals are made of. */
enum {
	OP_ADDR = 0x03,
	OP_DEREF = 0x06,
	OP_REG0 = 0x50,
	OP_REG31 = 0x6f,
	OP_BREG0 = 0x70,
	OP_BREG31 = 0x8f,
	OP_REGX = 0x90,
	OP_FBREG = 0x91,
	OP_BREGX = 0x92,
	OP_CALL_FRAME_CFA = 0x9c,
	OP_STACK_VALUE = 0x9f,
	MAX_OFFSET = 1 << 24,
};

struct cursor {
	const unsigned char *at, *end;
};

static bool unsigned_read(struct cursor *cursor, uint64_t *ret)
{
	uint64_t value = 0;

	for (unsigned shift = 0; cursor->at < cursor->end && shift < 64;
	     shift += 7) {
		unsigned char byte = *cursor->at++;
		value |= (uint64_t)(byte & 0x7f) << shift;
		if (!(byte & 0x80)) {
			*ret = value;
			return true;
		}
	}
	return false;
}

static bool offset_read(struct cursor *cursor, int32_t *ret)
{
	const unsigned char *start = cursor->at;
	uint64_t value;

	if (!unsigned_read(cursor, &value))
		return false;
	unsigned bits = 7 * (cursor->at - start);
	int64_t number = value;
	if (bits < 64 && cursor->at[-1] & 0x40)
		number |= -(INT64_C(1) << bits);
	if (number > MAX_OFFSET || number < -MAX_OFFSET)
		return false;
	*ret = number;
	return true;
}

static bool register_read(struct cursor *cursor, unsigned op, unsigned first,
			  uint8_t *ret)
{
	uint64_t reg = op - first;

	if ((op == OP_REGX || op == OP_BREGX) && !unsigned_read(cursor, &reg))
		return false;
	*ret = reg;
	return reg < CW_NUM_REGISTERS;
}

/* Expressions without the frame base. */
static bool plain_read(const unsigned char *expression, size_t size,
		       struct cw_home *home)
{
	struct cursor cursor = {expression, expression + size};
	unsigned op = size ? *cursor.at++ : 0;

	if ((op >= OP_REG0 && op <= OP_REG31) || op == OP_REGX) {
		home->kind = CW_HOME_REGISTER;
		return register_read(&cursor, op, OP_REG0, &home->reg) &&
		       cursor.at == cursor.end;
	}
	if (op == OP_CALL_FRAME_CFA) {
		home->kind = CW_HOME_FRAME;
		home->offset = 0;
		return cursor.at == cursor.end;
	}
	if (!((op >= OP_BREG0 && op <= OP_BREG31) || op == OP_BREGX))
		return false;
	home->kind = CW_HOME_BASED;
	if (!register_read(&cursor, op, OP_BREG0, &home->reg) ||
	    !offset_read(&cursor, &home->offset))
		return false;
	/* The value of what lies there, which cannot be written. */
	if (cursor.end - cursor.at == 2 && cursor.at[0] == OP_DEREF &&
	    cursor.at[1] == OP_STACK_VALUE)
		return true;
	if (cursor.at < cursor.end && *cursor.at == OP_STACK_VALUE) {
		home->kind = CW_HOME_SUM;
		cursor.at++;
	}
	return cursor.at == cursor.end;
}

/* An optimised variable may lie where the one lies that it is a copy of. */
static bool address_read(struct cursor *cursor,
			 const struct cw_outline *outline, struct cw_home *home)
{
	if (cursor->end - cursor->at != 1 + sizeof(home->address))
		return false;
	memcpy(&home->address, cursor->at + 1, sizeof(home->address));
	home->address += outline->module->bias;
	home->kind = CW_HOME_STATIC;
	return true;
}

bool cw_home_read(const unsigned char *expression, size_t size,
		  const struct cw_outline *outline, struct cw_home *ret)
{
	struct cursor cursor = {expression, expression + size};
	int32_t offset;

	if (size == 0)
		return false;
	if (*cursor.at == OP_ADDR)
		return address_read(&cursor, outline, ret);
	if (*cursor.at != OP_FBREG)
		return plain_read(expression, size, ret);
	cursor.at++;
	if (!offset_read(&cursor, &offset) || cursor.at != cursor.end ||
	    !outline->frame_base ||
	    !plain_read(outline->frame_base, outline->frame_base_size, ret))
		return false;
	/* clang says that rbp is the frame base, not that it is in rbp. */
	if (ret->kind == CW_HOME_REGISTER) {
		ret->kind = CW_HOME_BASED;
		ret->offset = 0;
	}
	ret->offset += offset;
	return ret->kind == CW_HOME_FRAME || ret->kind == CW_HOME_BASED;
}

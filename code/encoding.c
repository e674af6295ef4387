#include "code/encoding.h"

#include <string.h>

#include "code/opcode.h"

enum {
	RCX = 2,
	/* Opcodes that other prefixes make others. */
	NOP = 0x90,
	MOVSXD = 0x63,
};

#define BIT(reg) (1u << (reg))

/* Registers as the machine numbers them, to DWARF's numbers. */
static const uint8_t numbers[CW_NUM_REGISTERS] = {
	0, 2, 1, 3, 7, 6, 4, 5, 8, 9, 10, 11, 12, 13, 14, 15,
};

enum {
	/* Bits of a REX prefix. */
	REX_B = 1,
	REX_X = 2,
	REX_R = 4,
	REX_W = 8,
};

struct reader {
	const unsigned char *at, *end;
	uint8_t rex;	   /* 0: none */
	bool is_short;	   /* the prefix 66 */
	bool is_of_thread; /* %fs or %gs */
	uint8_t prefix;	   /* CW_OPCODE_PLAIN or another */
	uint8_t opcode;
	uint8_t modrm;
	/* Counts from the end of the instruction; or NULL. */
	struct cw_operand *relative;
};

/* False: there are none. */
static bool number_read(struct reader *reader, unsigned size, int64_t *ret)
{
	uint64_t value = 0;

	if ((size_t)(reader->end - reader->at) < size)
		return false;
	memcpy(&value, reader->at, size);
	reader->at += size;
	*ret = (int64_t)(value << (64 - 8 * size)) >> (64 - 8 * size);
	return true;
}

/* What stands before the opcode; false: a strange mixture. */
static bool prefixes_read(struct reader *reader)
{
	bool has_66 = false;

	for (; reader->at < reader->end; reader->at++) {
		unsigned char byte = *reader->at;
		if (byte == 0x66 && !has_66)
			has_66 = true;
		else if ((byte == 0xf2 || byte == 0xf3) &&
			 reader->prefix == CW_OPCODE_PLAIN)
			reader->prefix =
				byte == 0xf2 ? CW_OPCODE_F2 : CW_OPCODE_F3;
		else if ((byte == 0x64 || byte == 0x65) &&
			 !reader->is_of_thread)
			reader->is_of_thread = true;
		else
			break;
	}
	if (reader->at < reader->end && (*reader->at & 0xf0) == 0x40)
		reader->rex = *reader->at++;
	if (has_66 && reader->prefix != CW_OPCODE_PLAIN)
		return false;
	reader->is_short = has_66;
	if (has_66)
		reader->prefix = CW_OPCODE_66;
	return reader->at < reader->end;
}

static void register_name(const struct reader *reader, unsigned number,
			  unsigned size, struct cw_operand *ret)
{
	/* ah, ch, dh and bh, where there is no REX. */
	if (size == 1 && !reader->rex && number >= 4)
		number -= 4;
	ret->kind = CW_OPERAND_REGISTER;
	ret->size = size;
	ret->base = numbers[number];
}

static unsigned middle(const struct reader *reader)
{
	return (reader->modrm >> 3 & 7) | (reader->rex & REX_R ? 8 : 0);
}

static unsigned last(const struct reader *reader)
{
	return (reader->modrm & 7) | (reader->rex & REX_B ? 8 : 0);
}

static unsigned in_opcode(const struct reader *reader)
{
	return (reader->opcode & 7) | (reader->rex & REX_B ? 8 : 0);
}

/* [base + index * scale + displacement], Intel SDM volume 2, tables 2-2, 2-3 */
static bool memory_read(struct reader *reader, struct cw_operand *ret)
{
	unsigned mod = reader->modrm >> 6, base = reader->modrm & 7;
	unsigned displacement = mod == 1 ? 1 : mod == 2 ? 4 : 0;

	ret->kind =
		reader->is_of_thread ? CW_OPERAND_THREAD : CW_OPERAND_MEMORY;
	ret->scale = 1;
	if (base == 4) {
		if (reader->at == reader->end)
			return false;
		unsigned sib = *reader->at++;
		unsigned index = (sib >> 3 & 7) | (reader->rex & REX_X ? 8 : 0);
		base = sib & 7;
		ret->scale = 1 << (sib >> 6);
		if (index != 4)
			ret->index = numbers[index];
		if (base == 5 && mod == 0)
			displacement = 4;
		else
			ret->base =
				numbers[base | (reader->rex & REX_B ? 8 : 0)];
	} else if (base == 5 && mod == 0) {
		displacement = 4;
		if (!reader->is_of_thread)
			reader->relative = ret;
	} else {
		ret->base = numbers[last(reader)];
	}
	return displacement == 0 ||
	       number_read(reader, displacement, &ret->number);
}

/* The register or memory; vectors' registers are not looked at. */
static bool place_read(struct reader *reader, unsigned size, bool is_vector,
		       struct cw_operand *ret)
{
	ret->size = size;
	if (reader->modrm >> 6 != 3)
		return memory_read(reader, ret);
	if (is_vector)
		ret->kind = CW_OPERAND_OTHER;
	else
		register_name(reader, last(reader), size, ret);
	return true;
}

static unsigned size_of(const struct reader *reader,
			const struct cw_opcode *opcode)
{
	if (opcode->flags & CW_OPCODE_BYTE)
		return 1;
	if (opcode->flags & CW_OPCODE_WIDE || reader->rex & REX_W)
		return 8;
	return reader->is_short && !opcode->prefixes ? 2 : 4;
}

static unsigned size_of_second(const struct cw_opcode *opcode, unsigned size)
{
	static const uint8_t sizes[] = {
		[CW_OPCODE_BYTE_FROM] = 1,
		[CW_OPCODE_SHORT_FROM] = 2,
		[CW_OPCODE_LONG_FROM] = 4,
	};
	unsigned from = opcode->flags & CW_OPCODE_FROM_MASK;

	return from ? sizes[from] : size;
}

/* As many bytes of it as the other operand has. */
static bool immediate_read(struct reader *reader, unsigned bytes,
			   struct cw_operand *ret)
{
	ret->kind = CW_OPERAND_NUMBER;
	if (!number_read(reader, bytes, &ret->number))
		return false;
	if (ret->size < 8)
		ret->number &= (UINT64_C(1) << 8 * ret->size) - 1;
	return true;
}

/* Numbers that count from the end of the instruction are left as they are. */
static bool operand_read(struct reader *reader, char what, unsigned size,
			 struct cw_operand *ret)
{
	ret->size = size;
	switch (what) {
	case 'R':
		register_name(reader, middle(reader), size, ret);
		return true;
	case 'E':
	case 'W':
		return place_read(reader, size, what == 'W', ret);
	case 'V':
		ret->kind = CW_OPERAND_OTHER;
		return true;
	case 'O':
		register_name(reader, in_opcode(reader), size, ret);
		return true;
	case 'A':
		register_name(reader, 0, size, ret);
		return true;
	case 'C':
		ret->kind = CW_OPERAND_REGISTER;
		ret->base = RCX;
		ret->size = 1;
		return true;
	case '1':
		ret->kind = CW_OPERAND_NUMBER;
		ret->number = 1;
		return true;
	case 'N':
		return immediate_read(reader, size, ret);
	case 'I':
		return immediate_read(reader, size > 4 ? 4 : size, ret);
	case 'B':
		return immediate_read(reader, 1, ret);
	case 'b':
		ret->size = 1;
		return immediate_read(reader, 1, ret);
	case 'J':
	case 'j':
		reader->relative = ret;
		ret->size = 8;
		return immediate_read(reader, what == 'J' ? 4 : 1, ret);
	default:
		ret->size = 0;
		return true;
	}
}

static uint16_t named_by(const struct cw_operand *operand)
{
	uint16_t named = 0;

	if (operand->base != CW_NO_REGISTER)
		named |= BIT(operand->base);
	if (operand->index != CW_NO_REGISTER)
		named |= BIT(operand->index);
	return named;
}

static void registers_note(const struct cw_opcode *opcode,
			   struct cw_instruction *ret)
{
	const struct cw_operand *a = &ret->operands[0], *b = &ret->operands[1];
	bool is_register = a->kind == CW_OPERAND_REGISTER;
	bool is_same = is_register && b->kind == CW_OPERAND_REGISTER &&
		       a->base == b->base && a->size == b->size;

	ret->written = opcode->implied;
	ret->mentioned = opcode->implied | named_by(a) | named_by(b);
	if (is_register && opcode->flags & CW_OPCODE_WRITES)
		ret->written |= BIT(a->base);
	if (b->kind == CW_OPERAND_REGISTER &&
	    opcode->flags & CW_OPCODE_WRITES_BOTH)
		ret->written |= BIT(b->base);
	if (!is_register || a->size < 4)
		return;
	if (opcode->flags & CW_OPCODE_REPLACES)
		ret->replaced = BIT(a->base) & ~named_by(b);
	else if (opcode->flags & CW_OPCODE_CLEARS && is_same)
		ret->replaced = BIT(a->base);
}

/* Comparisons of a whole word with zero. */
static bool is_zero_test(const struct reader *reader,
			 const struct cw_instruction *found)
{
	const struct cw_operand *a = &found->operands[0];
	const struct cw_operand *b = &found->operands[1];

	if (a->kind != CW_OPERAND_REGISTER || a->size != 8)
		return false;
	if (b->kind == CW_OPERAND_REGISTER)
		return reader->opcode == 0x85 && a->base == b->base;
	return b->kind == CW_OPERAND_NUMBER && b->number == 0 &&
	       !(reader->opcode == 0xf7 || reader->opcode == 0xa9);
}

/* By the last bits of the opcode of a branch. */
static const uint8_t conditions[16] = {
	[4] = CW_CONDITION_ZERO,
	[5] = CW_CONDITION_NOT_ZERO,
};

static bool is_in_modrm(char operand)
{
	return operand == 'E' || operand == 'R' || operand == 'V' ||
	       operand == 'W';
}

static bool has_modrm(const struct cw_opcode *opcode)
{
	return opcode->group || is_in_modrm(opcode->operands[0]) ||
	       is_in_modrm(opcode->operands[1]);
}

/* Prefixes that are part of an opcode, or mean nothing to this one. */
static bool is_allowed(const struct reader *reader,
		       const struct cw_opcode *opcode)
{
	if (opcode->prefixes)
		return opcode->prefixes & reader->prefix;
	if (opcode->kind == CW_INSTRUCTION_ADDRESS && reader->modrm >> 6 == 3)
		return false;
	if (opcode == &cw_opcodes[NOP] && reader->rex & REX_B)
		return false;
	if (opcode == &cw_opcodes[MOVSXD] && !(reader->rex & REX_W))
		return false;
	return reader->prefix == CW_OPCODE_PLAIN ||
	       (reader->prefix == CW_OPCODE_66 &&
		!(opcode->flags & CW_OPCODE_WIDE) &&
		opcode->operands[0] != 'J' && opcode->operands[0] != 'j');
}

static const struct cw_opcode *opcode_read(struct reader *reader)
{
	const struct cw_opcode *opcodes = cw_opcodes;

	if (*reader->at == 0x0f) {
		opcodes = cw_opcodes_of_0f;
		if (++reader->at == reader->end)
			return NULL;
	}
	reader->opcode = *reader->at++;
	const struct cw_opcode *opcode = &opcodes[reader->opcode];
	if (!opcode->is_known)
		return NULL;
	if (has_modrm(opcode)) {
		if (reader->at == reader->end)
			return NULL;
		reader->modrm = *reader->at++;
	}
	if (opcode->group)
		opcode = cw_opcode_in_group(opcode, reader->modrm >> 3 & 7);
	return opcode->is_known && is_allowed(reader, opcode) ? opcode : NULL;
}

bool cw_encoding_read(const unsigned char *bytes, size_t size, cw_addr address,
		      struct cw_instruction *ret)
{
	struct reader reader = {
		.at = bytes,
		.end = bytes + size,
		.prefix = CW_OPCODE_PLAIN,
	};
	const struct cw_opcode *opcode;

	if (!prefixes_read(&reader) || !(opcode = opcode_read(&reader)))
		return false;
	*ret = (struct cw_instruction){.address = address,
				       .kind = opcode->kind};
	for (unsigned i = 0; i < 2; i++) {
		ret->operands[i].base = ret->operands[i].index = CW_NO_REGISTER;
		if (!operand_read(
			    &reader, opcode->operands[i],
			    i == 0 ? size_of(&reader, opcode)
				   : size_of_second(opcode,
						    ret->operands[0].size),
			    &ret->operands[i]))
			return false;
	}
	unsigned extra = opcode->extra == 4 && size_of(&reader, opcode) == 2
				 ? 2
				 : opcode->extra;
	if (reader.end - reader.at < extra)
		return false;
	reader.at += extra;
	ret->size = reader.at - bytes;
	if (reader.relative)
		reader.relative->number += address + ret->size;
	registers_note(opcode, ret);
	ret->is_comparison = ret->kind == CW_INSTRUCTION_TEST;
	if (ret->is_comparison && !is_zero_test(&reader, ret))
		ret->kind = CW_INSTRUCTION_OTHER;
	if (ret->kind == CW_INSTRUCTION_BRANCH)
		ret->condition = conditions[reader.opcode & 0xf];
	return true;
}

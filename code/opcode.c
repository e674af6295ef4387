#include "code/opcode.h"

enum {
	RAX = 0,
	RDX = 1,
	RBP = 6,
	RSP = 7,
	BYTE = CW_OPCODE_BYTE,
	WIDE = CW_OPCODE_WIDE,
	WRITES = CW_OPCODE_WRITES,
	REPLACES = CW_OPCODE_REPLACES,
	CLEARS = CW_OPCODE_CLEARS,
	BYTE_FROM = CW_OPCODE_BYTE_FROM,
	SHORT_FROM = CW_OPCODE_SHORT_FROM,
	LONG_FROM = CW_OPCODE_LONG_FROM,
	WRITES_BOTH = CW_OPCODE_WRITES_BOTH,
	P66 = CW_OPCODE_66,
	PF3 = CW_OPCODE_F3,
	PACKED = CW_OPCODE_PLAIN | P66,
	SCALAR = PF3 | CW_OPCODE_F2,
	ALL = PACKED | SCALAR,
};

#define BIT(reg) (1u << (reg))

enum {
	NO_GROUP,
	GROUP_NUMBER_BYTE,    /* 80 */
	GROUP_NUMBER_LONG,    /* 81 */
	GROUP_NUMBER,	      /* 83 */
	GROUP_POP,	      /* 8f */
	GROUP_SHIFT_BYTE,     /* c0 */
	GROUP_SHIFT,	      /* c1 */
	GROUP_MOVE_BYTE,      /* c6 */
	GROUP_MOVE,	      /* c7 */
	GROUP_SHIFT_BYTE_ONE, /* d0 */
	GROUP_SHIFT_ONE,      /* d1 */
	GROUP_SHIFT_BYTE_CL,  /* d2 */
	GROUP_SHIFT_CL,	      /* d3 */
	GROUP_UNARY_BYTE,     /* f6 */
	GROUP_UNARY,	      /* f7 */
	GROUP_STEP_BYTE,      /* fe */
	GROUP_STEP,	      /* ff */
	GROUP_NOP,	      /* 0f 1f */
	GROUP_BIT,	      /* 0f ba */
	NUM_GROUPS,
};

#define ROW(o, k, ...)                                                         \
	{                                                                      \
		.is_known = true, .operands = o, .kind = CW_INSTRUCTION_##k,   \
		__VA_ARGS__                                                    \
	}
#define IN_GROUP(g)                                                            \
	{                                                                      \
		.is_known = true, .group = g                                   \
	}

/* The six forms of an arithmetic instruction. */
#define ARITHMETIC(first, k, f)                                                \
	[first] = ROW("ER", k, .flags = BYTE | (f)),                           \
	[first + 1] = ROW("ER", k, .flags = f),                                \
	[first + 2] = ROW("RE", k, .flags = BYTE | (f)),                       \
	[first + 3] = ROW("RE", k, .flags = f),                                \
	[first + 4] = ROW("AI", k, .flags = BYTE | (f)),                       \
	[first + 5] = ROW("AI", k, .flags = f)

const struct cw_opcode cw_opcodes[256] = {
	ARITHMETIC(0x00, ADD, WRITES),
	ARITHMETIC(0x08, OTHER, WRITES),
	ARITHMETIC(0x10, OTHER, WRITES),
	ARITHMETIC(0x18, OTHER, WRITES),
	ARITHMETIC(0x20, MASK, WRITES),
	ARITHMETIC(0x28, SUBTRACT, WRITES),
	ARITHMETIC(0x30, OTHER, WRITES | CLEARS),
	ARITHMETIC(0x38, TEST, 0),
	[0x50 ... 0x57] = ROW("O", PUSH, .flags = WIDE, .implied = BIT(RSP)),
	[0x58 ... 0x5f] = ROW("O", POP, .flags = WIDE | WRITES | REPLACES,
			      .implied = BIT(RSP)),
	[0x63] = ROW("RE", OTHER, .flags = WRITES | REPLACES | LONG_FROM),
	[0x68] = ROW("I", PUSH, .flags = WIDE, .implied = BIT(RSP)),
	[0x69] = ROW("RE", OTHER, .flags = WRITES, .extra = 4),
	[0x6a] = ROW("B", PUSH, .flags = WIDE, .implied = BIT(RSP)),
	[0x6b] = ROW("RE", OTHER, .flags = WRITES, .extra = 1),
	[0x70 ... 0x7f] = ROW("j", BRANCH),
	[0x80] = IN_GROUP(GROUP_NUMBER_BYTE),
	[0x81] = IN_GROUP(GROUP_NUMBER_LONG),
	[0x83] = IN_GROUP(GROUP_NUMBER),
	[0x84] = ROW("ER", TEST, .flags = BYTE),
	[0x85] = ROW("ER", TEST),
	[0x86] = ROW("ER", OTHER, .flags = BYTE | WRITES | WRITES_BOTH),
	[0x87] = ROW("ER", OTHER, .flags = WRITES | WRITES_BOTH),
	[0x88] = ROW("ER", MOVE, .flags = BYTE | WRITES | REPLACES),
	[0x89] = ROW("ER", MOVE, .flags = WRITES | REPLACES),
	[0x8a] = ROW("RE", MOVE, .flags = BYTE | WRITES | REPLACES),
	[0x8b] = ROW("RE", MOVE, .flags = WRITES | REPLACES),
	[0x8d] = ROW("RE", ADDRESS, .flags = WRITES | REPLACES),
	[0x8f] = IN_GROUP(GROUP_POP),
	[0x90] = ROW("", OTHER),
	[0x98] = ROW("", OTHER, .implied = BIT(RAX)),
	[0x99] = ROW("", OTHER, .implied = BIT(RAX) | BIT(RDX)),
	[0xa8] = ROW("AI", TEST, .flags = BYTE | WRITES),
	[0xa9] = ROW("AI", TEST, .flags = WRITES),
	[0xb0 ... 0xb7] = ROW("ON", MOVE, .flags = BYTE | WRITES | REPLACES),
	[0xb8 ... 0xbf] = ROW("ON", MOVE, .flags = WRITES | REPLACES),
	[0xc0] = IN_GROUP(GROUP_SHIFT_BYTE),
	[0xc1] = IN_GROUP(GROUP_SHIFT),
	[0xc3] = ROW("", RETURN, .implied = BIT(RSP)),
	[0xc6] = IN_GROUP(GROUP_MOVE_BYTE),
	[0xc7] = IN_GROUP(GROUP_MOVE),
	[0xc9] = ROW("", LEAVE, .implied = BIT(RBP) | BIT(RSP)),
	[0xcc] = ROW("", STOP),
	[0xd0] = IN_GROUP(GROUP_SHIFT_BYTE_ONE),
	[0xd1] = IN_GROUP(GROUP_SHIFT_ONE),
	[0xd2] = IN_GROUP(GROUP_SHIFT_BYTE_CL),
	[0xd3] = IN_GROUP(GROUP_SHIFT_CL),
	[0xe8] = ROW("J", CALL, .implied = BIT(RSP)),
	[0xe9] = ROW("J", JUMP),
	[0xeb] = ROW("j", JUMP),
	[0xf6] = IN_GROUP(GROUP_UNARY_BYTE),
	[0xf7] = IN_GROUP(GROUP_UNARY),
	[0xfe] = IN_GROUP(GROUP_STEP_BYTE),
	[0xff] = IN_GROUP(GROUP_STEP),
};

#define VECTOR(o, p, ...) ROW(o, OTHER, .prefixes = p, __VA_ARGS__)

const struct cw_opcode cw_opcodes_of_0f[256] = {
	[0x0b] = ROW("", STOP),
	[0x10] = VECTOR("VW", ALL),
	[0x11] = VECTOR("WV", ALL),
	[0x14 ... 0x15] = VECTOR("VW", PACKED),
	[0x1f] = IN_GROUP(GROUP_NOP),
	[0x28] = VECTOR("VW", PACKED),
	[0x29] = VECTOR("WV", PACKED),
	[0x2a] = VECTOR("VE", SCALAR),
	[0x2c ... 0x2d] = VECTOR("RW", SCALAR, .flags = WRITES),
	[0x2e ... 0x2f] = VECTOR("VW", PACKED),
	[0x40 ... 0x4f] = ROW("RE", MAYBE_MOVE, .flags = WRITES),
	[0x51] = VECTOR("VW", ALL),
	[0x54 ... 0x57] = VECTOR("VW", PACKED),
	[0x58 ... 0x5a] = VECTOR("VW", ALL),
	[0x5b] = VECTOR("VW", PACKED),
	[0x5c ... 0x5f] = VECTOR("VW", ALL),
	[0x60 ... 0x6d] = VECTOR("VW", P66),
	[0x6e] = VECTOR("VE", P66),
	[0x6f] = VECTOR("VW", P66 | PF3),
	[0x70] = VECTOR("VW", P66 | SCALAR, .extra = 1),
	[0x74 ... 0x76] = VECTOR("VW", P66),
	[0x7f] = VECTOR("WV", P66 | PF3),
	[0x80 ... 0x8f] = ROW("J", BRANCH),
	[0x90 ... 0x9f] = ROW("E", OTHER, .flags = BYTE | WRITES),
	[0xa3] = ROW("ER", OTHER),
	[0xab] = ROW("ER", OTHER, .flags = WRITES),
	[0xaf] = ROW("RE", OTHER, .flags = WRITES),
	[0xb3] = ROW("ER", OTHER, .flags = WRITES),
	[0xb6] = ROW("RE", OTHER, .flags = WRITES | REPLACES | BYTE_FROM),
	[0xb7] = ROW("RE", OTHER, .flags = WRITES | REPLACES | SHORT_FROM),
	[0xba] = IN_GROUP(GROUP_BIT),
	[0xbb] = ROW("ER", OTHER, .flags = WRITES),
	[0xbe] = ROW("RE", OTHER, .flags = WRITES | REPLACES | BYTE_FROM),
	[0xbf] = ROW("RE", OTHER, .flags = WRITES | REPLACES | SHORT_FROM),
	[0xc6] = VECTOR("VW", PACKED, .extra = 1),
	[0xc8 ... 0xcf] = ROW("O", OTHER, .flags = WRITES),
	[0xd1 ... 0xd5] = VECTOR("VW", P66),
	[0xd6] = VECTOR("WV", P66),
	[0xd8 ... 0xe5] = VECTOR("VW", P66),
	[0xe8 ... 0xef] = VECTOR("VW", P66),
	[0xf1 ... 0xf6] = VECTOR("VW", P66),
	[0xf8 ... 0xfe] = VECTOR("VW", P66),
};

#define NUMBERS(o, f)                                                          \
	{                                                                      \
		ROW(o, ADD, .flags = WRITES | (f)),                            \
			ROW(o, OTHER, .flags = WRITES | (f)),                  \
			ROW(o, OTHER, .flags = WRITES | (f)),                  \
			ROW(o, OTHER, .flags = WRITES | (f)),                  \
			ROW(o, MASK, .flags = WRITES | (f)),                   \
			ROW(o, SUBTRACT, .flags = WRITES | (f)),               \
			ROW(o, OTHER, .flags = WRITES | (f)),                  \
			ROW(o, TEST, .flags = f),                              \
	}
#define SHIFT(o, f) ROW(o, OTHER, .flags = WRITES | (f))
#define SHIFTS(o, f)                                                           \
	{                                                                      \
		SHIFT(o, f), SHIFT(o, f), SHIFT(o, f), SHIFT(o, f),            \
			SHIFT(o, f), SHIFT(o, f), {0}, SHIFT(o, f),            \
	}
#define PRODUCT .implied = BIT(RAX) | BIT(RDX)

static const struct cw_opcode groups[NUM_GROUPS][8] =
	{
		[GROUP_NUMBER_BYTE] = NUMBERS("EB", BYTE),
		[GROUP_NUMBER_LONG] = NUMBERS("EI", 0),
		[GROUP_NUMBER] = NUMBERS("EB", 0),
		[GROUP_SHIFT_BYTE] = SHIFTS("Eb", BYTE),
		[GROUP_SHIFT] = SHIFTS("Eb", 0),
		[GROUP_SHIFT_BYTE_ONE] = SHIFTS("E1", BYTE),
		[GROUP_SHIFT_ONE] = SHIFTS("E1", 0),
		[GROUP_SHIFT_BYTE_CL] = SHIFTS("EC", BYTE),
		[GROUP_SHIFT_CL] = SHIFTS("EC", 0),
		[GROUP_POP] = {ROW("E", POP, .flags = WIDE | WRITES | REPLACES,
				   .implied = BIT(RSP))},
		[GROUP_MOVE_BYTE] = {ROW("EB", MOVE,
					 .flags = BYTE | WRITES | REPLACES)},
		[GROUP_MOVE] = {ROW("EI", MOVE, .flags = WRITES | REPLACES)},
		[GROUP_UNARY_BYTE] =
			{
				[0] = ROW("EB", TEST, .flags = BYTE),
				[2 ... 3] =
					ROW("E", OTHER, .flags = BYTE | WRITES),
			},
		[GROUP_UNARY] =
			{
				[0] = ROW("EI", TEST),
				[2 ... 3] = ROW("E", OTHER, .flags = WRITES),
				[4 ... 7] = ROW("E", OTHER, PRODUCT),
			},
		[GROUP_STEP_BYTE] =
			{
				[0 ... 1] =
					ROW("E", OTHER, .flags = BYTE | WRITES),
			},
		[GROUP_STEP] =
			{
				[0 ... 1] = ROW("E", OTHER, .flags = WRITES),
				[2] = ROW("E", CALL, .flags = WIDE,
					  .implied = BIT(RSP)),
				[4] = ROW("E", JUMP, .flags = WIDE),
				[6] = ROW("E", PUSH, .flags = WIDE,
					  .implied = BIT(RSP)),
			},
		[GROUP_NOP] = {ROW("E", OTHER)},
		[GROUP_BIT] =
			{
				[4] = ROW("Eb", OTHER),
				[5 ... 7] = ROW("Eb", OTHER, .flags = WRITES),
			},
};

const struct cw_opcode *cw_opcode_in_group(const struct cw_opcode *opcode,
					   unsigned middle)
{
	return &groups[opcode->group][middle];
}

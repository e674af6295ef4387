#include "code/instruction.h"

#include <capstone/capstone.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "code/encoding.h"

struct cw_decoder {
	csh handle;
	cs_insn *insn;
	uint8_t registers[X86_REG_ENDING]; /* ours by capstone's number */
};

/* All names of each register, in DWARF's order. */
static const struct {
	uint16_t names[5];
} register_names[CW_NUM_REGISTERS] = {
	{{X86_REG_RAX, X86_REG_EAX, X86_REG_AX, X86_REG_AL, X86_REG_AH}},
	{{X86_REG_RDX, X86_REG_EDX, X86_REG_DX, X86_REG_DL, X86_REG_DH}},
	{{X86_REG_RCX, X86_REG_ECX, X86_REG_CX, X86_REG_CL, X86_REG_CH}},
	{{X86_REG_RBX, X86_REG_EBX, X86_REG_BX, X86_REG_BL, X86_REG_BH}},
	{{X86_REG_RSI, X86_REG_ESI, X86_REG_SI, X86_REG_SIL}},
	{{X86_REG_RDI, X86_REG_EDI, X86_REG_DI, X86_REG_DIL}},
	{{X86_REG_RBP, X86_REG_EBP, X86_REG_BP, X86_REG_BPL}},
	{{X86_REG_RSP, X86_REG_ESP, X86_REG_SP, X86_REG_SPL}},
	{{X86_REG_R8, X86_REG_R8D, X86_REG_R8W, X86_REG_R8B}},
	{{X86_REG_R9, X86_REG_R9D, X86_REG_R9W, X86_REG_R9B}},
	{{X86_REG_R10, X86_REG_R10D, X86_REG_R10W, X86_REG_R10B}},
	{{X86_REG_R11, X86_REG_R11D, X86_REG_R11W, X86_REG_R11B}},
	{{X86_REG_R12, X86_REG_R12D, X86_REG_R12W, X86_REG_R12B}},
	{{X86_REG_R13, X86_REG_R13D, X86_REG_R13W, X86_REG_R13B}},
	{{X86_REG_R14, X86_REG_R14D, X86_REG_R14W, X86_REG_R14B}},
	{{X86_REG_R15, X86_REG_R15D, X86_REG_R15W, X86_REG_R15B}},
};

struct cw_error *cw_decoder_create(struct cw_decoder **ret)
{
	struct cw_decoder *decoder = cw_alloc(sizeof(*decoder));

	if (cs_open(CS_ARCH_X86, CS_MODE_64, &decoder->handle) != CS_ERR_OK) {
		free(decoder);
		return cw_error_new(CW_ERROR_MEMORY,
				    "cannot start the disassembler");
	}
	cs_option(decoder->handle, CS_OPT_DETAIL, CS_OPT_ON);
	decoder->insn = cs_malloc(decoder->handle);
	memset(decoder->registers, CW_NO_REGISTER, sizeof(decoder->registers));
	for (uint8_t i = 0; i < CW_NUM_REGISTERS; i++)
		for (size_t j = 0; j < 5; j++)
			if (register_names[i].names[j])
				decoder->registers[register_names[i].names[j]] =
					i;
	*ret = decoder;
	return NULL;
}

void cw_decoder_destroy(struct cw_decoder *decoder)
{
	if (!decoder)
		return;
	cs_free(decoder->insn, 1);
	cs_close(&decoder->handle);
	free(decoder);
}

static uint8_t register_of(const struct cw_decoder *decoder, unsigned number)
{
	return number < X86_REG_ENDING ? decoder->registers[number]
				       : CW_NO_REGISTER;
}

static void memory_read(const struct cw_decoder *decoder, const cs_insn *insn,
			const cs_x86_op *from, struct cw_operand *to)
{
	to->kind = CW_OPERAND_MEMORY;
	to->number = from->mem.disp;
	to->base = register_of(decoder, from->mem.base);
	to->index = register_of(decoder, from->mem.index);
	to->scale = from->mem.scale;
	if (from->mem.segment == X86_REG_FS || from->mem.segment == X86_REG_GS)
		to->kind = CW_OPERAND_THREAD;
	else if (from->mem.base == X86_REG_RIP)
		to->number += insn->address + insn->size;
	else if ((from->mem.base && to->base == CW_NO_REGISTER) ||
		 (from->mem.index && to->index == CW_NO_REGISTER &&
		  from->mem.index != X86_REG_RIZ))
		to->kind = CW_OPERAND_OTHER;
}

static void operand_read(const struct cw_decoder *decoder, const cs_insn *insn,
			 const cs_x86_op *from, struct cw_operand *to)
{
	to->size = from->size;
	switch (from->type) {
	case X86_OP_REG:
		to->base = register_of(decoder, from->reg);
		to->kind = to->base == CW_NO_REGISTER ? CW_OPERAND_OTHER
						      : CW_OPERAND_REGISTER;
		break;
	case X86_OP_IMM:
		to->kind = CW_OPERAND_NUMBER;
		to->number = from->imm;
		break;
	case X86_OP_MEM:
		memory_read(decoder, insn, from, to);
		break;
	default:
		to->kind = CW_OPERAND_OTHER;
	}
}

static uint8_t kind_of(unsigned id)
{
	switch (id) {
	case X86_INS_MOV:
	case X86_INS_MOVABS:
		return CW_INSTRUCTION_MOVE;
	case X86_INS_CMOVA:
	case X86_INS_CMOVAE:
	case X86_INS_CMOVB:
	case X86_INS_CMOVBE:
	case X86_INS_CMOVE:
	case X86_INS_CMOVG:
	case X86_INS_CMOVGE:
	case X86_INS_CMOVL:
	case X86_INS_CMOVLE:
	case X86_INS_CMOVNE:
	case X86_INS_CMOVNO:
	case X86_INS_CMOVNP:
	case X86_INS_CMOVNS:
	case X86_INS_CMOVO:
	case X86_INS_CMOVP:
	case X86_INS_CMOVS:
		return CW_INSTRUCTION_MAYBE_MOVE;
	case X86_INS_LEA:
		return CW_INSTRUCTION_ADDRESS;
	case X86_INS_ADD:
		return CW_INSTRUCTION_ADD;
	case X86_INS_SUB:
		return CW_INSTRUCTION_SUBTRACT;
	case X86_INS_AND:
		return CW_INSTRUCTION_MASK;
	case X86_INS_PUSH:
		return CW_INSTRUCTION_PUSH;
	case X86_INS_POP:
		return CW_INSTRUCTION_POP;
	case X86_INS_LEAVE:
		return CW_INSTRUCTION_LEAVE;
	case X86_INS_CALL:
		return CW_INSTRUCTION_CALL;
	case X86_INS_JMP:
		return CW_INSTRUCTION_JUMP;
	case X86_INS_RET:
	case X86_INS_RETF:
	case X86_INS_IRET:
	case X86_INS_IRETD:
	case X86_INS_IRETQ:
		return CW_INSTRUCTION_RETURN;
	case X86_INS_UD2:
	case X86_INS_HLT:
	case X86_INS_INT3:
		return CW_INSTRUCTION_STOP;
	case X86_INS_INT:
	case X86_INS_INT1:
	case X86_INS_INTO:
	case X86_INS_SYSENTER:
	case X86_INS_SYSEXIT:
	case X86_INS_SYSRET:
	case X86_INS_XBEGIN:
	case X86_INS_XABORT:
	case X86_INS_LCALL:
	case X86_INS_LJMP:
		return CW_INSTRUCTION_STRANGE;
	default:
		return CW_INSTRUCTION_OTHER;
	}
}

/* Comparisons with zero, of a whole word. */
static bool is_zero_test(const struct cw_instruction *found, unsigned id)
{
	const struct cw_operand *a = &found->operands[0];
	const struct cw_operand *b = &found->operands[1];

	if (a->kind != CW_OPERAND_REGISTER || a->size != 8)
		return false;
	if (id == X86_INS_TEST)
		return b->kind == CW_OPERAND_REGISTER && a->base == b->base;
	return id == X86_INS_CMP && b->kind == CW_OPERAND_NUMBER &&
	       b->number == 0;
}

static bool is_in_group(const cs_insn *insn, unsigned group)
{
	for (size_t i = 0; i < insn->detail->groups_count; i++)
		if (insn->detail->groups[i] == group)
			return true;
	return false;
}

static uint16_t written_by(const struct cw_decoder *decoder,
			   const cs_insn *insn)
{
	const cs_detail *detail = insn->detail;
	uint16_t written = 0;

	for (size_t i = 0; i < detail->regs_write_count; i++) {
		uint8_t reg = register_of(decoder, detail->regs_write[i]);
		if (reg != CW_NO_REGISTER)
			written |= 1 << reg;
	}
	for (size_t i = 0; i < detail->x86.op_count; i++) {
		const cs_x86_op *op = &detail->x86.operands[i];
		uint8_t reg = op->type == X86_OP_REG
				      ? register_of(decoder, op->reg)
				      : CW_NO_REGISTER;
		/* What capstone does not say may be written. */
		if (reg != CW_NO_REGISTER &&
		    (op->access & CS_AC_WRITE || !op->access))
			written |= 1 << reg;
	}
	return written;
}

#define BIT(reg) (1u << (reg))
#define SYSCALL_READS                                                          \
	(BIT(0) | BIT(1) | BIT(4) | BIT(5) | BIT(8) | BIT(9) | BIT(10))

/* What capstone 4 does not tell, or not always. */
static uint16_t unnamed_by(const cs_insn *insn)
{
	enum { RAX, RDX, RCX, RBX, RSI, RDI, RBP, RSP };
	uint8_t prefix = insn->detail->x86.prefix[0];
	uint16_t mentioned = 0;

	if (prefix == X86_PREFIX_REP || prefix == X86_PREFIX_REPNE)
		mentioned |= BIT(RCX);
	switch (insn->id) {
	case X86_INS_SYSCALL:
		return SYSCALL_READS | BIT(RCX) | BIT(11);
	case X86_INS_CMPXCHG8B:
	case X86_INS_CMPXCHG16B:
	case X86_INS_CPUID:
		return mentioned | BIT(RAX) | BIT(RBX) | BIT(RCX) | BIT(RDX);
	case X86_INS_XLATB:
		return mentioned | BIT(RAX) | BIT(RBX);
	case X86_INS_ENTER:
	case X86_INS_LEAVE:
		return mentioned | BIT(RBP) | BIT(RSP);
	default:
		return mentioned;
	}
}

static uint16_t bits_of(const struct cw_decoder *decoder, const uint16_t *regs,
			size_t num)
{
	uint16_t bits = 0;

	for (size_t i = 0; i < num; i++) {
		uint8_t reg = register_of(decoder, regs[i]);
		if (reg != CW_NO_REGISTER)
			bits |= BIT(reg);
	}
	return bits;
}

static uint16_t mentioned_by_operand(const struct cw_decoder *decoder,
				     const cs_x86_op *op)
{
	const uint16_t of_memory[] = {op->mem.base, op->mem.index};
	const uint16_t reg = op->reg;

	switch (op->type) {
	case X86_OP_REG:
		return bits_of(decoder, &reg, 1);
	case X86_OP_MEM:
		return bits_of(decoder, of_memory, 2);
	default:
		return 0;
	}
}

static uint16_t mentioned_by(const struct cw_decoder *decoder,
			     const cs_insn *insn)
{
	const cs_detail *detail = insn->detail;
	uint16_t mentioned = unnamed_by(insn);

	mentioned |=
		bits_of(decoder, detail->regs_read, detail->regs_read_count) |
		bits_of(decoder, detail->regs_write, detail->regs_write_count);
	for (size_t i = 0; i < detail->x86.op_count; i++)
		mentioned |=
			mentioned_by_operand(decoder, &detail->x86.operands[i]);
	return mentioned;
}

static uint16_t replaced_by(const struct cw_decoder *decoder,
			    const cs_insn *insn)
{
	const cs_x86 *x86 = &insn->detail->x86;
	const cs_x86_op *to = &x86->operands[0], *from = &x86->operands[1];
	uint16_t replaced;

	/* A 32-bit write clears the upper half; a smaller one keeps it. */
	if (x86->op_count < 1 || to->type != X86_OP_REG || to->size < 4)
		return 0;
	replaced = mentioned_by_operand(decoder, to);
	switch (insn->id) {
	case X86_INS_POP:
		return x86->op_count == 1 ? replaced : 0;
	case X86_INS_XOR:
		return x86->op_count == 2 && from->type == X86_OP_REG &&
				       from->reg == to->reg
			       ? replaced
			       : 0;
	case X86_INS_MOV:
	case X86_INS_MOVABS:
	case X86_INS_MOVZX:
	case X86_INS_MOVSX:
	case X86_INS_MOVSXD:
	case X86_INS_LEA:
		if (x86->op_count != 2)
			return 0;
		return replaced & ~mentioned_by_operand(decoder, from);
	default:
		return 0;
	}
}

bool cw_decoder_read(struct cw_decoder *decoder, const unsigned char *bytes,
		     size_t size, cw_addr address, struct cw_instruction *ret)
{
	return cw_encoding_read(bytes, size, address, ret) ||
	       cw_decoder_ask(decoder, bytes, size, address, ret);
}

bool cw_decoder_ask(struct cw_decoder *decoder, const unsigned char *bytes,
		    size_t size, cw_addr address, struct cw_instruction *ret)
{
	cs_insn *insn = decoder->insn;

	if (!cs_disasm_iter(decoder->handle, &bytes, &size, &address, insn))
		return false;
	*ret = (struct cw_instruction){
		.address = insn->address,
		.size = insn->size,
		.kind = kind_of(insn->id),
		.written = written_by(decoder, insn),
		.mentioned = mentioned_by(decoder, insn),
		.replaced = replaced_by(decoder, insn),
	};
	if (ret->kind == CW_INSTRUCTION_OTHER &&
	    is_in_group(insn, X86_GRP_JUMP))
		ret->kind = CW_INSTRUCTION_BRANCH;
	for (size_t i = 0; i < 2; i++) {
		ret->operands[i].base = ret->operands[i].index = CW_NO_REGISTER;
		if (i < insn->detail->x86.op_count)
			operand_read(decoder, insn,
				     &insn->detail->x86.operands[i],
				     &ret->operands[i]);
	}
	ret->is_comparison =
		insn->id == X86_INS_CMP || insn->id == X86_INS_TEST;
	if (is_zero_test(ret, insn->id))
		ret->kind = CW_INSTRUCTION_TEST;
	if (insn->id == X86_INS_JE)
		ret->condition = CW_CONDITION_ZERO;
	else if (insn->id == X86_INS_JNE)
		ret->condition = CW_CONDITION_NOT_ZERO;
	return true;
}

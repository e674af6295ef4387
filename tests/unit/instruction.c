/* Instructions: what is read of bytes that a person assembled. */
#include "code/instruction.h"

#include <string.h>

#include "tests/unit/check.h"

enum {
	RAX = 0,
	RDX = 1,
	RBX = 3,
	RDI = 5,
	RSP = 7,
	R12 = 12,
};

static struct cw_decoder *decoder;

static struct cw_instruction decode(const char *hex)
{
	unsigned char bytes[16] = {0};
	size_t size = 0;
	struct cw_instruction found = {0};

	for (; hex[0] && size < sizeof(bytes); hex += 2) {
		unsigned byte;
		sscanf(hex, "%2x", &byte);
		bytes[size++] = byte;
	}
	check(cw_decoder_read(decoder, bytes, size, 0x1000, &found));
	check_same(size, found.size);
	check_same(0x1000, found.address);
	return found;
}

static void moves(void)
{
	/* mov rax, [rbx + 8] */
	struct cw_instruction load = decode("488b4308");
	check_same(CW_INSTRUCTION_MOVE, load.kind);
	check_same(CW_OPERAND_REGISTER, load.operands[0].kind);
	check_same(RAX, load.operands[0].base);
	check_same(CW_OPERAND_MEMORY, load.operands[1].kind);
	check_same(RBX, load.operands[1].base);
	check_same(CW_NO_REGISTER, load.operands[1].index);
	check_same(8, load.operands[1].number);
	check_same(8, load.operands[1].size);
	check_same(1 << RAX, load.written);

	/* mov [r12 + rdx * 8 - 16], rdi */
	struct cw_instruction store = decode("49897cd4f0");
	check_same(CW_INSTRUCTION_MOVE, store.kind);
	check_same(R12, store.operands[0].base);
	check_same(RDX, store.operands[0].index);
	check_same(8, store.operands[0].scale);
	check_same((uint64_t)-16, store.operands[0].number);
	check_same(RDI, store.operands[1].base);
	check_same(0, store.written);

	/* lea rdi, [rip + 0x100]; mov rax, fs:0x28; cmovne rax, rdx */
	struct cw_instruction address = decode("488d3d00010000");
	check_same(CW_INSTRUCTION_ADDRESS, address.kind);
	check_same(CW_NO_REGISTER, address.operands[1].base);
	check_same(0x1107, address.operands[1].number);
	check_same(CW_OPERAND_THREAD,
		   decode("64488b042528000000").operands[1].kind);
	check_same(CW_INSTRUCTION_MAYBE_MOVE, decode("480f45c2").kind);
	/* mov al, 1 changes rax; mov eax, 7 */
	check_same(1 << RAX, decode("b001").written);
	check_same(7, decode("b807000000").operands[1].number);
	check_same(4, decode("b807000000").operands[0].size);
	/* movsxd rax, edx; xor eax, eax; idiv rbx; rep stosq */
	check_same(CW_INSTRUCTION_OTHER, decode("4863c2").kind);
	check_same(1 << RAX, decode("31c0").written);
	check_same(1 << RAX | 1 << RDX, decode("48f7fb").written);
	check(decode("f348ab").written & 1 << RDI);
}

static void flow(void)
{
	/* call +0x10; call [rax + 0x18]; jmp -2; jne +4; ret; ud2 */
	check_same(CW_INSTRUCTION_CALL, decode("e810000000").kind);
	check_same(0x1015, decode("e810000000").operands[0].number);
	check_same(CW_OPERAND_MEMORY, decode("ff5018").operands[0].kind);
	check_same(CW_INSTRUCTION_JUMP, decode("ebfe").kind);
	check_same(0x1000, decode("ebfe").operands[0].number);
	check_same(CW_INSTRUCTION_BRANCH, decode("7504").kind);
	check_same(0x1006, decode("7504").operands[0].number);
	check_same(CW_INSTRUCTION_RETURN, decode("c3").kind);
	check_same(CW_INSTRUCTION_STOP, decode("0f0b").kind);

	/* test rax, rax; test eax, eax; cmp rdi, 0; je; jne */
	check_same(CW_INSTRUCTION_TEST, decode("4885c0").kind);
	check_same(CW_INSTRUCTION_OTHER, decode("85c0").kind);
	check_same(CW_INSTRUCTION_TEST, decode("4883ff00").kind);
	check_same(CW_CONDITION_ZERO, decode("7404").condition);
	check_same(CW_CONDITION_NOT_ZERO, decode("7504").condition);
	check_same(CW_CONDITION_OTHER, decode("7704").condition);

	/* push rbx; pop rbx; sub rsp, 0x20; leave; and rsp, -16 */
	check_same(CW_INSTRUCTION_PUSH, decode("53").kind);
	check_same(1 << RSP, decode("53").written);
	check_same(1 << RSP | 1 << RBX, decode("5b").written);
	check_same(CW_INSTRUCTION_SUBTRACT, decode("4883ec20").kind);
	check_same(0x20, decode("4883ec20").operands[1].number);
	check_same(CW_INSTRUCTION_LEAVE, decode("c9").kind);
	check_same(CW_INSTRUCTION_MASK, decode("4883e4f0").kind);
}

/* What is read, and what is written without being read. */
static void mentions(void)
{
	/* mov rbx, [rbx]; mov ebx, eax; mov bl, al; lea rbx, [rax + rbx] */
	check_same(0, decode("488b1b").replaced);
	check_same(1 << RBX, decode("89c3").replaced);
	check_same(1 << RBX | 1 << RAX, decode("89c3").mentioned);
	check_same(0, decode("88c3").replaced);
	check_same(1 << RBX | 1 << RAX, decode("88c3").mentioned);
	check_same(0, decode("488d1c18").replaced);
	/* pop rbx; xor ebx, ebx; xor ebx, eax; sub ebx, ebx; movzx ebx, al */
	check_same(1 << RBX, decode("5b").replaced);
	check_same(1 << RBX, decode("31db").replaced);
	check_same(0, decode("31c3").replaced);
	check_same(0, decode("29db").replaced);
	check_same(1 << RBX, decode("0fb6d8").replaced);
	/* cmovne rbx, rdx; call rbx; push r12; mov [r12], rdx */
	check_same(0, decode("480f45da").replaced);
	check(decode("ffd3").mentioned & 1 << RBX);
	check(decode("4154").mentioned & 1 << R12);
	check_same(1 << R12 | 1 << RDX, decode("49891424").mentioned);
	check_same(0, decode("49891424").replaced);
	/* xlat; cmpxchg16b [rdi]; syscall; rep stosq; leave */
	check(decode("d7").mentioned & 1 << RBX);
	check(decode("480fc70f").mentioned & 1 << RBX);
	check(decode("0f05").mentioned & 1 << RDI);
	check(decode("f348ab").mentioned & 1 << 2);
	check(decode("c9").mentioned & 1 << 6);
	/* int 0x80; xbegin */
	check_same(CW_INSTRUCTION_STRANGE, decode("cd80").kind);
	check_same(CW_INSTRUCTION_STRANGE, decode("c7f800000000").kind);
}

static void damage(void)
{
	struct cw_instruction found;
	unsigned char bytes[16] = {0x06}; /* push es: not in 64 bits */

	check(!cw_decoder_read(decoder, bytes, 1, 0, &found));
	check(!cw_decoder_read(decoder, bytes, 0, 0, &found));
	memcpy(bytes, "\x48\x8b\x43", 3); /* cut */
	check(!cw_decoder_read(decoder, bytes, 3, 0, &found));
	memset(bytes, 0x66, sizeof(bytes));
	check(!cw_decoder_read(decoder, bytes, sizeof(bytes), 0, &found));
}

int main(void)
{
	check_ok(cw_decoder_create(&decoder));
	moves();
	flow();
	mentions();
	damage();
	cw_decoder_destroy(decoder);
	return 0;
}

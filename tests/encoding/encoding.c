/*
 * Encoding: decodes a file's code by our tables and by capstone, which must
 * agree in everything that is told of an instruction.
 *
 *	encoding FILE [every]
 *
 * Instruction by instruction; with "every" from every byte, in the midst of
 * instructions, too.  Prints the first that differ, and how many there were.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "code/encoding.h"
#include "target/elf_file.h"

enum {
	MOST_SHOWN = 40,
};

static struct cw_decoder *decoder;
static uint64_t num_read, num_known, num_different;

static void die_if(struct cw_error *err)
{
	if (!err)
		return;
	fprintf(stderr, "%s\n", cw_error_message(err));
	exit(1);
}

static bool is_same_operand(const struct cw_operand *a,
			    const struct cw_operand *b, bool is_sized)
{
	if (a->kind != b->kind)
		return false;
	if (a->kind == CW_OPERAND_NONE || a->kind == CW_OPERAND_OTHER)
		return true;
	return (!is_sized || a->size == b->size) && a->base == b->base &&
	       a->index == b->index && a->number == b->number &&
	       (a->index == CW_NO_REGISTER || a->scale == b->scale);
}

/* Capstone cuts some numbers to the size of the other operand, some not. */
static struct cw_operand cut(const struct cw_instruction *found, int number)
{
	struct cw_operand operand = found->operands[number];

	if (number == 1 && operand.kind == CW_OPERAND_NUMBER &&
	    found->operands[0].size < 8)
		operand.number &=
			(INT64_C(1) << 8 * found->operands[0].size) - 1;
	return operand;
}

/* The size of a number, and of what only an address is taken of, is nothing. */
static bool is_same(const struct cw_instruction *a,
		    const struct cw_instruction *b)
{
	if (a->size != b->size || a->kind != b->kind ||
	    a->address != b->address || a->condition != b->condition ||
	    a->is_comparison != b->is_comparison || a->written != b->written ||
	    a->mentioned != b->mentioned || a->replaced != b->replaced)
		return false;
	for (int i = 0; i < 2; i++) {
		struct cw_operand ours = cut(a, i), theirs = cut(b, i);
		bool is_sized = a->kind != CW_INSTRUCTION_OTHER &&
				ours.kind != CW_OPERAND_NUMBER &&
				(i == 0 || a->kind != CW_INSTRUCTION_ADDRESS);
		if (!is_same_operand(&ours, &theirs, is_sized))
			return false;
	}
	return true;
}

static void show(const char *who, const struct cw_instruction *found)
{
	printf("  %s: size %u kind %u condition %u written %x mentioned %x"
	       " replaced %x",
	       who, found->size, found->kind, found->condition, found->written,
	       found->mentioned, found->replaced);
	for (int i = 0; i < 2; i++) {
		const struct cw_operand *operand = &found->operands[i];
		printf("; kind %u size %u base %u index %u scale %u number"
		       " %" PRIx64,
		       operand->kind, operand->size, operand->base,
		       operand->index, operand->scale, operand->number);
	}
	printf("\n");
}

/* How long capstone finds the instruction; 0: there is none. */
static size_t compare(const unsigned char *bytes, size_t size, cw_addr address)
{
	struct cw_instruction ours, theirs;
	bool is_ours = cw_encoding_read(bytes, size, address, &ours);
	bool is_theirs = cw_decoder_ask(decoder, bytes, size, address, &theirs);

	num_read += is_theirs;
	num_known += is_ours;
	if (is_ours && !(is_theirs && is_same(&ours, &theirs)) &&
	    num_different++ < MOST_SHOWN) {
		printf("%" PRIx64 ":", address);
		for (size_t i = 0; i < size && i < ours.size; i++)
			printf(" %02x", bytes[i]);
		printf("\n");
		show("tables", &ours);
		if (is_theirs)
			show("capstone", &theirs);
	}
	return is_theirs ? theirs.size : 0;
}

int main(int argc, char **argv)
{
	bool is_every = argc == 3 && strcmp(argv[2], "every") == 0;
	struct cw_elf_section section;
	struct cw_elf_file *file;
	const unsigned char *bytes;
	uint64_t size, length;

	if (argc != 2 + is_every)
		return 2;
	die_if(cw_elf_file_open(argv[1], &file));
	die_if(cw_decoder_create(&decoder));
	if (!cw_elf_file_section(file, ".text", &section) ||
	    !cw_elf_file_section_bytes(file, &section, &bytes, &size))
		return 1;
	for (uint64_t at = 0; at < size; at += length) {
		length = compare(bytes + at, size - at, 0x1000 + at);
		if (is_every || length == 0)
			length = 1;
	}
	printf("%" PRIu64 " instructions, %" PRIu64 " by tables, %" PRIu64
	       " differ\n",
	       num_read, num_known, num_different);
	cw_decoder_destroy(decoder);
	return num_different > 0 ||
	       (!is_every && num_known * 100 < num_read * 90);
}

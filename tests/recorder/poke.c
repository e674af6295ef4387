/*
 * Poke: overwrites words of a core, as a bug of the program would have.
 *
 *	poke CORE ADDRESS=WORD...	hex, 8 bytes each
 *	poke CORE ADDRESS		prints the word
 */
#include <elf.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static long offset_of(FILE *core, uint64_t address)
{
	Elf64_Ehdr header;
	Elf64_Phdr segment;

	rewind(core);
	if (fread(&header, sizeof(header), 1, core) != 1)
		return -1;
	for (unsigned i = 0; i < header.e_phnum; i++) {
		fseek(core, header.e_phoff + i * sizeof(segment), SEEK_SET);
		if (fread(&segment, sizeof(segment), 1, core) != 1)
			return -1;
		if (segment.p_type == PT_LOAD && address >= segment.p_vaddr &&
		    address + 8 <= segment.p_vaddr + segment.p_filesz)
			return segment.p_offset + (address - segment.p_vaddr);
	}
	return -1;
}

int main(int argc, char **argv)
{
	FILE *core = argc > 2 ? fopen(argv[1], "r+") : NULL;

	if (!core) {
		perror("poke");
		return 2;
	}
	for (int i = 2; i < argc; i++) {
		char *rest;
		uint64_t word, address = strtoull(argv[i], &rest, 16);
		long offset = offset_of(core, address);

		if (offset < 0) {
			fprintf(stderr, "poke: 0x%" PRIx64 " is not there\n",
				address);
			return 1;
		}
		fseek(core, offset, SEEK_SET);
		if (*rest == '=') {
			word = strtoull(rest + 1, NULL, 16);
			fwrite(&word, sizeof(word), 1, core);
		} else if (fread(&word, sizeof(word), 1, core) == 1) {
			printf("0x%" PRIx64 "\n", word);
		}
	}
	return fclose(core) != 0;
}

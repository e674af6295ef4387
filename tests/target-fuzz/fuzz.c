/*
 * fuzz core|elf FILE COUNT [SEED]
 *
 * Opens COUNT times a copy of FILE with a few bytes changed, as a core or as
 * an ELF file, and looks at everything in it.  Meant for a build with
 * sanitizers.  What is changed follows from SEED and the number of the round,
 * which is printed when a round takes long; a crash leaves the copy in
 * "crashed".
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/map.h"
#include "target/debug_file.h"
#include "target/elf_file.h"
#include "target/symbol.h"
#include "target/symbol_table.h"
#include "target/target.h"

enum { MAX_CHANGES = 8, MAX_SECONDS = 5 };

struct fuzz {
	unsigned char *bytes; /* the file as it is */
	long size;
	FILE *copy;
	const char *copy_path;
	uint64_t state;
	uint64_t sum; /* of all bytes seen: they must be there */
};

static uint64_t next(struct fuzz *fuzz)
{
	fuzz->state += 0x9e3779b97f4a7c15;
	return cw_hash_mix(fuzz->state);
}

/* Values that sizes and offsets are wrong by. */
static unsigned char wrong_byte(struct fuzz *fuzz)
{
	static const unsigned char values[] = {0, 1, 0x7f, 0x80, 0xff, 0x10};

	return next(fuzz) % 2 ? values[next(fuzz) % sizeof(values)]
			      : next(fuzz);
}

/* Half of the changes hit the headers at the start, some the end. */
static long wrong_place(struct fuzz *fuzz)
{
	long head = fuzz->size < 4096 ? fuzz->size : 4096;
	long tail = fuzz->size < 65536 ? fuzz->size : 65536;

	switch (next(fuzz) % 4) {
	case 0:
	case 1:
		return next(fuzz) % head;
	case 2:
		return fuzz->size - 1 - next(fuzz) % tail;
	default:
		return next(fuzz) % fuzz->size;
	}
}

static void byte_write(struct fuzz *fuzz, long at, unsigned char byte)
{
	if (pwrite(fileno(fuzz->copy), &byte, 1, at) != 1)
		abort();
}

static void sum_bytes(struct fuzz *fuzz, const unsigned char *bytes,
		      uint64_t size)
{
	for (uint64_t at = 0; at < size; at += 1024)
		fuzz->sum += bytes[at];
	if (size > 0)
		fuzz->sum += bytes[size - 1];
}

static void modules_look(struct fuzz *fuzz, struct cw_target *target)
{
	cw_array_foreach(module, &target->modules)
	{
		const struct cw_symbol *symbols;
		size_t num;
		fuzz->sum += strlen(module->path) + strlen(module->name);
		/* Reading real files each time would take too long. */
		if (module->path[0] == '[' || next(fuzz) % 64 == 0) {
			cw_symbols_of(target, module, &symbols, &num);
			fuzz->sum += num;
			fuzz->sum += !!cw_module_debug_file(target, module);
		}
	}
}

static void target_look(struct fuzz *fuzz, struct cw_target *target)
{
	uint64_t word, gaps[CW_NUM_GAPS];

	cw_array_foreach(segment, &target->segments)
	{
		if (segment->bytes)
			sum_bytes(fuzz, segment->bytes,
				  segment->end - segment->start);
		if (segment->path)
			fuzz->sum += strlen(segment->path);
		cw_target_read_word(target, segment->end - 4, &word);
		fuzz->sum +=
			!!cw_target_bytes(target, segment->start, next(fuzz));
	}
	cw_array_foreach(thread, &target->threads)
	{
		sum_bytes(fuzz, thread->vector_state,
			  thread->vector_state_size);
		for (int i = 0; i < CW_NUM_REGS; i++) {
			cw_target_read_word(target, thread->regs[i], &word);
			free(cw_target_read_string(target, thread->regs[i],
						   4096));
		}
	}
	cw_target_gaps(target, 0, gaps);
	modules_look(fuzz, target);
}

static void core_look(struct fuzz *fuzz)
{
	struct cw_target *target;
	struct cw_error *err =
		cw_target_open_core(fuzz->copy_path, NULL, &target);

	if (err) {
		cw_error_destroy(err);
		return;
	}
	target_look(fuzz, target);
	cw_target_close(target);
}

static void elf_look(struct fuzz *fuzz)
{
	struct cw_symbol_table table = {0};
	struct cw_arena arena;
	struct cw_elf_file *file;
	struct cw_error *err = cw_elf_file_open(fuzz->copy_path, &file);

	if (err) {
		cw_error_destroy(err);
		return;
	}
	cw_arena_init(&arena);
	sum_bytes(fuzz, file->build_id, file->build_id_size);
	for (size_t i = 0; i < file->num_sections; i++) {
		const unsigned char *bytes;
		uint64_t size;
		struct cw_elf_section section = {i, file->sections[i].header};
		fuzz->sum +=
			strlen(cw_elf_file_section_name(file, &section.header));
		if (cw_elf_file_section_bytes(file, &section, &bytes, &size))
			sum_bytes(fuzz, bytes, size);
	}
	cw_symbol_table_read(&table, file, SHT_SYMTAB, 4096, &arena);
	cw_symbol_table_read(&table, file, SHT_DYNSYM, 4096, &arena);
	cw_array_foreach(entry, &table.entries)
	{
		fuzz->sum += strlen(entry->symbol.name);
	}
	cw_elf_file_close(cw_mini_debug_open(file));
	cw_array_deinit(&table.entries);
	cw_arena_deinit(&arena);
	cw_elf_file_close(file);
}

static void file_load(struct fuzz *fuzz, const char *path)
{
	FILE *file = fopen(path, "r");

	if (!file || fseek(file, 0, SEEK_END) != 0)
		abort();
	fuzz->size = ftell(file);
	fuzz->bytes = malloc(fuzz->size);
	rewind(file);
	if (fread(fuzz->bytes, 1, fuzz->size, file) != (size_t)fuzz->size)
		abort();
	fclose(file);

	fuzz->copy_path = "crashed";
	fuzz->copy = fopen(fuzz->copy_path, "w+");
	if (!fuzz->copy || fwrite(fuzz->bytes, 1, fuzz->size, fuzz->copy) !=
				   (size_t)fuzz->size)
		abort();
	fflush(fuzz->copy);
}

int main(int num, char **arguments)
{
	struct fuzz fuzz = {0};

	if (num < 4)
		return 2;
	bool is_core = strcmp(arguments[1], "core") == 0;
	long count = atol(arguments[3]);
	uint64_t seed = num > 4 ? strtoull(arguments[4], NULL, 0) : 1;
	file_load(&fuzz, arguments[2]);

	for (long round = 0; round < count; round++) {
		long places[MAX_CHANGES];
		fuzz.state = seed * 1000003 + round;
		int num_changes = 1 + next(&fuzz) % MAX_CHANGES;
		for (int i = 0; i < num_changes; i++) {
			places[i] = wrong_place(&fuzz);
			byte_write(&fuzz, places[i], wrong_byte(&fuzz));
		}
		long size = next(&fuzz) % 8 ? fuzz.size
					    : (long)(next(&fuzz) % fuzz.size);
		if (ftruncate(fileno(fuzz.copy), size) != 0)
			abort();

		time_t before = time(NULL);
		is_core ? core_look(&fuzz) : elf_look(&fuzz);
		if (time(NULL) - before > MAX_SECONDS) {
			printf("round %ld takes too long\n", round);
			return 1;
		}

		for (int i = 0; i < num_changes; i++)
			byte_write(&fuzz, places[i], fuzz.bytes[places[i]]);
		if (size < fuzz.size &&
		    pwrite(fileno(fuzz.copy), fuzz.bytes + size,
			   fuzz.size - size, size) != fuzz.size - size)
			abort();
	}
	fclose(fuzz.copy);
	unlink(fuzz.copy_path);
	free(fuzz.bytes);
	printf("%ld rounds, sum %lx\n", count, fuzz.sum);
	return 0;
}

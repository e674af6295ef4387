/*
 * damage FILE FIRST COUNT [PROGRAM]: reads a file's debug info COUNT times,
 * each time with other bytes of it changed, in a process of its own.  Any
 * outcome will do but a crash or one that takes ten seconds.
 *
 * With PROGRAM that one's debug info is read, a part of which is in FILE: a
 * .dwo or .dwp file, or what dwz made.  FILE is then overwritten, from
 * FILE.whole.
 *
 * Which bytes depends on the number of the try alone: FIRST to FIRST + COUNT.
 */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/map.h"
#include "base/memory.h"
#include "dwarf/frame_variable.h"
#include "object/field_path.h"
#include "object/layout.h"
#include "target/elf_file.h"

static uint64_t next_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state * 0x2545f4914f6cdd1d >> 16;
}

static void die_if(struct cw_error *err)
{
	if (!err)
		return;
	fprintf(stderr, "damage: %s\n", cw_error_message(err));
	exit(2);
}

struct range {
	uint64_t start, size;
	uint64_t size_field; /* where the file says the size */
};

/* The bytes of the debug sections, as they are in the file. */
static size_t ranges_find(const struct cw_elf_file *file, struct range *ranges,
			  size_t max)
{
	size_t num = 0;

	for (size_t i = 0; i < file->num_sections && num < max; i++) {
		Elf64_Shdr header = file->sections[i].header;
		const char *name = cw_elf_file_section_name(file, &header);
		if (strncmp(name, ".debug_", 7) == 0 && header.sh_size > 0)
			ranges[num++] = (struct range){
				header.sh_offset, header.sh_size,
				(const unsigned char *)&file->sections[i] -
					file->bytes +
					offsetof(Elf64_Shdr, sh_size)};
	}
	return num;
}

/* Bits, bytes, runs of bytes, numbers that are large, a section cut short. */
static void bytes_damage(unsigned char *image, const struct range *ranges,
			 size_t num_ranges, uint64_t try)
{
	uint64_t state = cw_hash_mix(try + 1) | 1;
	unsigned num = 1 + next_random(&state) % 12;

	while (num-- > 0) {
		const struct range *range =
			&ranges[next_random(&state) % num_ranges];
		uint64_t at = next_random(&state) % range->size;
		unsigned char *byte = image + range->start + at;
		uint64_t left = range->size - at;
		switch (next_random(&state) % 6) {
		case 0:
			*byte ^= 1 << next_random(&state) % 8;
			break;
		case 1:
			*byte = next_random(&state);
			break;
		case 2:
			memset(byte, 0xff, left < 8 ? left : 8);
			break;
		case 3:
			*byte = 0x80 | next_random(&state);
			break;
		case 4:
			memcpy(image + range->size_field, &at, sizeof(at));
			break;
		case 5:
			memset(byte, 0, next_random(&state) % left % 64);
			break;
		}
	}
}

static void variants_read(const struct cw_type *type)
{
	const struct cw_variant_part *part = cw_type_variants(type);

	if (!part || type->size > (1 << 20))
		return;
	unsigned char *object = cw_alloc(type->size + 1);
	for (uint32_t i = 0; i < part->num_variants; i++) {
		const struct cw_variant *variant = &part->variants[i];
		if (variant->num_ranges &&
		    part->discriminant.offset < type->size)
			object[part->discriminant.offset] =
				variant->ranges[0].first;
		variant = cw_variant_active(type, object);
		for (uint32_t j = 0; variant && j < variant->num_members; j++) {
			cw_cleanup_text struct cw_text text = {0};
			cw_type_print(variant->members[j].type, &text);
		}
	}
	free(object);
}

static void types_read(struct cw_debug *debug, struct cw_module *module)
{
	const struct cw_type *const *types;
	struct cw_layouts layouts;
	size_t num;

	cw_layouts_init(&layouts, NULL);
	die_if(cw_debug_all_types(debug, module, &types, &num));
	for (size_t i = 0; i < num; i++) {
		const struct cw_member *members;
		const struct cw_type_argument *arguments;
		const struct cw_type **named;
		size_t num_members = cw_type_members(types[i], &members);
		for (size_t j = 0; j < num_members; j++) {
			cw_cleanup_text struct cw_text text = {0};
			cw_type_print(members[j].type, &text);
			cw_type_strip(members[j].type);
		}
		cw_type_arguments(types[i], &arguments);
		cw_type_containing(types[i]);
		variants_read(types[i]);
		cw_layout_of(&layouts, types[i]);
		for (uint64_t offset = 0; offset < 200; offset += 4) {
			cw_cleanup_text struct cw_text path = {0};
			cw_field_path_add(types[i], offset, &path);
			cw_type_scalar_at(types[i], offset);
		}
		cw_debug_types_named(debug, types[i]->name, &named);
	}
	cw_layouts_deinit(&layouts);
}

struct sums {
	uint64_t places;
	const struct cw_target *target;
	struct cw_debug *debug;
};

/* Every location evaluated, with registers that are known. */
static struct cw_error *function_read(void *context,
				      const struct cw_function *function)
{
	struct sums *sums = context;
	struct cw_frame frame = {.known = UINT32_MAX, .is_interrupted = true};
	struct cw_stack stack = {.frames = {&frame, 1, 1}};
	const struct cw_frame_site site = {
		.debug = sums->debug,
		.target = sums->target,
		.stack = &stack,
	};
	const struct cw_expression_context expressions = {
		.target = sums->target,
		.frame = &frame,
	};
	struct cw_frame_call calls[4];

	for (uint32_t i = 0; i < function->num_locals; i++) {
		const struct cw_local *local = &function->locals[i];
		cw_cleanup_text struct cw_text text = {0};
		cw_type_print(local->type, &text);
		for (uint32_t j = 0; j < local->num_places; j++) {
			struct cw_place place;
			cw_expression_evaluate(local->places[j].expression,
					       local->places[j].size,
					       &expressions, &place);
			sums->places++;
		}
	}
	frame.pc = frame.regs[CW_FRAME_PC] = function->entry;
	cw_frame_calls(&site, calls, cw_num_elements(calls));
	return NULL;
}

static void variable_read(void *context,
			  const struct cw_frame_variable *variable)
{
}

static void functions_read(struct cw_debug *debug, struct cw_module *module,
			   const struct cw_target *target, cw_addr start)
{
	struct sums sums = {.debug = debug, .target = target};
	const struct cw_prototype *prototype;

	die_if(cw_debug_functions(debug, module, true, function_read, &sums));
	die_if(cw_debug_prototype_named(debug, module, "main", &prototype));
	for (cw_addr pc = start; pc < start + 0x2000; pc += 7) {
		struct cw_frame frames[2] = {{.pc = pc, .known = UINT32_MAX},
					     {.pc = pc + 5, .known = 0xff}};
		struct cw_stack stack = {.frames = {frames, 2, 2}};
		const struct cw_frame_site site = {
			.debug = debug,
			.target = target,
			.stack = &stack,
		};
		die_if(cw_frame_variables(&site, variable_read, NULL));
		die_if(cw_debug_prototype_at(debug, pc, &prototype));
	}
}

static void all_read(struct cw_elf_file *file)
{
	struct cw_target *target = cw_target_create_empty();
	const struct cw_variable *variables;
	const char *const *problems;
	const char *name;
	uint64_t offset;
	unsigned line;
	size_t num;

	*cw_array_push(&target->modules) = (struct cw_module){
		.path = "damaged",
		.name = "damaged",
		.start = 0,
		.end = UINT64_MAX,
		.file = file,
	};
	*cw_array_push(&target->modules_by_address) = 0;
	struct cw_module *module = &target->modules.items[0];
	struct cw_debug *debug = cw_debug_create(target);

	die_if(cw_debug_variables(debug, module, &variables, &num));
	types_read(debug, module);
	for (cw_addr pc = file->entry & ~0xfff, end = pc + 0x2000; pc < end;
	     pc += 7) {
		cw_debug_function(debug, pc, &offset);
		cw_debug_line(debug, pc, &name, &line);
	}
	functions_read(debug, module, target, file->entry & ~0xfff);
	cw_debug_problems(debug, &problems);
	cw_debug_destroy(debug);
	cw_target_close(target);
}

/* The damaged image takes the place of the file that @program refers to. */
static void part_replace(const char *path, const unsigned char *image,
			 size_t size)
{
	FILE *file = fopen(path, "we");

	if (!file || fwrite(image, 1, size, file) != size || fclose(file) != 0)
		exit(2);
}

static void try_one(const char *path, const char *program, uint64_t try)
{
	cw_cleanup_free char *whole =
		cw_format("%s%s", path, program ? ".whole" : "");
	struct range ranges[64];
	struct cw_elf_file *file, *damaged;

	die_if(cw_elf_file_open(whole, &file));
	size_t num = ranges_find(file, ranges, 64);
	if (num == 0)
		exit(2);
	unsigned char *image = cw_alloc(file->size);
	memcpy(image, file->bytes, file->size);
	bytes_damage(image, ranges, num, try);
	if (program) {
		part_replace(path, image, file->size);
		free(image);
		die_if(cw_elf_file_open(program, &damaged));
	} else {
		die_if(cw_elf_file_open_image("damaged", image, file->size,
					      &damaged));
	}
	all_read(damaged);
	cw_elf_file_close(file);
}

int main(int argc, char **argv)
{
	if (argc != 4 && argc != 5)
		return 2;

	uint64_t first = strtoull(argv[2], NULL, 0);
	uint64_t end = first + strtoull(argv[3], NULL, 0);
	unsigned num_bad = 0;
	for (uint64_t try = first; try < end; try++) {
		fflush(stdout);
		pid_t child = fork();
		if (child == 0) {
			alarm(10);
			try_one(argv[1], argv[4], try);
			exit(0);
		}
		int status;
		waitpid(child, &status, 0);
		if (status == 0)
			continue;
		printf("try %llu of %s: %s %d\n", (unsigned long long)try,
		       argv[1], WIFSIGNALED(status) ? "signal" : "exit",
		       WIFSIGNALED(status) ? WTERMSIG(status)
					   : WEXITSTATUS(status));
		num_bad++;
	}
	return num_bad > 0;
}

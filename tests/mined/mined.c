/*
 * mined FILE COMMAND [NAME…]: what the code of a core's program, or of an
 * executable's file, says of pointers.
 *
 *	mined FILE all
 *	mined FILE count		how much was read, and how fast
 *	mined FILE named NAME…		of types of these names
 *
 * A line a candidate: "field TYPE.MEMBER TARGET DIRECT INDIRECT".
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/cache.h"
#include "base/memory.h"
#include "code/evidence.h"
#include "target/elf_file.h"
#include "target/symbol.h"

static struct cw_debug *debug;
static struct cw_evidence *evidence;

static void die_if(struct cw_error *err)
{
	if (!err)
		return;
	fprintf(stderr, "mined: %s\n", cw_error_message(err));
	exit(1);
}

static void print_candidates(const char *of, struct cw_candidates candidates)
{
	for (size_t i = 0; i < candidates.num; i++) {
		const struct cw_candidate *candidate = &candidates.items[i];
		cw_cleanup_text struct cw_text text = {0};
		cw_type_print(candidate->type, &text);
		printf("%s  %s  %u %u\n", of, text.chars, candidate->num_direct,
		       candidate->num_indirect);
	}
}

static void print_member(const struct cw_type *type, const char *before,
			 const struct cw_member *member, uint64_t offset)
{
	const struct cw_type *inner = cw_type_strip(member->type);
	cw_cleanup_free char *name = cw_format(
		"%s%s%s", before,
		before[0] && before[strlen(before) - 1] != '.' ? "." : "",
		member->name ? member->name : "");

	if (cw_type_is_aggregate(inner)) {
		const struct cw_member *members;
		size_t num = cw_type_members(inner, &members);
		if (strlen(name) > 200)
			return;
		for (size_t i = 0; i < num; i++)
			print_member(type, name, &members[i],
				     offset + members[i].offset);
		return;
	}
	while (inner->kind == CW_TYPE_ARRAY)
		inner = cw_type_strip(inner->target);
	if (inner->kind != CW_TYPE_POINTER)
		return;
	cw_cleanup_free char *field = cw_format("field %s", name);
	cw_cleanup_free char *elements = cw_format("elements %s", name);
	print_candidates(field, cw_evidence_of_field(evidence, type, offset));
	print_candidates(elements,
			 cw_evidence_of_elements(evidence, type, offset));
}

static void print_type(const struct cw_type *type)
{
	const struct cw_member *members;
	size_t num = cw_type_members(type, &members);
	const struct cw_shift *shifts;
	size_t num_shifts = cw_evidence_shifts(evidence, type, &shifts);
	cw_cleanup_free char *bytes = cw_format("bytes %s", type->name);
	cw_cleanup_free char *cast = cw_format("cast %s", type->name);

	for (size_t i = 0; i < num; i++)
		print_member(type, type->name, &members[i], members[i].offset);
	print_candidates(cast, cw_evidence_casts(evidence, type));
	print_candidates(bytes, cw_evidence_of_bytes(evidence, type));
	for (size_t i = 0; i < num_shifts; i++) {
		cw_cleanup_text struct cw_text text = {0};
		cw_type_print(shifts[i].type, &text);
		printf("shift %s %+" PRId64 "  %s  %u\n", type->name,
		       shifts[i].offset, text.chars, shifts[i].num);
	}
}

static void print_types(struct cw_module *module)
{
	const struct cw_type *const *types;
	size_t num;

	die_if(cw_debug_all_types(debug, module, &types, &num));
	for (size_t i = 0; i < num; i++)
		print_type(types[i]);
}

static void print_named(const char *name)
{
	const struct cw_type **types;
	size_t num = cw_debug_types_named(debug, name, &types);

	for (size_t i = 0; i < num; i++)
		print_type(types[i]);
}

static void print_variables(struct cw_module *module)
{
	const struct cw_variable *variables;
	size_t num;

	die_if(cw_debug_variables(debug, module, &variables, &num));
	for (size_t i = 0; i < num; i++) {
		cw_cleanup_free char *name =
			cw_format("variable %s", variables[i].name);
		if (!variables[i].is_tls &&
		    !cw_type_is_aggregate(variables[i].type))
			print_candidates(
				name, cw_evidence_of_variable(
					      evidence, variables[i].address));
	}
}

static void print_functions(struct cw_target *target, struct cw_module *module)
{
	const struct cw_symbol *symbols;
	size_t num;

	cw_symbols_of(target, module, &symbols, &num);
	for (size_t i = 0; i < num; i++) {
		if (symbols[i].kind != CW_SYMBOL_FUNCTION)
			continue;
		for (unsigned j = 0; j < 6; j++) {
			cw_cleanup_free char *name = cw_format(
				"parameter %s %u", symbols[i].name, j);
			print_candidates(
				name, cw_evidence_of_parameter(
					      evidence, symbols[i].address, j));
		}
		cw_cleanup_free char *name =
			cw_format("result %s", symbols[i].name);
		print_candidates(name, cw_evidence_of_result(
					       evidence, symbols[i].address));
	}
}

static void print_sites(void)
{
	const struct cw_evidence_site *sites;
	size_t num = cw_evidence_sites(evidence, &sites);

	for (size_t i = 0; i < num; i++) {
		uint64_t offset;
		const char *function = cw_debug_function(
			debug, sites[i].return_pc - 1, &offset);
		cw_cleanup_free char *name =
			cw_format("site %s %" PRIu64, function ? function : "?",
				  sites[i].size);
		print_candidates(name, sites[i].candidates);
	}
}

/* A target that is the file alone, where its headers want it. */
static struct cw_target *target_of_file(const char *path)
{
	struct cw_elf_file *file;
	struct cw_target *target = cw_target_create_empty();
	struct cw_module module = {
		.path = path,
		.name = "program",
		.is_executable = true,
		.start = UINT64_MAX,
	};

	die_if(cw_elf_file_open(path, &file));
	module.file = file;
	for (size_t i = 0; i < file->num_phdrs; i++) {
		const Elf64_Phdr header = file->phdrs[i].header,
				 *phdr = &header;
		uint64_t skew = phdr->p_vaddr % 16;
		struct cw_segment segment = {
			.start = phdr->p_vaddr - skew,
			.end = (phdr->p_vaddr + phdr->p_filesz + 15) / 16 * 16,
			.flags = CW_SEGMENT_READ | CW_SEGMENT_FROM_FILE,
		};
		if (phdr->p_type != PT_LOAD || phdr->p_filesz == 0)
			continue;
		segment.bytes = cw_elf_file_range(file, phdr->p_offset - skew,
						  segment.end - segment.start);
		if (!segment.bytes)
			continue;
		cw_target_add_segment(target, &segment);
		if (segment.start < module.start)
			module.start = segment.start;
		if (phdr->p_vaddr + phdr->p_memsz > module.end)
			module.end = phdr->p_vaddr + phdr->p_memsz;
	}
	*cw_array_push(&target->modules) = module;
	*cw_array_push(&target->modules_by_address) = 0;
	return target;
}

static struct cw_target *target_open(const char *path)
{
	cw_cleanup_free char *cache = cw_cache_folder();
	struct cw_target_options options = {.cache = cache};
	struct cw_target *target;
	struct cw_error *err = cw_target_open_core(path, &options, &target);

	if (!err)
		return target;
	cw_error_destroy(err);
	return target_of_file(path);
}

static double cpu_seconds(void)
{
	return (double)clock() / CLOCKS_PER_SEC;
}

static void print_count(double seconds)
{
	struct cw_evidence_count count = cw_evidence_count(evidence);

	printf("%s%" PRIu64 " functions, %" PRIu64 " instructions, %" PRIu64
	       " loads, %" PRIu64 " stores, %" PRIu64 " calls\n",
	       count.is_kept ? "kept: " : "", count.num_functions,
	       count.num_instructions, count.num_loads, count.num_stores,
	       count.num_calls);
	printf("%" PRIu64 " bytes of code, %" PRIu64
	       " not decoded: %.2f s, %.1f MB/s; with the debug info of the"
	       " functions %.2f s, %.1f MB/s\n",
	       count.code_size, count.undecoded_size, count.seconds,
	       count.code_size / count.seconds / 1e6, seconds,
	       count.code_size / seconds / 1e6);
}

int main(int argc, char **argv)
{
	if (argc < 3)
		return 2;
	const char *command = argv[2];
	struct cw_target *target = target_open(argv[1]);
	debug = cw_debug_create(target);
	/* What all commands need anyway is not counted. */
	for (size_t i = 0; i < target->modules.num; i++) {
		const struct cw_variable *variables;
		size_t num;
		die_if(cw_debug_variables(debug, &target->modules.items[i],
					  &variables, &num));
	}
	double before = cpu_seconds();
	die_if(cw_evidence_create(debug, NULL, &evidence));
	if (strcmp(command, "count") == 0) {
		print_count(cpu_seconds() - before);
	} else {
		struct cw_module *module = &target->modules.items[0];
		for (int i = 3; i < argc; i++)
			print_named(argv[i]);
		if (strcmp(command, "all") == 0) {
			print_types(module);
			print_variables(module);
			print_functions(target, module);
			print_sites();
		}
	}
	cw_evidence_destroy(evidence);
	cw_debug_destroy(debug);
	cw_target_close(target);
	return 0;
}

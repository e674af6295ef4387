/*
 * functions FILE [count | at ADDRESS… | named NAME… | outlines | same]: what we
 * read of the functions of a file, in plain lines.
 *
 * A function: "FUNCTION entry name -> type"; a line a scope: "  SCOPE number
 * kind parent name line [start,end)…"; a line a local: "  LOCAL scope kind name
 * : type [start,end)bytes…".  "outlines" are those, and "same" is what they
 * must be like, made of the functions.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dwarf/outline.h"
#include "target/elf_file.h"

struct sums {
	size_t functions, scopes, locals, places, sites, parameters;
};

static void die_if(struct cw_error *err)
{
	if (!err)
		return;
	fprintf(stderr, "functions: %s\n", cw_error_message(err));
	exit(1);
}

static void print_type(const struct cw_type *type)
{
	cw_cleanup_text struct cw_text text = {0};

	if (type)
		cw_type_print(type, &text);
	printf("%s", type ? text.chars : "void");
}

static void print_scope(const struct cw_function *function, uint32_t number)
{
	static const char *const kinds[] = {"function", "block", "inlined"};
	const struct cw_code_scope *scope = &function->scopes[number];

	printf("  SCOPE %u %s %u %s %u", number, kinds[scope->kind],
	       scope->parent, scope->name ? scope->name : "-",
	       scope->call_line);
	for (uint32_t i = 0; i < scope->num_ranges; i++)
		printf(" [%" PRIx64 ",%" PRIx64 ")", scope->ranges[i].start,
		       scope->ranges[i].end);
	printf("\n");
}

static void print_places(const struct cw_local_place *places, uint32_t num)
{
	for (uint32_t i = 0; i < num; i++) {
		const struct cw_local_place *place = &places[i];
		printf(" [%" PRIx64 ",%" PRIx64 ")", place->start, place->end);
		for (uint32_t j = 0; j < place->size; j++)
			printf("%02x", place->expression[j]);
	}
	printf("\n");
}

static void print_local(const struct cw_local *local)
{
	printf("  LOCAL %u ", local->scope);
	if (local->is_parameter)
		printf("parameter%u ", local->order);
	printf("%s : ", local->name ? local->name : "-");
	print_type(local->type);
	if (local->constant)
		printf(" constant of %u", local->constant_size);
	print_places(local->places, local->num_places);
}

static void print_sites(const struct cw_function *function)
{
	for (uint32_t i = 0; i < function->num_call_sites; i++) {
		const struct cw_call_site *site = &function->call_sites[i];
		printf("  CALL %" PRIx64 " %s %" PRIx64 "%s", site->return_pc,
		       site->callee_name ? site->callee_name : "-",
		       site->callee, site->is_tail ? " tail" : "");
		for (uint32_t j = 0; j < site->num_parameters; j++)
			printf(" r%u", site->parameters[j].reg);
		printf("\n");
	}
}

static struct cw_error *print_function(void *context,
				       const struct cw_function *function)
{
	printf("FUNCTION %" PRIx64 " %s%s -> ", function->entry,
	       function->is_noreturn ? "noreturn " : "",
	       function->name ? function->name : "-");
	print_type(function->return_type);
	printf("%s\n", function->is_variadic ? " ..." : "");
	for (uint32_t i = 0; i < function->num_scopes; i++)
		print_scope(function, i);
	for (uint32_t i = 0; i < function->num_locals; i++)
		print_local(&function->locals[i]);
	print_sites(function);
	return NULL;
}

static bool is_pointer(const struct cw_type *type)
{
	return cw_type_strip(type)->kind == CW_TYPE_POINTER;
}

static void print_outline_start(cw_addr entry, bool is_noreturn,
				const struct cw_type *result,
				const unsigned char *base, uint32_t base_size,
				const struct cw_code_range *ranges,
				uint32_t num_ranges)
{
	printf("OUTLINE %" PRIx64 "%s ", entry, is_noreturn ? " noreturn" : "");
	print_type(result);
	for (uint32_t i = 0; i < base_size; i++)
		printf("%s%02x", i ? "" : " ", base[i]);
	for (uint32_t i = 0; i < num_ranges; i++)
		printf(" [%" PRIx64 ",%" PRIx64 ")", ranges[i].start,
		       ranges[i].end);
	printf("\n");
}

static void print_outline_local(const struct cw_type *type, bool is_parameter,
				const struct cw_local_place *places,
				uint32_t num)
{
	printf("  %s ", is_parameter ? "PARAMETER" : "LOCAL");
	print_type(type);
	print_places(places, num);
}

static struct cw_error *print_outline(void *context,
				      const struct cw_outline *outline)
{
	print_outline_start(outline->entry, outline->is_noreturn,
			    outline->return_type, outline->frame_base,
			    outline->frame_base_size, outline->ranges,
			    outline->num_ranges);
	for (uint32_t i = 0; i < outline->num_locals; i++) {
		const struct cw_outline_local *local = &outline->locals[i];
		print_outline_local(local->type, local->is_parameter,
				    outline->places + local->first_place,
				    local->num_places);
	}
	return NULL;
}

static struct cw_error *print_as_outline(void *context,
					 const struct cw_function *function)
{
	print_outline_start(
		function->entry, function->is_noreturn, function->return_type,
		function->frame_base, function->frame_base_size,
		function->scopes[0].ranges, function->scopes[0].num_ranges);
	for (uint32_t i = 0; i < function->num_locals; i++) {
		const struct cw_local *local = &function->locals[i];
		bool is_parameter = local->scope == 0 && local->is_parameter;
		if (is_parameter || is_pointer(local->type))
			print_outline_local(local->type, is_parameter,
					    local->places, local->num_places);
	}
	return NULL;
}

static struct cw_error *sum_function(void *context,
				     const struct cw_function *function)
{
	struct sums *sums = context;

	sums->functions++;
	sums->scopes += function->num_scopes;
	sums->locals += function->num_locals;
	sums->sites += function->num_call_sites;
	for (uint32_t i = 0; i < function->num_locals; i++) {
		sums->places += function->locals[i].num_places;
		sums->parameters += function->locals[i].is_parameter;
	}
	return NULL;
}

static void print_prototype(struct cw_debug *debug, const char *name)
{
	const struct cw_prototype *prototype;

	die_if(cw_debug_prototype_named(debug, NULL, name, &prototype));
	printf("PROTOTYPE %s", name);
	if (!prototype) {
		printf(" none\n");
		return;
	}
	printf(" ");
	print_type(prototype->return_type);
	for (uint32_t i = 0; i < prototype->num_parameters; i++) {
		printf(i ? ", " : " (");
		print_type(prototype->parameters[i]);
	}
	printf("%s%s\n", prototype->num_parameters ? ")" : " ()",
	       prototype->is_variadic ? " ..." : "");
}

int main(int argc, char **argv)
{
	if (argc < 2)
		return 2;

	struct cw_target *target = cw_target_create_empty();
	struct cw_elf_file *file;
	struct sums sums = {0};
	die_if(cw_elf_file_open(argv[1], &file));
	*cw_array_push(&target->modules) = (struct cw_module){
		.path = argv[1],
		.name = argv[1],
		.start = 0,
		.end = UINT64_MAX,
		.file = file,
	};
	*cw_array_push(&target->modules_by_address) = 0;
	struct cw_module *module = &target->modules.items[0];
	struct cw_debug *debug = cw_debug_create(target);

	const char *what = argc > 2 ? argv[2] : "all";
	if (strcmp(what, "all") == 0) {
		die_if(cw_debug_functions(debug, module, false, print_function,
					  NULL));
	} else if (strcmp(what, "outlines") == 0) {
		const struct cw_outline_visitor visitor = {
			.wants = is_pointer,
			.visit = print_outline,
		};
		die_if(cw_debug_outlines(debug, module, &visitor));
	} else if (strcmp(what, "same") == 0) {
		die_if(cw_debug_functions(debug, module, false,
					  print_as_outline, NULL));
	} else if (strcmp(what, "count") == 0) {
		die_if(cw_debug_functions(debug, module, false, sum_function,
					  &sums));
		printf("%zu functions, %zu scopes, %zu locals, %zu "
		       "parameters, %zu places, %zu call sites\n",
		       sums.functions, sums.scopes, sums.locals,
		       sums.parameters, sums.places, sums.sites);
	}
	for (int i = 3; i < argc; i++) {
		const struct cw_function *function;
		if (strcmp(what, "named") == 0) {
			print_prototype(debug, argv[i]);
			continue;
		}
		die_if(cw_debug_function_at(debug, strtoull(argv[i], NULL, 16),
					    &function));
		if (function)
			die_if(print_function(NULL, function));
	}

	const char *const *problems;
	size_t num = cw_debug_problems(debug, &problems);
	for (size_t i = 0; i < num; i++)
		fprintf(stderr, "%s\n", problems[i]);
	cw_debug_destroy(debug);
	cw_target_close(target);
	return 0;
}

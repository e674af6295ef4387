/*
 * functions FILE [count | at ADDRESS… | named NAME…]: what we read of the
 * functions of a file, in plain lines.
 *
 * A function: "FUNCTION entry name -> type"; a line a scope: "  SCOPE number
 * kind parent name line [start,end)…"; a line a local: "  LOCAL scope kind name
 * : type [start,end)bytes…".
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dwarf/scope.h"
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

static void print_local(const struct cw_local *local)
{
	printf("  LOCAL %u ", local->scope);
	if (local->is_parameter)
		printf("parameter%u ", local->order);
	printf("%s : ", local->name ? local->name : "-");
	print_type(local->type);
	if (local->constant)
		printf(" constant of %u", local->constant_size);
	for (uint32_t i = 0; i < local->num_places; i++) {
		const struct cw_local_place *place = &local->places[i];
		printf(" [%" PRIx64 ",%" PRIx64 ")", place->start, place->end);
		for (uint32_t j = 0; j < place->size; j++)
			printf("%02x", place->expression[j]);
	}
	printf("\n");
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
		die_if(cw_debug_functions(debug, module, CW_FUNCTION_DETAILS,
					  print_function, NULL));
	} else if (strcmp(what, "count") == 0) {
		die_if(cw_debug_functions(debug, module, CW_FUNCTION_DETAILS,
					  sum_function, &sums));
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

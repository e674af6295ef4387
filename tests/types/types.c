/*
 * types FILE: what we read of a file's debug info, in plain lines.
 *
 *	types FILE layouts		every struct, class and union
 *	types FILE layout NAME…		those of these names
 *	types FILE variables
 *	types FILE arguments NAME…	of templates of these names
 *	types FILE statics		what initialised ones of Rust hold
 *	types FILE line ADDRESS…
 *	types FILE count		sizes of it all, for timing
 *
 * A layout: "TYPE kind size name", then a line a member: "  offset[:bit] size
 * name : type".
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dwarf/debug.h"
#include "target/elf_file.h"

static const char *const kind_names[] = {
	[CW_TYPE_STRUCT] = "struct",
	[CW_TYPE_CLASS] = "class",
	[CW_TYPE_UNION] = "union",
};

static void die_if(struct cw_error *err)
{
	if (!err)
		return;
	fprintf(stderr, "types: %s\n", cw_error_message(err));
	exit(1);
}

static void print_layout(const struct cw_type *type)
{
	const struct cw_member *members;
	size_t num = cw_type_members(type, &members);

	printf("TYPE %s %" PRIu64 " %s\n", kind_names[type->kind], type->size,
	       type->name);
	for (size_t i = 0; i < num; i++) {
		const struct cw_member *member = &members[i];
		cw_cleanup_text struct cw_text text = {0};
		cw_type_print(member->type, &text);
		printf("  %" PRIu64, member->offset);
		if (member->bit_size)
			printf(":%u/%u", member->bit_offset, member->bit_size);
		printf(" %" PRIu64 " %s : %s%s\n", member->type->size,
		       member->is_virtual_base ? "<virtual base>"
		       : member->is_base       ? "<base>"
		       : member->name	       ? member->name
					       : "<anonymous>",
		       text.chars, member->is_artificial ? " artificial" : "");
	}
}

static void print_all(struct cw_debug *debug, struct cw_module *module)
{
	const struct cw_type *const *types;
	size_t num;

	die_if(cw_debug_all_types(debug, module, &types, &num));
	for (size_t i = 0; i < num; i++)
		print_layout(types[i]);
}

static void print_arguments(const struct cw_type *type)
{
	const struct cw_type_argument *arguments;
	size_t num = cw_type_arguments(type, &arguments);

	printf("ARGUMENTS %s\n", type->name);
	for (size_t i = 0; i < num; i++) {
		cw_cleanup_text struct cw_text text = {0};
		cw_type_print(arguments[i].type, &text);
		printf("  %s : %s", arguments[i].name, text.chars);
		if (arguments[i].has_value)
			printf(" = %" PRId64, arguments[i].value);
		putchar('\n');
	}
}

static void print_named(struct cw_debug *debug, const char *name,
			void (*print)(const struct cw_type *))
{
	const struct cw_type **types;
	size_t num = cw_debug_types_named(debug, name, &types);

	for (size_t i = 0; i < num; i++) {
		const struct cw_type *type = cw_type_strip(types[i]);
		if (cw_type_is_aggregate(type))
			print(type);
	}
}

static void print_variables(struct cw_debug *debug, struct cw_module *module)
{
	const struct cw_variable *variables;
	size_t num;

	die_if(cw_debug_variables(debug, module, &variables, &num));
	for (size_t i = 0; i < num; i++) {
		cw_cleanup_text struct cw_text text = {0};
		cw_type_print(variables[i].type, &text);
		printf("%s0x%" PRIx64 " %" PRIu64 " %s : %s\n",
		       variables[i].is_tls ? "tls " : "", variables[i].address,
		       variables[i].type->size, variables[i].name, text.chars);
	}
}

/* The bytes that are at @address when the program starts. */
static const unsigned char *initial_bytes(const struct cw_elf_file *file,
					  uint64_t address, uint64_t size)
{
	for (size_t i = 0; i < file->num_phdrs; i++) {
		Elf64_Phdr phdr = file->phdrs[i].header;
		if (phdr.p_type == PT_LOAD && address >= phdr.p_vaddr &&
		    address + size <= phdr.p_vaddr + phdr.p_filesz)
			return cw_elf_file_range(
				file, address - phdr.p_vaddr + phdr.p_offset,
				size);
	}
	return NULL;
}

/* What a variant names, or a vtable says: "Some", "vtable of 8 bytes". */
static bool static_holds(const struct cw_type *type, const unsigned char *bytes,
			 struct cw_text *text)
{
	const struct cw_variant *variant = cw_variant_active(type, bytes);
	const struct cw_type *owner = cw_type_containing(type);
	uint64_t words[3];

	if (cw_type_variants(type)) {
		cw_text_add(text, variant && variant->num_members == 1
					  ? variant->members[0].name
					  : "?");
		return true;
	}
	if (owner && type->size >= sizeof(words)) {
		memcpy(words, bytes, sizeof(words));
		bool is_same =
			words[1] == owner->size &&
			(owner->alignment == 0 || owner->alignment == words[2]);
		cw_text_addf(text, "vtable of %s: %sas in memory", owner->name,
			     is_same ? "" : "not ");
		return true;
	}
	if (type->alignment > 8)
		cw_text_addf(text, "aligned to %u", type->alignment);
	return type->alignment > 8;
}

static void print_statics(struct cw_debug *debug, struct cw_module *module)
{
	const struct cw_variable *variables;
	size_t num;

	die_if(cw_debug_variables(debug, module, &variables, &num));
	for (size_t i = 0; i < num; i++) {
		const struct cw_type *type = cw_type_strip(variables[i].type);
		const unsigned char *bytes = initial_bytes(
			module->file, variables[i].address, type->size);
		if (variables[i].is_tls || !bytes)
			continue;
		cw_cleanup_text struct cw_text text = {0};
		if (static_holds(type, bytes, &text))
			printf("%s : %s\n", variables[i].name, text.chars);
	}
}

static void print_line(struct cw_debug *debug, cw_addr address)
{
	const char *file = "?";
	unsigned line = 0;
	uint64_t offset = 0;
	const char *function = cw_debug_function(debug, address, &offset);

	cw_debug_line(debug, address, &file, &line);
	printf("0x%" PRIx64 " %s+%" PRIu64 " %s:%u\n", address,
	       function ? function : "?", offset, file, line);
}

static void print_count(struct cw_debug *debug, struct cw_module *module)
{
	const struct cw_variable *variables;
	size_t num;

	die_if(cw_debug_variables(debug, module, &variables, &num));
	printf("%zu variables\n", num);
}

int main(int argc, char **argv)
{
	if (argc < 3)
		return 2;

	struct cw_target *target = cw_target_create_empty();
	struct cw_elf_file *file;
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

	if (strcmp(argv[2], "layouts") == 0)
		print_all(debug, module);
	else if (strcmp(argv[2], "variables") == 0)
		print_variables(debug, module);
	else if (strcmp(argv[2], "statics") == 0)
		print_statics(debug, module);
	else if (strcmp(argv[2], "count") == 0)
		print_count(debug, module);
	for (int i = 3; i < argc; i++) {
		if (strcmp(argv[2], "line") == 0)
			print_line(debug, strtoull(argv[i], NULL, 0));
		else if (strcmp(argv[2], "arguments") == 0)
			print_named(debug, argv[i], print_arguments);
		else
			print_named(debug, argv[i], print_layout);
	}

	const char *const *problems;
	size_t num = cw_debug_problems(debug, &problems);
	for (size_t i = 0; i < num; i++)
		fprintf(stderr, "%s\n", problems[i]);
	cw_debug_destroy(debug);
	cw_target_close(target);
	return 0;
}

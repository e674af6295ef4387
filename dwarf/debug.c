#include "dwarf/debug.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "dwarf/cfi_file.h"
#include "dwarf/debug_private.h"
#include "dwarf/file.h"
#include "dwarf/line.h"
#include "dwarf/record.h"
#include "dwarf/scope_store.h"
#include "dwarf/split.h"
#include "dwarf/stacks.h"
#include "dwarf/variable.h"
#include "target/debug_file.h"
#include "target/symbol.h"

/* A module and what has been read of its debug info. */
struct module_debug {
	struct cw_debug_file *file; /* NULL: it has none */
	bool is_sought;
	struct cw_cfi_file *cfi; /* NULL: it has no unwind rules */
	bool is_cfi_sought;
	bool has_variables, has_all_types;
	struct cw_variable_list variables;
	CW_ARRAY(const struct cw_type *) all_types;
};

/* What dwz moved several files' debug info to. */
struct alternate {
	struct cw_elf_file *elf;
	struct cw_debug_file *file;
};

struct cw_debug {
	struct cw_target *target;
	struct cw_arena arena;
	struct cw_type_store store;
	struct module_debug *modules; /* by number in the target */
	size_t num_modules;
	CW_ARRAY(struct alternate) alternates;
	CW_ARRAY(const char *) problems;	   /* of opening */
	CW_ARRAY(const char *) shown_problems;	   /* all, made when asked */
	CW_ARRAY(const struct cw_type *) named;	   /* the last answer */
	struct cw_map function_names;		   /* by key and module */
	CW_ARRAY(const char *) function_name_list; /* that it numbers */
	struct cw_scope_store *scopes;
	struct cw_stacks *stacks;
};

struct cw_debug *cw_debug_create(struct cw_target *target)
{
	struct cw_debug *debug = cw_alloc(sizeof(*debug));

	debug->target = target;
	cw_arena_init(&debug->arena);
	cw_type_store_init(&debug->store, &debug->arena);
	cw_map_init(&debug->function_names);
	debug->num_modules = target->modules.num;
	debug->modules = cw_alloc(debug->num_modules * sizeof(*debug->modules));
	debug->scopes = cw_scope_store_create();
	debug->stacks = cw_stacks_create(target->threads.num);
	return debug;
}

void cw_debug_destroy(struct cw_debug *debug)
{
	if (!debug)
		return;
	cw_scope_store_destroy(debug->scopes);
	cw_stacks_destroy(debug->stacks);
	for (size_t i = 0; i < debug->num_modules; i++) {
		cw_debug_file_close(debug->modules[i].file);
		cw_cfi_file_close(debug->modules[i].cfi);
		cw_array_deinit(&debug->modules[i].variables);
		cw_array_deinit(&debug->modules[i].all_types);
	}
	cw_array_foreach(alternate, &debug->alternates)
	{
		cw_debug_file_close(alternate->file);
		cw_elf_file_close(alternate->elf);
	}
	cw_array_deinit(&debug->alternates);
	free(debug->modules);
	cw_array_deinit(&debug->problems);
	cw_array_deinit(&debug->shown_problems);
	cw_array_deinit(&debug->named);
	cw_array_deinit(&debug->function_name_list);
	cw_map_deinit(&debug->function_names);
	cw_type_store_deinit(&debug->store);
	cw_arena_deinit(&debug->arena);
	free(debug);
}

/* The dwz file of @elf, opened now if no other module did; NULL: none. */
static struct cw_error *alternate_open(struct cw_debug *debug,
				       struct cw_elf_file *elf,
				       struct cw_debug_file **ret)
{
	struct cw_elf_file *found = cw_debug_file_open_alt(debug->target, elf);
	struct cw_debug_file *file = NULL;

	*ret = NULL;
	if (!found)
		return NULL;
	cw_array_foreach(known, &debug->alternates)
	{
		if (known->elf->mapped.status.st_dev !=
			    found->mapped.status.st_dev ||
		    known->elf->mapped.status.st_ino !=
			    found->mapped.status.st_ino)
			continue;
		*ret = known->file;
		cw_elf_file_close(found);
		return NULL;
	}

	struct cw_error *err = cw_debug_file_open(
		found, &debug->store.libraries, NULL, &debug->arena,
		debug->target->options.progress, &file);
	if (err || !file) {
		cw_elf_file_close(found);
		return err;
	}
	*cw_array_push(&debug->alternates) = (struct alternate){found, file};
	*cw_array_push(&debug->store.files) = file;
	*ret = file;
	return NULL;
}

static struct cw_error *module_open(struct cw_debug *debug,
				    struct cw_module *module,
				    struct module_debug *ret)
{
	struct cw_elf_file *elf = cw_module_debug_file(debug->target, module);

	if (!elf)
		return NULL;
	struct cw_debug_file *alternate;
	struct cw_error *err = alternate_open(debug, elf, &alternate);
	if (!err)
		err = cw_debug_file_open(
			elf, &debug->store.libraries, alternate, &debug->arena,
			debug->target->options.progress, &ret->file);
	if (err || !ret->file)
		return err;
	*cw_array_push(&debug->store.files) = ret->file;
	err = cw_split_open(ret->file, debug->target, module, &debug->arena);
	cw_array_foreach(part, &ret->file->parts) *
		cw_array_push(&debug->store.files) = *part;
	return err;
}

/*
 * The module's debug info, opened now if it was not.  What cannot be opened is
 * a problem noted; only being told to stop is an error.
 */
static struct cw_error *module_need(struct cw_debug *debug,
				    const struct cw_module *module,
				    struct module_debug **ret)
{
	size_t number = module - debug->target->modules.items;
	struct module_debug *found = &debug->modules[number];

	if (!found->is_sought) {
		struct cw_error *err = module_open(
			debug, &debug->target->modules.items[number], found);
		if (err && cw_error_kind(err) == CW_ERROR_INTERRUPTED)
			return err;
		if (err)
			*cw_array_push(&debug->problems) = cw_arena_format(
				&debug->arena, "%s: %s", module->name,
				cw_error_message(err));
		cw_error_destroy(err);
		found->is_sought = true;
	}
	*ret = found;
	return NULL;
}

/* As above, where there is no way to stop. */
static struct cw_debug_file *file_of(struct cw_debug *debug,
				     const struct cw_module *module)
{
	struct module_debug *found = NULL;
	cw_cleanup_error struct cw_error *err =
		module_need(debug, module, &found);

	return err ? NULL : found->file;
}

struct cw_error *cw_debug_file_of(struct cw_debug *debug,
				  const struct cw_module *module,
				  struct cw_debug_file **ret)
{
	struct module_debug *found = NULL;
	struct cw_error *err = module_need(debug, module, &found);

	if (err)
		return err;
	*ret = found->file;
	return NULL;
}

struct cw_type_store *cw_debug_types(struct cw_debug *debug)
{
	return &debug->store;
}

struct cw_scope_store *cw_debug_scopes(struct cw_debug *debug)
{
	return debug->scopes;
}

struct cw_stacks *cw_debug_stacks(struct cw_debug *debug)
{
	return debug->stacks;
}

const struct cw_target *cw_debug_target(const struct cw_debug *debug)
{
	return debug->target;
}

struct cw_cfi_file *cw_debug_cfi(struct cw_debug *debug,
				 const struct cw_module *module)
{
	size_t number = module - debug->target->modules.items;
	struct module_debug *found = &debug->modules[number];

	if (found->is_cfi_sought)
		return found->cfi;
	found->is_cfi_sought = true;
	/* .eh_frame is in the file that is mapped; the separate one has at
	 * best .debug_frame. */
	if (module->file)
		found->cfi = cw_cfi_file_open(module->file);
	if (!found->cfi) {
		struct cw_elf_file *elf = cw_module_debug_file(
			debug->target, &debug->target->modules.items[number]);
		if (elf)
			found->cfi = cw_cfi_file_open(elf);
	}
	return found->cfi;
}

bool cw_debug_has(struct cw_debug *debug, struct cw_module *module)
{
	return file_of(debug, module) != NULL;
}

struct cw_error *cw_debug_variables(struct cw_debug *debug,
				    struct cw_module *module,
				    const struct cw_variable **ret,
				    size_t *ret_num)
{
	struct module_debug *found = NULL;
	struct cw_error *err = module_need(debug, module, &found);

	if (err)
		return err;
	if (found->file && !found->has_variables) {
		cw_variables_read(debug, module, found->file,
				  &found->variables);
		cw_array_foreach(part, &found->file->parts) cw_variables_read(
			debug, module, *part, &found->variables);
		cw_variables_unite(&found->variables);
		found->has_variables = true;
	}
	*ret = found->variables.items;
	*ret_num = found->variables.num;
	return NULL;
}

/* The function's name, made once. */
static const char *function_name(struct cw_debug *debug,
				 struct cw_debug_file *file,
				 const struct cw_index_function *function)
{
	uint64_t key = cw_library_key(&file->library, function->key);
	uint32_t place;

	if (!cw_map_get(&debug->function_names, key, &place)) {
		place = debug->function_name_list.num;
		*cw_array_push(&debug->function_name_list) =
			cw_index_function_name(&file->index, function->key,
					       function->scope);
		cw_map_set(&debug->function_names, key, place);
	}
	return debug->function_name_list.items[place];
}

static const char *symbol_name(struct cw_debug *debug, cw_addr address,
			       uint64_t *ret_offset)
{
	const struct cw_symbol *symbol = cw_symbol_at(debug->target, address);

	if (!symbol || symbol->kind != CW_SYMBOL_FUNCTION)
		return NULL;
	*ret_offset = address - symbol->address;
	cw_cleanup_free char *full = cw_demangle(symbol->name);
	return full ? cw_arena_strdup(&debug->arena, full) : symbol->name;
}

const char *cw_debug_function(struct cw_debug *debug, cw_addr address,
			      uint64_t *ret_offset)
{
	const struct cw_module *module = cw_module_at(debug->target, address);

	if (!module)
		return NULL;
	struct cw_debug_file *file = file_of(debug, module);
	const struct cw_index_function *function =
		file ? cw_debug_file_function(file, address - module->bias,
					      &file)
		     : NULL;
	const char *name =
		function ? function_name(debug, file, function) : NULL;
	if (!name)
		return symbol_name(debug, address, ret_offset);
	*ret_offset = address - module->bias - function->low;
	return name;
}

bool cw_debug_line(struct cw_debug *debug, cw_addr address,
		   const char **ret_file, unsigned *ret_line)
{
	const struct cw_module *module = cw_module_at(debug->target, address);
	struct cw_debug_file *file = module ? file_of(debug, module) : NULL;

	if (!file)
		return false;
	const struct cw_index_function *function =
		cw_debug_file_function(file, address - module->bias, &file);
	if (!function)
		return false;
	return cw_line_at(file, function->unit, address - module->bias,
			  ret_file, ret_line);
}

static bool is_listed(const struct cw_debug *debug, const struct cw_type *type)
{
	for (size_t i = 0; i < debug->named.num; i++)
		if (debug->named.items[i] == type)
			return true;
	return false;
}

static void named_add(struct cw_debug *debug, struct cw_debug_file *file,
		      const char *name, bool wants_declarations)
{
	enum {
		MAX_NAMED = 1000,
	};
	const struct cw_index_entry *entry = NULL;

	while ((entry = cw_index_named(&file->index, name, entry))) {
		if (entry->is_declaration != wants_declarations ||
		    debug->named.num == MAX_NAMED)
			continue;
		const struct cw_type *type =
			cw_reader_type(&debug->store, file, entry->key);
		if (!is_listed(debug, type))
			*cw_array_push(&debug->named) = type;
	}
}

size_t cw_debug_types_named(struct cw_debug *debug, const char *name,
			    const struct cw_type ***ret)
{
	debug->named.num = 0;
	for (size_t i = 0; i < debug->num_modules; i++)
		file_of(debug, &debug->target->modules.items[i]);
	for (int pass = 0; pass < 2; pass++)
		cw_array_foreach(file, &debug->store.files)
			named_add(debug, *file, name, pass == 1);
	*ret = debug->named.items;
	return debug->named.num;
}

const struct cw_type *cw_debug_type(struct cw_debug *debug, uint32_t id)
{
	if (id == 0 || id >= debug->store.records.num)
		return NULL;
	return &debug->store.records.items[id]->type;
}

const struct cw_type *cw_debug_void(struct cw_debug *debug)
{
	return debug->store.void_type;
}

static int compare_ids(const void *left, const void *right)
{
	const struct cw_type *const *a = left, *const *b = right;

	return ((*a)->id > (*b)->id) - ((*a)->id < (*b)->id);
}

static void types_collect(struct cw_debug *debug, struct module_debug *module,
			  struct cw_debug_file *file)
{
	uint32_t number = module - debug->modules + 1;

	for (size_t i = 0; i < file->index.entries.num; i++) {
		const struct cw_index_entry *entry =
			&file->index.entries.items[i];
		if (entry->is_declaration || !cw_tag_is_aggregate(entry->tag))
			continue;
		const struct cw_type *type =
			cw_reader_type(&debug->store, file, entry->key);
		struct cw_type_record *record = (struct cw_type_record *)type;
		if (!type->name || !cw_type_is_aggregate(type) ||
		    record->listed_by == number)
			continue;
		record->listed_by = number;
		*cw_array_push(&module->all_types) = type;
	}
}

struct cw_error *cw_debug_all_types(struct cw_debug *debug,
				    struct cw_module *module,
				    const struct cw_type *const **ret,
				    size_t *ret_num)
{
	struct module_debug *found = NULL;
	struct cw_error *err = module_need(debug, module, &found);

	if (err)
		return err;
	if (found->file && !found->has_all_types) {
		types_collect(debug, found, found->file);
		cw_array_foreach(part, &found->file->parts)
			types_collect(debug, found, *part);
		uint64_t key = (uint64_t)found->file->library.alternate
			       << CW_KEY_FILE_SHIFT;
		if (key)
			types_collect(debug, found,
				      cw_debug_file_at(found->file, &key));
		if (found->all_types.num)
			qsort(found->all_types.items, found->all_types.num,
			      sizeof(*found->all_types.items), compare_ids);
		found->has_all_types = true;
	}
	*ret = found->all_types.items;
	*ret_num = found->all_types.num;
	return NULL;
}

size_t cw_debug_problems(struct cw_debug *debug, const char *const **ret)
{
	debug->shown_problems.num = 0;
	cw_array_foreach(problem, &debug->problems) *
		cw_array_push(&debug->shown_problems) = *problem;
	for (size_t i = 0; i < debug->num_modules; i++) {
		cw_cleanup_text struct cw_text text = {0};
		if (debug->modules[i].file)
			cw_debug_file_problems(debug->modules[i].file, &text);
		if (text.length)
			*cw_array_push(&debug->shown_problems) =
				cw_arena_format(
					&debug->arena, "debug info of %s: %s",
					debug->target->modules.items[i].name,
					text.chars);
	}
	*ret = debug->shown_problems.items;
	return debug->shown_problems.num;
}

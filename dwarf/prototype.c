#include "dwarf/prototype.h"

#include <string.h>

#include "base/memory.h"
#include "dwarf/entry_story.h"
#include "dwarf/outline_walk.h"
#include "target/symbol.h"

void cw_declaration_note(struct cw_function_reader *reader, const char *name,
			 uint64_t key)
{
	struct cw_scope_store *store = reader->store;
	uint64_t hash = cw_hash_bytes(name, strlen(name));
	uint32_t *first = cw_map_place(&reader->scopes->declarations, hash, 0);

	for (uint32_t i = *first; i; i = store->declarations.items[i].next)
		if (strcmp(store->declarations.items[i].name, name) == 0)
			return;
	uint32_t number = store->declarations.num;
	*cw_array_push(&store->declarations) =
		(struct cw_declaration){name, key, *first};
	*first = number;
}

static struct cw_error *declarations_need(struct cw_function_reader *reader)
{
	struct cw_progress *progress =
		cw_debug_target(reader->debug)->options.progress;
	struct cw_units *units = reader->scopes->units;
	struct cw_error *err = NULL;
	struct cw_outline_walk walk;

	if (reader->scopes->has_declarations)
		return NULL;
	cw_outline_walk_init(&walk, reader, NULL);
	cw_progress_begin(progress, "reading declarations", units->items.num);
	for (size_t i = 0; i < units->items.num && !err; i++) {
		struct cw_unit *unit = &units->items.items[i];
		if (unit->is_noted)
			continue;
		err = cw_outline_walk_unit(&walk, unit);
		if (!err)
			err = cw_progress_step(progress, i + 1);
	}
	cw_outline_walk_deinit(&walk);
	reader->scopes->has_declarations = !err;
	return err;
}

/* Adds the type of the parameter that @die is. */
static void parameter_add(struct cw_function_reader *reader,
			  const struct cw_die *die)
{
	struct cw_unit_entry entry = {.key = die->key, .tag = cw_die_tag(die)};
	struct cw_unit_code code = {0};
	struct cw_entry_story story;

	cw_unit_entry_read(die, &entry, &code);
	cw_unit_entry_place(&entry, cw_die_library(die));
	cw_entry_story_read(reader, &entry, &story);
	const struct cw_type *type = cw_entry_story_type(reader, &story);
	*cw_array_push(&reader->types) =
		type ? type : cw_debug_types(reader->debug)->unknown_type;
}

/* Those below @die, which may have others of a pack below them. */
static void parameters_add(struct cw_function_reader *reader,
			   const struct cw_die *die, bool may_have_packs,
			   struct cw_prototype *ret)
{
	struct cw_die child;
	bool is_there = cw_die_child(die, &child);

	for (; is_there; is_there = cw_die_next(&child)) {
		unsigned tag = cw_die_tag(&child);
		if (tag == DW_TAG_formal_parameter)
			parameter_add(reader, &child);
		else if (tag == DW_TAG_unspecified_parameters)
			ret->is_variadic = true;
		else if (tag == DW_TAG_GNU_formal_parameter_pack &&
			 may_have_packs)
			parameters_add(reader, &child, false, ret);
	}
}

/* Of the function's entry, or of what it is an instance or definition of: code
 * that was made for a certain call may lack some. */
static void parameters_read(struct cw_function_reader *reader,
			    const struct cw_unit_entry *entry,
			    struct cw_prototype *ret)
{
	const struct cw_unit_entry *chain[CW_MAX_HOPS];
	size_t num = 0, size;

	while (entry && num < cw_num_elements(chain)) {
		chain[num++] = entry;
		entry = entry->origin ? cw_units_entry(reader->scopes->units,
						       NULL, entry->origin)
				      : NULL;
	}
	reader->types.num = 0;
	while (num-- > 0 && reader->types.num == 0) {
		uint64_t key = chain[num]->key;
		struct cw_library *library =
			cw_library_of(&reader->file->library, &key);
		struct cw_die die;
		if (cw_die_at(library, key, &die))
			parameters_add(reader, &die, true, ret);
	}
	ret->num_parameters = reader->types.num;
	size = reader->types.num * sizeof(*reader->types.items);
	if (size)
		ret->parameters = cw_arena_copy(&reader->store->arena,
						reader->types.items, size);
}

/* Of the entry with that key, which is a function's, read once. */
static const struct cw_prototype *
prototype_read(struct cw_function_reader *reader, uint64_t key)
{
	uint32_t number;

	if (cw_map_get(&reader->scopes->prototypes, key, &number))
		return reader->store->prototypes.items[number];

	struct cw_units *units = reader->scopes->units;
	struct cw_prototype *prototype = NULL;
	/* Its unit is not worth to be loaded for it. */
	const struct cw_unit_entry *entry = cw_units_entry(units, NULL, key);
	const struct cw_unit *unit = cw_units_find(units, key);
	if (entry && unit) {
		struct cw_entry_story story;
		reader->unit = NULL;
		cw_entry_story_read(reader, entry, &story);
		prototype = cw_arena_alloc(&reader->store->arena,
					   sizeof(*prototype));
		prototype->return_type = cw_entry_story_type(reader, &story);
		prototype->is_noreturn = story.flags & CW_ENTRY_NORETURN;
		parameters_read(reader, entry, prototype);
		prototype->is_prototyped =
			!cw_language_is_c(unit->head->language) ||
			prototype->num_parameters ||
			story.flags & CW_ENTRY_PROTOTYPED;
	}
	cw_map_set(&reader->scopes->prototypes, key,
		   reader->store->prototypes.num);
	*cw_array_push(&reader->store->prototypes) = prototype;
	return prototype;
}

/* In the file that @reader is in. */
static struct cw_error *named_here(struct cw_function_reader *reader,
				   const char *name,
				   const struct cw_prototype **ret)
{
	struct cw_error *err = declarations_need(reader);

	if (err)
		return err;
	const struct cw_declaration *all = reader->store->declarations.items;
	uint32_t number = 0;
	cw_map_get(&reader->scopes->declarations,
		   cw_hash_bytes(name, strlen(name)), &number);
	while (number && strcmp(all[number].name, name) != 0)
		number = all[number].next;
	if (number)
		*ret = prototype_read(reader, all[number].key);
	return NULL;
}

static struct cw_error *named_in(struct cw_debug *debug,
				 const struct cw_module *module,
				 const char *name,
				 const struct cw_prototype **ret)
{
	struct cw_function_reader reader;
	struct cw_debug_file *file;
	struct cw_error *err = cw_function_reader_init(&reader, debug, module);

	for (size_t i = 0;
	     !err && !*ret && (file = cw_function_reader_part(&reader, i));
	     i++) {
		cw_function_reader_use(&reader, file);
		err = named_here(&reader, name, ret);
	}
	cw_function_reader_deinit(&reader);
	return err;
}

struct cw_error *cw_debug_prototype_in(struct cw_debug *debug,
				       const struct cw_module *module,
				       const char *name,
				       const struct cw_prototype **ret)
{
	*ret = NULL;
	return named_in(debug, module, name, ret);
}

struct cw_error *cw_debug_prototype_named(struct cw_debug *debug,
					  const struct cw_module *module,
					  const char *name,
					  const struct cw_prototype **ret)
{
	const struct cw_target *target = cw_debug_target(debug);
	struct cw_error *err = NULL;

	*ret = NULL;
	if (module)
		err = named_in(debug, module, name, ret);
	for (size_t i = 0; i < target->modules.num && !err && !*ret; i++)
		if (&target->modules.items[i] != module)
			err = named_in(debug, &target->modules.items[i], name,
				       ret);
	return err;
}

struct cw_error *cw_debug_prototype_at(struct cw_debug *debug, cw_addr address,
				       const struct cw_prototype **ret)
{
	struct cw_target *target = (struct cw_target *)cw_debug_target(debug);
	const struct cw_module *module = cw_module_at(target, address);
	struct cw_function_reader reader;

	*ret = NULL;
	if (!module)
		return NULL;
	struct cw_error *err = cw_function_reader_init(&reader, debug, module);
	const struct cw_index_function *found =
		err ? NULL : cw_function_reader_find(&reader, address);
	if (found && found->low == address - module->bias)
		*ret = prototype_read(&reader, found->key);
	cw_function_reader_deinit(&reader);
	if (err || *ret)
		return err;
	const struct cw_symbol *symbol = cw_symbol_at(target, address);
	if (!symbol || symbol->kind != CW_SYMBOL_FUNCTION ||
	    symbol->address != address)
		return NULL;
	return cw_debug_prototype_named(debug, module, symbol->name, ret);
}

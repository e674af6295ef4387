#include "dwarf/scope.h"

#include <stdlib.h>

#include "base/memory.h"
#include "dwarf/address_list.h"
#include "dwarf/function_read.h"

enum {
	/* Entries of units that are kept for the next question: 64 MB. */
	MAX_KEPT_ENTRIES = 1000000,
};

struct cw_error *cw_function_reader_init(struct cw_function_reader *reader,
					 struct cw_debug *debug,
					 const struct cw_module *module)
{
	struct cw_scope_store *store = cw_debug_scopes(debug);
	struct cw_debug_file *file = NULL;

	*reader = (struct cw_function_reader){
		.debug = debug,
		.module = module,
		.store = store,
		.arena = &store->arena,
	};
	struct cw_error *err = cw_debug_file_of(debug, module, &file);
	if (err)
		return err;
	reader->whole = file;
	if (file)
		cw_function_reader_use(reader, file);
	return NULL;
}

void cw_function_reader_use(struct cw_function_reader *reader,
			    struct cw_debug_file *file)
{
	reader->file = file;
	reader->scopes = cw_scope_store_file(reader->store, file);
}

struct cw_debug_file *
cw_function_reader_part(const struct cw_function_reader *reader, size_t number)
{
	if (number == 0 || !reader->whole)
		return reader->whole;
	return number <= reader->whole->parts.num
		       ? reader->whole->parts.items[number - 1]
		       : NULL;
}

const struct cw_index_function *
cw_function_reader_find(struct cw_function_reader *reader, cw_addr address)
{
	struct cw_debug_file *part;
	const struct cw_index_function *found =
		reader->whole
			? cw_debug_file_function(reader->whole,
						 address - reader->module->bias,
						 &part)
			: NULL;

	if (found)
		cw_function_reader_use(reader, part);
	return found;
}

/*
 * Loads the unit that has the DIE with that key; units that nobody holds are
 * dropped when there are many.  False: there is none.
 */
static bool reader_choose(struct cw_function_reader *reader, uint64_t key)
{
	struct cw_units *units = reader->scopes->units;

	reader->unit = cw_units_find(units, key);
	if (!reader->unit)
		return false;
	if (reader->unit->is_loaded)
		return true;
	if (units->num_loaded > MAX_KEPT_ENTRIES) {
		cw_array_foreach(unit, &units->items) cw_unit_drop(unit);
		units->num_loaded = 0;
	}
	cw_unit_load(units, reader->unit);
	units->num_loaded += reader->unit->entries.num;
	return true;
}

static const struct cw_function *
function_find(struct cw_function_reader *reader, uint64_t key)
{
	uint32_t number;

	if (cw_map_get(&reader->scopes->functions, key, &number))
		return reader->store->functions.items[number];

	const struct cw_function *function = NULL;
	if (reader_choose(reader, key)) {
		const struct cw_unit_entry *entry =
			cw_unit_entry_at(reader->unit, key);
		reader->has_files = true;
		if (entry)
			function = cw_function_read(
				reader, entry - reader->unit->entries.items);
	}
	cw_map_set(&reader->scopes->functions, key,
		   reader->store->functions.num);
	*cw_array_push(&reader->store->functions) = function;
	return function;
}

struct cw_error *cw_debug_function_at(struct cw_debug *debug, cw_addr address,
				      const struct cw_function **ret)
{
	const struct cw_module *module =
		cw_module_at(cw_debug_target(debug), address);
	struct cw_function_reader reader;

	*ret = NULL;
	if (!module)
		return NULL;
	struct cw_error *err = cw_function_reader_init(&reader, debug, module);
	const struct cw_index_function *found =
		err ? NULL : cw_function_reader_find(&reader, address);
	if (found)
		*ret = function_find(&reader, found->key);
	cw_function_reader_deinit(&reader);
	return err;
}

/* A walk over all functions of a module. */
struct walk {
	struct cw_function_reader reader;
	struct cw_unit own; /* the one whose functions are visited */
	struct cw_map seen; /* entries of functions, in the file */
	struct cw_error *(*visit)(void *, const struct cw_function *);
	void *context;
};

static bool is_new(struct walk *walk, uint32_t number)
{
	const struct cw_unit *unit = walk->reader.unit;
	const struct cw_unit_entry *entry = &unit->entries.items[number];
	uint64_t start;

	if (entry->tag != DW_TAG_subprogram || !entry->code ||
	    !cw_code_start(unit->head, &unit->codes.items[entry->code], &start))
		return false;
	uint32_t *is_seen = cw_map_place(&walk->seen, start, false);
	if (*is_seen)
		return false;
	*is_seen = true;
	return true;
}

static struct cw_error *unit_visit(struct walk *walk)
{
	const struct cw_unit *unit = walk->reader.unit;
	struct cw_error *err = NULL;

	for (uint32_t i = 1; i < unit->entries.num && !err; i++) {
		if (!is_new(walk, i))
			continue;
		const struct cw_function *function =
			cw_function_read(&walk->reader, i);
		if (function)
			err = walk->visit(walk->context, function);
	}
	return err;
}

/* Loads a unit of our own for as long as it takes to visit its functions. */
static struct cw_error *unit_go_through(struct walk *walk, struct cw_unit *unit)
{
	struct cw_units *units = walk->reader.scopes->units;
	struct cw_unit *own = &walk->own;
	struct cw_arena arena;

	cw_arena_init(&arena);
	walk->reader.arena = &arena;
	cw_unit_turn(own, unit);
	walk->reader.unit = own;
	cw_unit_load(units, own);
	struct cw_error *err = unit_visit(walk);
	cw_arena_deinit(&arena);
	return err;
}

static struct cw_error *file_go_through(struct walk *walk,
					struct cw_debug_file *file)
{
	struct cw_progress *progress =
		cw_debug_target(walk->reader.debug)->options.progress;
	struct cw_error *err = NULL;

	cw_function_reader_use(&walk->reader, file);
	struct cw_units *units = walk->reader.scopes->units;
	cw_progress_begin(progress, "reading functions", units->items.num);
	for (size_t i = 0; i < units->items.num && !err; i++) {
		err = unit_go_through(walk, &units->items.items[i]);
		if (!err)
			err = cw_progress_step(progress, i + 1);
	}
	return err;
}

struct cw_error *cw_debug_functions(
	struct cw_debug *debug, struct cw_module *module, bool has_files,
	struct cw_error *(*visit)(void *context, const struct cw_function *),
	void *context)
{
	struct walk walk = {.visit = visit, .context = context};
	struct cw_debug_file *file;
	struct cw_error *err =
		cw_function_reader_init(&walk.reader, debug, module);

	walk.reader.has_files = has_files;
	cw_map_init(&walk.seen);
	for (size_t i = 0;
	     !err && (file = cw_function_reader_part(&walk.reader, i)); i++)
		err = file_go_through(&walk, file);
	cw_unit_drop(&walk.own);
	cw_map_deinit(&walk.seen);
	cw_function_reader_deinit(&walk.reader);
	return err;
}

bool cw_function_indexed_address(struct cw_debug *debug,
				 const struct cw_function *function,
				 uint64_t index, uint64_t *ret)
{
	const struct cw_file_scopes *scopes =
		cw_debug_scopes(debug)->files.items[function->file];
	const struct cw_unit *unit =
		cw_units_find(scopes->units, function->unit);

	return unit && cw_head_address(unit->head, index, ret);
}

bool cw_function_scalar_type(struct cw_debug *debug,
			     const struct cw_function *function,
			     uint64_t offset, struct cw_scalar_type *ret)
{
	const struct cw_file_scopes *scopes =
		cw_debug_scopes(debug)->files.items[function->file];
	const struct cw_unit *unit =
		cw_units_find(scopes->units, function->unit);
	uint64_t encoding, size;
	struct cw_die die;

	if (!unit || offset >= unit->head->end - unit->head->start)
		return false;
	uint64_t key = unit->key - unit->head->die + unit->head->start + offset;
	return cw_die_at(unit->head->library, key, &die) &&
	       cw_die_tag(&die) == DW_TAG_base_type &&
	       cw_die_number(&die, DW_AT_encoding, &encoding) &&
	       cw_die_number(&die, DW_AT_byte_size, &size) &&
	       cw_scalar_type_make(encoding, size, ret);
}

/* Whether one of the ranges holds @address. */
static bool scope_has(const struct cw_code_scope *scope, cw_addr address)
{
	for (uint32_t i = 0; i < scope->num_ranges; i++)
		if (address >= scope->ranges[i].start &&
		    address < scope->ranges[i].end)
			return true;
	return false;
}

const char *cw_local_function(const struct cw_function *function,
			      const struct cw_local *local)
{
	uint32_t scope = local->scope;

	while (scope && function->scopes[scope].kind != CW_SCOPE_INLINED)
		scope = function->scopes[scope].parent;
	return scope ? function->scopes[scope].name : function->name;
}

const struct cw_local_place *cw_local_place_at(const struct cw_local *local,
					       cw_addr pc)
{
	for (uint32_t i = 0; i < local->num_places; i++)
		if (pc >= local->places[i].start && pc < local->places[i].end)
			return &local->places[i];
	return NULL;
}

size_t cw_function_scopes_at(const struct cw_function *function, cw_addr pc,
			     uint32_t *ret, size_t max)
{
	uint32_t innermost = 0;
	size_t num = 0;

	/* Parents come first, so that the last one found is the innermost of
	 * those that lie within each other. */
	for (uint32_t i = 1; i < function->num_scopes; i++)
		if (function->scopes[i].parent == innermost &&
		    scope_has(&function->scopes[i], pc))
			innermost = i;
	while (num < max) {
		ret[num++] = innermost;
		if (innermost == 0)
			break;
		innermost = function->scopes[innermost].parent;
	}
	return num;
}

#include "object/dyn.h"

#include <string.h>

#include "base/memory.h"
#include "target/symbol.h"

enum { MAX_ALIGNMENT = 1 << 29 };

#define NO_DYN UINT32_MAX

void cw_dyns_init(struct cw_dyns *dyns, struct cw_target *target,
		  struct cw_debug *debug)
{
	*dyns = (struct cw_dyns){.target = target, .debug = debug};
	cw_map_init(&dyns->by_address);
	cw_map_init(&dyns->types);
	cw_arena_init(&dyns->arena);
}

void cw_dyns_deinit(struct cw_dyns *dyns)
{
	cw_array_deinit(&dyns->items);
	cw_map_deinit(&dyns->by_address);
	cw_map_deinit(&dyns->types);
	cw_arena_deinit(&dyns->arena);
}

/* What debug info says of vtables. */
static void dyns_read(struct cw_dyns *dyns)
{
	dyns->is_read = true;
	cw_array_foreach(module, &dyns->target->modules)
	{
		const struct cw_variable *variables;
		size_t num;
		cw_cleanup_error struct cw_error *err = cw_debug_variables(
			dyns->debug, module, &variables, &num);

		for (size_t i = 0; !err && i < num; i++) {
			if (variables[i].is_tls || !variables[i].name ||
			    !strstr(variables[i].name, "::{vtable"))
				continue;
			const struct cw_type *type = cw_type_containing(
				cw_type_strip(variables[i].type));
			if (type)
				cw_map_set(&dyns->types, variables[i].address,
					   cw_type_strip(type)->id);
		}
	}
}

/* "app::Circle" for core::ptr::drop_in_place<app::Circle>, or NULL. */
static const char *dropped_name(struct cw_dyns *dyns, cw_addr function)
{
	/* As the older mangling has it, and the newer. */
	static const char *const begins[] = {
		"core::ptr::drop_in_place<",
		"core::ptr::drop_in_place::<",
	};
	const struct cw_symbol *symbol = cw_symbol_at(dyns->target, function);

	if (!symbol || symbol->address != function)
		return NULL;
	cw_cleanup_free char *plain = cw_demangle(symbol->name);
	if (!plain)
		return NULL;
	size_t skip = 0;
	for (size_t i = 0; i < cw_num_elements(begins); i++)
		if (strncmp(plain, begins[i], strlen(begins[i])) == 0)
			skip = strlen(begins[i]);
	char *end = strrchr(plain, '>');
	if (!skip || !end || end <= plain + skip)
		return NULL;
	return cw_arena_strndup(&dyns->arena, plain + skip, end - plain - skip);
}

static const struct cw_type *type_named(struct cw_dyns *dyns, const char *name,
					uint64_t size)
{
	const struct cw_type **found;
	size_t num = cw_debug_types_named(dyns->debug, name, &found);

	for (size_t i = 0; i < num; i++) {
		const struct cw_type *type = cw_type_strip(found[i]);
		if (type->size == size && !type->is_declaration)
			return type;
	}
	return NULL;
}

static bool dyn_read(struct cw_dyns *dyns, cw_addr vtable, struct cw_dyn *ret)
{
	struct cw_dyn dyn = {.vtable = vtable};
	uint64_t words[3];

	if (vtable & 7)
		return false;
	for (unsigned i = 0; i < 3; i++)
		if (!cw_target_read_word(dyns->target, vtable + 8 * i,
					 &words[i]))
			return false;
	dyn.size = words[1];
	dyn.alignment = words[2];
	if (dyn.alignment == 0 || (dyn.alignment & (dyn.alignment - 1)) ||
	    dyn.alignment > MAX_ALIGNMENT || dyn.size % dyn.alignment)
		return false;
	if (words[0])
		dyn.name = dropped_name(dyns, words[0]);
	*ret = dyn;
	return true;
}

static struct cw_dyn *dyn_enter(struct cw_dyns *dyns, cw_addr vtable)
{
	struct cw_dyn dyn;
	uint32_t number;

	if (cw_map_get(&dyns->by_address, vtable, &number))
		return number == NO_DYN ? NULL : dyns->items.items[number];
	if (!dyns->is_read)
		dyns_read(dyns);
	cw_map_set(&dyns->by_address, vtable, NO_DYN);
	if (!dyn_read(dyns, vtable, &dyn))
		return NULL;

	uint32_t id;
	if (cw_map_get(&dyns->types, vtable, &id)) {
		dyn.type = cw_debug_type(dyns->debug, id);
		if (dyn.type && dyn.type->size != dyn.size)
			dyn.type = NULL;
	} else if (dyn.name) {
		dyn.type = type_named(dyns, dyn.name, dyn.size);
	}
	if (!dyn.type && !dyn.name)
		return NULL;
	if (dyn.type && dyn.type->name)
		dyn.name = dyn.type->name;

	struct cw_dyn *kept = cw_arena_alloc(&dyns->arena, sizeof(*kept));
	*kept = dyn;
	cw_map_set(&dyns->by_address, vtable, dyns->items.num);
	*cw_array_push(&dyns->items) = kept;
	return kept;
}

const struct cw_dyn *cw_dyn_find(struct cw_dyns *dyns, cw_addr vtable)
{
	return dyns ? dyn_enter(dyns, vtable) : NULL;
}

const struct cw_type *cw_dyn_counted(struct cw_dyns *dyns, cw_addr vtable,
				     bool is_atomic)
{
	static const char *const nouns[2][2] = {
		{"alloc::rc::RcInner", "alloc::rc::RcBox"},
		{"alloc::sync::ArcInner", NULL},
	};
	struct cw_dyn *dyn = dyn_enter(dyns, vtable);

	if (!dyn || !dyn->name)
		return NULL;
	if (dyn->is_counted_known[is_atomic])
		return dyn->counted[is_atomic];
	dyn->is_counted_known[is_atomic] = true;

	uint64_t unit = dyn->alignment > 8 ? dyn->alignment : 8;
	uint64_t size = (16 + unit - 1) / unit * unit + dyn->size;
	size = (size + unit - 1) / unit * unit;
	for (unsigned i = 0; i < 2 && !dyn->counted[is_atomic]; i++) {
		if (!nouns[is_atomic][i])
			continue;
		const char *name = cw_arena_format(
			&dyns->arena, "%s<%s>", nouns[is_atomic][i], dyn->name);
		dyn->counted[is_atomic] = type_named(dyns, name, size);
	}
	return dyn->counted[is_atomic];
}

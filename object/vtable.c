#include "object/vtable.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "dwarf/debug.h"
#include "target/symbol.h"

static int table_compare(const void *a, const void *b)
{
	const struct cw_vtable *x = a, *y = b;

	return (x->start > y->start) - (x->start < y->start);
}

static void table_add(struct cw_vtables *vtables,
		      const struct cw_symbol *symbol)
{
	static const char prefix[] = "vtable for ";

	/* The two words before the address point, and one function. */
	if (strncmp(symbol->name, "_ZTV", 4) != 0 || symbol->size < 24)
		return;
	cw_cleanup_free char *name = cw_demangle(symbol->name);
	if (!name || strncmp(name, prefix, sizeof(prefix) - 1) != 0)
		return;
	*cw_array_push(&vtables->tables) = (struct cw_vtable){
		.start = symbol->address,
		.end = symbol->address + symbol->size,
		.class_name = cw_arena_strdup(&vtables->arena,
					      name + sizeof(prefix) - 1),
	};
}

void cw_vtables_init(struct cw_vtables *vtables, struct cw_target *target)
{
	*vtables = (struct cw_vtables){.target = target};
	cw_arena_init(&vtables->arena);
	cw_array_foreach(module, &target->modules)
	{
		const struct cw_symbol *symbols;
		size_t num;

		cw_symbols_of(target, module, &symbols, &num);
		for (size_t i = 0; i < num; i++)
			if (symbols[i].kind == CW_SYMBOL_OBJECT)
				table_add(vtables, &symbols[i]);
	}
	if (vtables->tables.num > 1)
		qsort(vtables->tables.items, vtables->tables.num,
		      sizeof(*vtables->tables.items), table_compare);
}

void cw_vtables_deinit(struct cw_vtables *vtables)
{
	cw_array_deinit(&vtables->tables);
	cw_arena_deinit(&vtables->arena);
}

int64_t cw_vtable_find(const struct cw_vtables *vtables, uint64_t word)
{
	size_t low = 0, high = vtables->tables.num;

	if (high == 0 || word < vtables->tables.items[0].start ||
	    word >= vtables->tables.items[high - 1].end || word & 7)
		return -1;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (vtables->tables.items[middle].start <= word)
			low = middle + 1;
		else
			high = middle;
	}

	const struct cw_vtable *table = &vtables->tables.items[low - 1];
	uint64_t offset_to_top;
	if (word < table->start + 16 || word >= table->end ||
	    !cw_target_read_word(vtables->target, word - 16, &offset_to_top) ||
	    offset_to_top != 0)
		return -1;
	return low - 1;
}

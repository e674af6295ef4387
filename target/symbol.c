#include "target/symbol.h"

#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/memory.h"
#include "target/debug_file.h"
#include "target/module_find.h"
#include "target/symbol_table.h"
#include "target/target.h"

struct cw_symbols {
	struct cw_symbol *list; /* sorted, TLS last */
	size_t num;
	size_t num_addressed; /* that are not TLS */
	/* For each that is not TLS: where it ends, and the greatest such end
	 * among it and all before it. */
	cw_addr *ends, *reaches;
	/* Numbers + 1 by hash of the name, 0: free; a power of two. */
	uint32_t *names;
	size_t names_capacity;
	struct cw_elf_file *mini; /* of .gnu_debugdata, or NULL */
};

/* How plain a name is: "read" is plainer than "__read". */
static int underscores_of(const char *name)
{
	return strspn(name, "_");
}

static int symbol_rank(const struct cw_symbol *a, const struct cw_symbol *b)
{
	if (a->is_exported != b->is_exported)
		return a->is_exported ? -1 : 1;
	if (a->is_old_version != b->is_old_version)
		return a->is_old_version ? 1 : -1;
	if ((a->size == 0) != (b->size == 0))
		return a->size == 0 ? 1 : -1;
	int difference = underscores_of(a->name) - underscores_of(b->name);
	if (difference != 0)
		return difference;
	size_t a_length = strlen(a->name), b_length = strlen(b->name);
	if (a_length != b_length)
		return a_length < b_length ? -1 : 1;
	return strcmp(a->name, b->name);
}

static int entry_compare(const void *left, const void *right)
{
	const struct cw_symbol_entry *a = left, *b = right;
	bool a_is_tls = a->symbol.kind == CW_SYMBOL_TLS;
	bool b_is_tls = b->symbol.kind == CW_SYMBOL_TLS;

	if (a_is_tls != b_is_tls)
		return a_is_tls ? 1 : -1;
	if (a->symbol.address != b->symbol.address)
		return a->symbol.address < b->symbol.address ? -1 : 1;
	return symbol_rank(&a->symbol, &b->symbol);
}

/*
 * The fullest .symtab there is; .dynsym has what a stripped file exports, and
 * .gnu_debugdata the functions that it does not.
 */
static void tables_read(struct cw_target *target, struct cw_module *module,
			struct cw_symbols *symbols,
			struct cw_symbol_table *table)
{
	struct cw_elf_file *separate = NULL;
	struct cw_arena *arena = &target->arena;
	bool is_full = module->file &&
		       cw_symbol_table_read(table, module->file, SHT_SYMTAB,
					    module->bias, arena);

	if (!is_full) {
		separate = cw_module_separate_file(target, module);
		is_full = separate &&
			  cw_symbol_table_read(table, separate, SHT_SYMTAB,
					       module->bias, arena);
	}
	if (!is_full && module->file) {
		symbols->mini = cw_mini_debug_open(module->file);
		if (symbols->mini)
			cw_symbol_table_read(table, symbols->mini, SHT_SYMTAB,
					     module->bias, arena);
	}
	if (module->file)
		cw_symbol_table_read(table, module->file, SHT_DYNSYM,
				     module->bias, arena);
}

static void list_make(struct cw_symbols *symbols, struct cw_symbol_table *table)
{
	size_t num = 0;

	if (table->entries.num > UINT32_MAX - 1)
		table->entries.num = UINT32_MAX - 1;
	if (table->entries.num > 0)
		qsort(table->entries.items, table->entries.num,
		      sizeof(*table->entries.items), entry_compare);
	cw_array_foreach(entry, &table->entries)
	{
		/* .symtab repeats .dynsym. */
		if (num > 0 &&
		    entry_compare(entry, &table->entries.items[num - 1]) == 0)
			continue;
		table->entries.items[num++] = *entry;
	}
	symbols->num = num;
	symbols->list = cw_alloc(num * sizeof(*symbols->list));
	for (size_t i = 0; i < num; i++) {
		symbols->list[i] = table->entries.items[i].symbol;
		symbols->num_addressed +=
			symbols->list[i].kind != CW_SYMBOL_TLS;
	}
}

/* One without a size ends at the next address or with its section. */
static void ends_make(struct cw_symbols *symbols,
		      const struct cw_symbol_table *table)
{
	size_t num = symbols->num_addressed;
	cw_addr next = UINT64_MAX, reach = 0;

	symbols->ends = cw_alloc(num * sizeof(*symbols->ends));
	symbols->reaches = cw_alloc(num * sizeof(*symbols->reaches));
	for (size_t i = num; i-- > 0;) {
		const struct cw_symbol *symbol = &symbols->list[i];
		cw_addr end = symbol->address + symbol->size;
		if (i + 1 < num &&
		    symbols->list[i + 1].address > symbol->address)
			next = symbols->list[i + 1].address;
		if (symbol->size == 0) {
			end = table->entries.items[i].section_end;
			end = end < next ? end : next;
		}
		symbols->ends[i] =
			end > symbol->address ? end : symbol->address;
	}
	for (size_t i = 0; i < num; i++) {
		if (symbols->ends[i] > reach)
			reach = symbols->ends[i];
		symbols->reaches[i] = reach;
	}
}

/* The place of @name in the table: of its number, or free. */
static uint32_t *name_place(const struct cw_symbols *symbols, const char *name)
{
	size_t mask = symbols->names_capacity - 1;
	size_t i = cw_hash_bytes(name, strlen(name)) & mask;

	while (symbols->names[i] != 0 &&
	       strcmp(symbols->list[symbols->names[i] - 1].name, name) != 0)
		i = (i + 1) & mask;
	return &symbols->names[i];
}

static void names_make(struct cw_symbols *symbols)
{
	symbols->names_capacity = 16;
	while (symbols->names_capacity < symbols->num * 2)
		symbols->names_capacity *= 2;
	symbols->names =
		cw_alloc(symbols->names_capacity * sizeof(*symbols->names));
	for (size_t i = 0; i < symbols->num; i++) {
		uint32_t *place = name_place(symbols, symbols->list[i].name);
		if (*place == 0 || symbol_rank(&symbols->list[i],
					       &symbols->list[*place - 1]) < 0)
			*place = i + 1;
	}
}

static const struct cw_symbols *symbols_load(struct cw_target *target,
					     struct cw_module *module)
{
	struct cw_symbol_table table = {0};

	if (module->symbols)
		return module->symbols;
	module->symbols = cw_alloc(sizeof(*module->symbols));
	tables_read(target, module, module->symbols, &table);
	list_make(module->symbols, &table);
	ends_make(module->symbols, &table);
	names_make(module->symbols);
	cw_array_deinit(&table.entries);
	return module->symbols;
}

void cw_module_symbols_destroy(struct cw_module *module)
{
	struct cw_symbols *symbols = module->symbols;

	if (!symbols)
		return;
	free(symbols->list);
	free(symbols->ends);
	free(symbols->reaches);
	free(symbols->names);
	cw_elf_file_close(symbols->mini);
	free(symbols);
	module->symbols = NULL;
}

/* The number of those that begin at @address or before. */
static size_t num_up_to(const struct cw_symbols *symbols, cw_addr address)
{
	size_t low = 0, high = symbols->num_addressed;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (symbols->list[middle].address <= address)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/*
 * The last start before @address whose symbol covers it, and of those that
 * start there the first, which ranks highest.
 */
static const struct cw_symbol *covering_find(const struct cw_symbols *symbols,
					     cw_addr address, bool has_size)
{
	const struct cw_symbol *found = NULL;
	/* Functions nest in none or a few; a damaged file must not hold us. */
	int steps_left = 4096;

	for (size_t i = num_up_to(symbols, address);
	     i-- > 0 && steps_left-- > 0;) {
		const struct cw_symbol *symbol = &symbols->list[i];
		if ((found && symbol->address != found->address) ||
		    symbols->reaches[i] <= address)
			break;
		if ((symbol->size > 0) == has_size &&
		    symbols->ends[i] > address)
			found = symbol;
	}
	return found;
}

const struct cw_symbol *cw_symbol_at(struct cw_target *target, cw_addr address)
{
	const struct cw_module *module = cw_module_at(target, address);

	if (!module)
		return NULL;
	const struct cw_symbols *symbols = symbols_load(
		target, &target->modules.items[module - target->modules.items]);
	const struct cw_symbol *found = covering_find(symbols, address, true);
	return found ? found : covering_find(symbols, address, false);
}

const struct cw_symbol *cw_symbol_find_in(struct cw_target *target,
					  const struct cw_module *module,
					  const char *name)
{
	const struct cw_symbols *symbols = symbols_load(
		target, &target->modules.items[module - target->modules.items]);
	uint32_t number = *name_place(symbols, name);

	return number ? &symbols->list[number - 1] : NULL;
}

const struct cw_symbol *cw_symbol_find(struct cw_target *target,
				       const char *name)
{
	const struct cw_symbol *local = NULL;

	cw_array_foreach(module, &target->modules)
	{
		const struct cw_symbol *found =
			cw_symbol_find_in(target, module, name);
		if (found && found->is_exported)
			return found;
		if (!local)
			local = found;
	}
	return local;
}

void cw_symbols_of(struct cw_target *target, struct cw_module *module,
		   const struct cw_symbol **ret, size_t *ret_num)
{
	const struct cw_symbols *symbols = symbols_load(target, module);

	*ret = symbols->list;
	*ret_num = symbols->num;
}

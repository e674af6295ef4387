#include "dwarf/variable.h"

#include <stdlib.h>

#include "base/memory.h"
#include "dwarf/debug_private.h"
#include "dwarf/variable_pieces.h"

/* TLS ones last; then by address. */
static int compare_variables(const void *left, const void *right)
{
	const struct cw_variable *a = left, *b = right;

	if (a->is_tls != b->is_tls)
		return a->is_tls - b->is_tls;
	return (a->address > b->address) - (a->address < b->address);
}

/*
 * Reads the DIE and those that it completes or is a copy of.  False: it has no
 * name, which compilers give to some of their own; a symbol may have.
 */
static bool variable_read(struct cw_debug *debug, struct cw_debug_file *file,
			  const struct cw_index_variable *found,
			  struct cw_variable *ret)
{
	enum {
		MAX_HOPS = 4,
	};
	struct cw_type_store *store = cw_debug_types(debug);
	uint64_t key = found->key;
	uint32_t scope = found->scope;
	const char *name = NULL;

	for (int i = 0; i < MAX_HOPS && key; i++) {
		struct cw_die die;
		uint64_t next = 0;
		file = cw_debug_file_at(file, &key);
		if (!cw_die_at(&file->library, key, &die))
			break;
		if (!name)
			name = cw_die_name(&die);
		if (!ret->type && cw_die_has(&die, DW_AT_type))
			ret->type = cw_reader_type_of(store, file, &die);
		/* Where it was declared, not where it was defined. */
		uint32_t declared_in = cw_index_declared_in(&file->index, key);
		if (declared_in)
			scope = declared_in;
		if (!cw_die_reference(&die, DW_AT_specification, &next) &&
		    !cw_die_reference(&die, DW_AT_abstract_origin, &next))
			break;
		key = next;
	}
	if (!ret->type)
		ret->type = store->unknown_type;
	if (!name)
		return false;
	const char *prefix = cw_index_scope(&file->index, scope);
	ret->name = prefix[0] ? cw_arena_format(store->arena, "%s::%s", prefix,
						name)
			      : name;
	return true;
}

/* The same variable may be described by several units or inlined copies. */
void cw_variables_unite(struct cw_variable_list *list)
{
	struct cw_variable *all = list->items;
	size_t kept = 0;

	if (list->num == 0)
		return;
	qsort(all, list->num, sizeof(*all), compare_variables);
	for (size_t i = 0; i < list->num; i++) {
		if (kept > 0 && all[kept - 1].address == all[i].address &&
		    all[kept - 1].is_tls == all[i].is_tls) {
			if (all[kept - 1].type->size < all[i].type->size)
				all[kept - 1] = all[i];
			continue;
		}
		all[kept++] = all[i];
	}
	list->num = kept;
}

/*
 * The offset of a thread-local variable.  In .dwo files gcc gives the address
 * in the file, which is no offset that the module has room for.
 */
static uint64_t tls_offset(const struct cw_module *module, uint64_t address)
{
	uint64_t offset = address - module->tls_address;

	return address >= module->tls_size && offset < module->tls_size
		       ? offset
		       : address;
}

void cw_variables_read(struct cw_debug *debug, struct cw_module *module,
		       struct cw_debug_file *file, struct cw_variable_list *ret)
{
	struct cw_type_store *store = cw_debug_types(debug);

	cw_array_foreach(item, &file->index.variables)
	{
		struct cw_variable variable = {
			.address = item->address,
			.is_tls = item->is_tls,
			.module = module,
		};
		if (item->is_tls)
			variable.address = tls_offset(module, item->address);
		else
			variable.address += module->bias;
		if (!variable_read(debug, file, item, &variable))
			continue;
		if (item->is_split) {
			cw_variable_read_pieces(cw_debug_target(debug),
						store->arena, file, item->key,
						&variable);
			if (!variable.pieces)
				continue;
		}
		*cw_array_push(ret) = variable;
	}
}

#include "dwarf/scope_store.h"

#include <stdlib.h>

#include "base/memory.h"

struct cw_scope_store *cw_scope_store_create(void)
{
	struct cw_scope_store *store = cw_alloc(sizeof(*store));

	cw_arena_init(&store->arena);
	*cw_array_push(&store->functions) = NULL;
	*cw_array_push(&store->names) = NULL;
	*cw_array_push(&store->prototypes) = NULL;
	*cw_array_push(&store->declarations) = (struct cw_declaration){0};
	return store;
}

static struct cw_file_scopes *file_scopes_create(struct cw_debug_file *file)
{
	struct cw_file_scopes *scopes = cw_alloc(sizeof(*scopes));

	cw_map_init(&scopes->functions);
	cw_map_init(&scopes->names);
	cw_map_init(&scopes->prototypes);
	cw_map_init(&scopes->declarations);
	scopes->units = cw_units_create(file);
	return scopes;
}

static void file_scopes_destroy(struct cw_file_scopes *scopes)
{
	if (!scopes)
		return;
	cw_units_destroy(scopes->units);
	cw_map_deinit(&scopes->functions);
	cw_map_deinit(&scopes->names);
	cw_map_deinit(&scopes->prototypes);
	cw_map_deinit(&scopes->declarations);
	free(scopes);
}

void cw_scope_store_destroy(struct cw_scope_store *store)
{
	if (!store)
		return;
	cw_array_foreach(scopes, &store->files) file_scopes_destroy(*scopes);
	cw_array_deinit(&store->files);
	cw_array_deinit(&store->functions);
	cw_array_deinit(&store->names);
	cw_array_deinit(&store->prototypes);
	cw_array_deinit(&store->declarations);
	cw_arena_deinit(&store->arena);
	free(store);
}

struct cw_file_scopes *cw_scope_store_file(struct cw_scope_store *store,
					   struct cw_debug_file *file)
{
	uint32_t number = file->library.number;

	while (store->files.num <= number)
		*cw_array_push(&store->files) = NULL;
	if (!store->files.items[number])
		store->files.items[number] = file_scopes_create(file);
	return store->files.items[number];
}

#include "dwarf/type_store.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "dwarf/record.h"

static bool names_are_equal(const struct cw_type_record *record,
			    const struct cw_type_record *draft,
			    const struct cw_index_entry *entry)
{
	const char *name = record->type.name;

	if (entry)
		return name &&
		       cw_index_entry_is(&draft->file->index, entry, name);
	return name == draft->type.name ||
	       (name && draft->type.name &&
		strcmp(name, draft->type.name) == 0);
}

static bool is_equal(const struct cw_type_record *record,
		     const struct cw_type_record *draft,
		     const struct cw_index_entry *entry)
{
	return record->hash == draft->hash &&
	       record->type.kind == draft->type.kind &&
	       record->type.size == draft->type.size &&
	       record->num_members == draft->num_members &&
	       record->type.target == draft->type.target &&
	       names_are_equal(record, draft, entry);
}

static uint32_t name_hash(const struct cw_type_record *draft,
			  const struct cw_index_entry *entry)
{
	if (entry)
		return entry->hash;
	return draft->type.name ? cw_hash_bytes(draft->type.name,
						strlen(draft->type.name))
				: 0;
}

const struct cw_type *cw_type_store_enter(struct cw_type_store *store,
					  struct cw_type_record *draft,
					  const struct cw_index_entry *entry)
{
	if (entry && !entry->name) {
		draft->type.name = cw_index_name(&draft->file->index, entry);
		entry = NULL;
	}
	draft->hash = cw_record_hash(draft, name_hash(draft, entry));
	uint32_t *first = cw_map_place(&store->by_hash, draft->hash, 0);

	for (uint32_t id = *first; id;) {
		struct cw_type_record *record = store->records.items[id];
		if (is_equal(record, draft, entry))
			return &record->type;
		id = record->same_hash;
	}

	struct cw_type_record *record =
		cw_arena_alloc(store->arena, sizeof(*record));
	*record = *draft;
	if (entry)
		record->type.name = cw_index_name(&draft->file->index, entry);
	record->store = store;
	record->type.id = store->records.num;
	record->same_hash = *first;
	*first = record->type.id;
	cw_record_keep_children(record);
	*cw_array_push(&store->records) = record;
	return &record->type;
}

void cw_type_store_init(struct cw_type_store *store, struct cw_arena *arena)
{
	struct cw_type_record nothing = {.type.kind = CW_TYPE_VOID,
					 .type.name = "void"};
	struct cw_type_record unknown = {.type.kind = CW_TYPE_UNKNOWN};

	*store = (struct cw_type_store){.arena = arena};
	cw_map_init(&store->by_hash);
	cw_library_set_init(&store->libraries);
	store->children = cw_alloc(sizeof(*store->children));
	*cw_array_push(&store->records) = NULL;
	store->void_type = cw_type_store_enter(store, &nothing, NULL);
	store->unknown_type = cw_type_store_enter(store, &unknown, NULL);
}

void cw_type_store_deinit(struct cw_type_store *store)
{
	cw_array_deinit(&store->children->members);
	cw_array_deinit(&store->children->enumerators);
	cw_array_deinit(&store->children->arguments);
	free(store->children);
	cw_array_deinit(&store->records);
	cw_array_deinit(&store->files);
	cw_map_deinit(&store->by_hash);
	cw_library_set_deinit(&store->libraries);
}

const struct cw_type *cw_type_store_known(const struct cw_type_store *store,
					  struct cw_debug_file *file,
					  uint64_t key)
{
	uint32_t id;

	if (key == 0)
		return store->void_type;
	file = cw_debug_file_at(file, &key);
	const struct cw_index_entry *entry = cw_index_at(&file->index, key);
	if (entry)
		id = entry->type;
	else if (!cw_map_get(&file->types, key, &id))
		return NULL;
	return id ? &store->records.items[id]->type : NULL;
}

void cw_type_store_note(struct cw_debug_file *file, uint64_t key,
			const struct cw_type *type)
{
	if (!cw_index_note_type(&file->index, key, type->id))
		cw_map_set(&file->types, key, type->id);
}

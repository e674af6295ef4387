#include "dwarf/signed_scope.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/memory.h"
#include "dwarf/index_walk.h"

enum {
	/* Definitions may be in such scopes themselves. */
	MAX_PASSES = 8,
};

/* The name that the scope should have; NULL: the one that it has. */
static const char *name_find(struct cw_index *index,
			     const struct cw_scope *scope,
			     const char *const *old_names)
{
	const char *old_parent = old_names[scope->parent];
	const char *parent = index->scopes.items[scope->parent].name;
	size_t length = old_parent ? strlen(old_parent) : 0;

	if (scope->signed_type) {
		const struct cw_index_entry *entry =
			cw_index_at(index, scope->signed_type);
		return entry && entry->name ? cw_index_name(index, entry)
					    : NULL;
	}
	if (!parent || parent == old_parent)
		return NULL;
	return cw_arena_format(index->arena, "%s::%s", parent,
			       scope->name + (length ? length + 2 : 0));
}

/* Whether any name changed; then those entries are hashed anew. */
static bool names_settle(struct cw_index *index, const char **old_names)
{
	size_t num = index->scopes.num;
	bool is_changed = false;

	for (size_t i = 0; i < num; i++) {
		struct cw_scope *scope = &index->scopes.items[i];
		old_names[i] = scope->name;
		/* The names of functions are made when they are asked for. */
		const char *name =
			scope->name ? name_find(index, scope, old_names) : NULL;
		if (!name || strcmp(name, scope->name) == 0)
			continue;
		index->scopes.items[i].name = name;
		is_changed = true;
	}
	cw_array_foreach(entry, &index->entries)
	{
		const char *name = index->scopes.items[entry->scope].name;
		if (entry->name && name != old_names[entry->scope])
			entry->hash = cw_index_hash(name, entry->name);
	}
	return is_changed;
}

void cw_signed_scopes_name(struct cw_index *index)
{
	bool is_there = false;

	cw_array_foreach(scope, &index->scopes) is_there |=
		scope->signed_type != 0;
	if (!is_there)
		return;

	cw_cleanup_free const char **old_names =
		cw_alloc(index->scopes.num * sizeof(*old_names));
	for (int i = 0; i < MAX_PASSES && names_settle(index, old_names); i++)
		continue;
}

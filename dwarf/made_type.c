#include "dwarf/made_type.h"

#include "dwarf/debug_private.h"
#include "dwarf/record.h"

struct cw_type *cw_debug_make_type(struct cw_debug *debug,
				   const struct cw_type *type)
{
	struct cw_type_store *store = cw_debug_types(debug);
	struct cw_type_record *record =
		cw_arena_alloc(store->arena, sizeof(*record));

	*record = (struct cw_type_record){.type = *type, .store = store};
	if (type->kind == CW_TYPE_POINTER && !type->target)
		record->type.target = store->void_type;
	if (type->name)
		record->type.name = cw_arena_strdup(store->arena, type->name);
	record->type.id = store->records.num;
	*cw_array_push(&store->records) = record;
	return &record->type;
}

void cw_debug_make_members(struct cw_type *type,
			   const struct cw_member *members, uint32_t num)
{
	struct cw_type_record *record = (struct cw_type_record *)type;
	struct cw_arena *arena = record->store->arena;

	record->num_members = num;
	record->members = cw_arena_copy(arena, members, num * sizeof(*members));
	for (uint32_t i = 0; i < num; i++)
		if (members[i].name)
			record->members[i].name =
				cw_arena_strdup(arena, members[i].name);
}

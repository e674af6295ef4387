#include "dwarf/entry_story.h"

#include <string.h>

#include "base/memory.h"

enum {
	MAX_SCOPES = 64,
};

void cw_entry_story_read(const struct cw_function_reader *reader,
			 const struct cw_unit_entry *entry,
			 struct cw_entry_story *ret)
{
	struct cw_units *units = reader->scopes->units;
	struct cw_entry_story story = {.origin = entry};

	for (int i = 0; i < CW_MAX_HOPS && entry; i++) {
		const struct cw_unit_code *code =
			cw_units_code(units, reader->unit, entry);
		if (!story.name)
			story.name = entry->name;
		if (!story.linkage_name)
			story.linkage_name = code->linkage_name;
		if (!story.typed &&
		    (entry->type || entry->flags & CW_ENTRY_UNKNOWN_TYPE))
			story.typed = entry;
		story.flags |= entry->flags;
		if (cw_unit_has(reader->unit, entry))
			story.origin = entry;
		entry = entry->origin ? cw_units_entry(units, reader->unit,
						       entry->origin)
				      : NULL;
	}
	*ret = story;
}

const struct cw_type *
cw_entry_story_type(const struct cw_function_reader *reader,
		    const struct cw_entry_story *story)
{
	struct cw_type_store *types = cw_debug_types(reader->debug);

	if (!story->typed)
		return NULL;
	if (!story->typed->type)
		return types->unknown_type;
	return cw_reader_type(types, reader->file, story->typed->type);
}

/* "ns::inner" of what encloses @entry; "" where nothing does. */
static void scope_add(const struct cw_function_reader *reader,
		      const struct cw_unit_entry *entry, struct cw_text *text)
{
	const struct cw_unit_entry *around[MAX_SCOPES];
	const struct cw_unit *unit = reader->unit;
	unsigned num = 0;

	if (!cw_unit_has(unit, entry))
		return;
	while (entry->parent && num < MAX_SCOPES) {
		entry = &unit->entries.items[entry->parent];
		if (!cw_tag_is_function_block(entry->tag))
			around[num++] = entry;
	}
	while (num-- > 0) {
		const char *name = around[num]->name;
		if (!name && around[num]->tag == DW_TAG_namespace)
			name = "(anonymous namespace)";
		cw_text_addf(text, "%s%s::", name ? name : "(anonymous)",
			     around[num]->tag == DW_TAG_subprogram ? "()" : "");
	}
}

static const char *name_make(const struct cw_function_reader *reader,
			     const struct cw_unit_entry *entry)
{
	cw_cleanup_text struct cw_text scope = {0};
	struct cw_entry_story story;

	cw_entry_story_read(reader, entry, &story);
	cw_cleanup_free char *full =
		story.linkage_name ? cw_demangle(story.linkage_name) : NULL;
	if (full)
		return cw_arena_strdup(&reader->store->arena, full);
	if (!story.name)
		return story.linkage_name;
	scope_add(reader, story.origin, &scope);
	if (!scope.length)
		return story.name;
	return cw_arena_format(&reader->store->arena, "%s%s", scope.chars,
			       story.name);
}

const char *cw_entry_function_name(const struct cw_function_reader *reader,
				   const struct cw_unit_entry *entry)
{
	uint32_t *number = cw_map_place(&reader->scopes->names, entry->key, 0);

	if (*number == 0) {
		/* Making it may ask for other names. */
		uint32_t made = reader->store->names.num;
		*number = made;
		*cw_array_push(&reader->store->names) =
			name_make(reader, entry);
	}
	return reader->store->names.items[*number];
}

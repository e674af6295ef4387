#include "dwarf/type_place.h"

#include "dwarf/debug_private.h"

enum {
	KEY_VOID = 0,
	KEY_UNKNOWN = 1,
	FIRST_PART = 2,
};

/* Of several places the first, whichever way they were met. */
static void place_note(struct cw_type_places *places, uint32_t id,
		       const struct cw_type_place *found)
{
	struct cw_type_place *place = &places->by_id.items[id];

	if (!place->module ||
	    (place->module == found->module && place->file == found->file &&
	     place->key > found->key))
		*place = *found;
}

static void file_note(struct cw_type_places *places,
		      const struct cw_debug_file *file, uint32_t module,
		      uint32_t number)
{
	struct cw_type_place place = {.module = module, .file = number};

	for (size_t i = 0; i < file->types.capacity; i++) {
		const struct cw_map_entry *entry = &file->types.entries[i];
		place.key = entry->key;
		if (entry->is_set && entry->value < places->by_id.num)
			place_note(places, entry->value, &place);
	}
	cw_array_foreach(entry, &file->index.entries)
	{
		place.key = entry->key;
		if (entry->type && entry->type < places->by_id.num)
			place_note(places, entry->type, &place);
	}
}

static struct cw_debug_file *alternate_of(struct cw_debug *debug,
					  const struct cw_debug_file *file)
{
	struct cw_type_store *store = cw_debug_types(debug);

	cw_array_foreach(
		other,
		&store->files) if (file->library.alternate &&
				   (*other)->library.number ==
					   file->library
						   .alternate) return *other;
	return NULL;
}

void cw_type_places_init(struct cw_type_places *places, struct cw_debug *debug)
{
	const struct cw_target *target = cw_debug_target(debug);
	struct cw_type_store *store = cw_debug_types(debug);

	*places = (struct cw_type_places){0};
	for (size_t i = 0; i < store->records.num; i++)
		*cw_array_push(&places->by_id) = (struct cw_type_place){0};
	places->by_id.items[store->void_type->id] =
		(struct cw_type_place){.module = 1, .key = KEY_VOID};
	places->by_id.items[store->unknown_type->id] =
		(struct cw_type_place){.module = 1, .key = KEY_UNKNOWN};
	for (size_t i = 0; i < target->modules.num; i++) {
		struct cw_debug_file *file;
		cw_cleanup_error struct cw_error *err = cw_debug_file_of(
			debug, &target->modules.items[i], &file);
		if (err || !file)
			continue;
		file_note(places, file, i + 1, 0);
		const struct cw_debug_file *other = alternate_of(debug, file);
		if (other)
			file_note(places, other, i + 1, 1);
		for (size_t j = 0; j < file->parts.num; j++)
			file_note(places, file->parts.items[j], i + 1,
				  FIRST_PART + j);
	}
}

void cw_type_places_deinit(struct cw_type_places *places)
{
	cw_array_deinit(&places->by_id);
}

static struct cw_debug_file *
file_at(struct cw_debug *debug, struct cw_debug_file *file, uint32_t number)
{
	if (number == 0)
		return file;
	if (number < FIRST_PART)
		return alternate_of(debug, file);
	return number - FIRST_PART < file->parts.num
		       ? file->parts.items[number - FIRST_PART]
		       : NULL;
}

const struct cw_type *cw_debug_type_placed(struct cw_debug *debug,
					   const struct cw_type_place *place)
{
	const struct cw_target *target = cw_debug_target(debug);
	struct cw_type_store *store = cw_debug_types(debug);
	struct cw_debug_file *file;

	if (place->key == KEY_VOID)
		return store->void_type;
	if (place->key == KEY_UNKNOWN)
		return store->unknown_type;
	if (place->module == 0 || place->module > target->modules.num)
		return NULL;
	cw_cleanup_error struct cw_error *err = cw_debug_file_of(
		debug, &target->modules.items[place->module - 1], &file);
	if (err || !file || !(file = file_at(debug, file, place->file)))
		return NULL;
	return cw_reader_type(
		store, file,
		cw_library_key(&file->library,
			       place->key & (CW_KEY_OFFSET | CW_KEY_TYPES)));
}

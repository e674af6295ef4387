#include "export/pprof.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/arena.h"
#include "base/array.h"
#include "base/map.h"
#include "base/memory.h"
#include "export/pprof.pb-c.h"

struct cw_pprof {
	struct cw_arena arena;
	struct cw_map texts;	 /* numbers in strings, by hash */
	struct cw_map functions; /* ids, by name and file */
	struct cw_map locations; /* ids, by address, function and line */
	CW_ARRAY(char *) strings;
	CW_ARRAY(Pprof__ValueType *) values;
	CW_ARRAY(Pprof__Sample *) samples;
	CW_ARRAY(Pprof__Function *) all_functions;
	CW_ARRAY(Pprof__Location *) all_locations;
	Pprof__ValueType *period_type;
	int64_t period, default_value;

	/* Of the sample that is being added. */
	CW_ARRAY(uint64_t) places;
	CW_ARRAY(Pprof__Line *) lines; /* of the place that is not ended */
	uint64_t address;
	CW_ARRAY(Pprof__Label *) labels;
};

#define create(pprof, type, init)                                              \
	({                                                                     \
		type *message_ =                                               \
			cw_arena_alloc(&(pprof)->arena, sizeof(*message_));    \
		init(message_);                                                \
		message_;                                                      \
	})

#define copy_items(pprof, array)                                               \
	((array)->num ? cw_arena_copy(&(pprof)->arena, (array)->items,         \
				      (array)->num * sizeof(*(array)->items))  \
		      : NULL)

/* Two texts with one hash are told apart by trying the next hash. */
static int64_t text_number(struct cw_pprof *pprof, const char *text)
{
	uint64_t hash = cw_hash_bytes(text, strlen(text));
	uint32_t number;

	while (cw_map_get(&pprof->texts, hash, &number)) {
		if (strcmp(pprof->strings.items[number], text) == 0)
			return number;
		hash++;
	}
	number = pprof->strings.num;
	*cw_array_push(&pprof->strings) = cw_arena_strdup(&pprof->arena, text);
	cw_map_set(&pprof->texts, hash, number);
	return number;
}

struct cw_pprof *cw_pprof_create(void)
{
	struct cw_pprof *pprof = cw_alloc(sizeof(*pprof));

	cw_arena_init(&pprof->arena);
	cw_map_init(&pprof->texts);
	cw_map_init(&pprof->functions);
	cw_map_init(&pprof->locations);
	text_number(pprof, "");
	return pprof;
}

void cw_pprof_destroy(struct cw_pprof *pprof)
{
	if (!pprof)
		return;
	cw_map_deinit(&pprof->texts);
	cw_map_deinit(&pprof->functions);
	cw_map_deinit(&pprof->locations);
	cw_array_deinit(&pprof->strings);
	cw_array_deinit(&pprof->values);
	cw_array_deinit(&pprof->samples);
	cw_array_deinit(&pprof->all_functions);
	cw_array_deinit(&pprof->all_locations);
	cw_array_deinit(&pprof->places);
	cw_array_deinit(&pprof->lines);
	cw_array_deinit(&pprof->labels);
	cw_arena_deinit(&pprof->arena);
	free(pprof);
}

static Pprof__ValueType *value_type(struct cw_pprof *pprof, const char *type,
				    const char *unit)
{
	Pprof__ValueType *value =
		create(pprof, Pprof__ValueType, pprof__value_type__init);

	value->type = text_number(pprof, type);
	value->unit = text_number(pprof, unit);
	return value;
}

void cw_pprof_add_value(struct cw_pprof *pprof, const char *type,
			const char *unit)
{
	*cw_array_push(&pprof->values) = value_type(pprof, type, unit);
}

void cw_pprof_set_period(struct cw_pprof *pprof, const char *type,
			 const char *unit, uint64_t period)
{
	pprof->period_type = value_type(pprof, type, unit);
	pprof->period = period;
}

void cw_pprof_set_default(struct cw_pprof *pprof, const char *type)
{
	pprof->default_value = text_number(pprof, type);
}

void cw_pprof_begin_sample(struct cw_pprof *pprof)
{
	pprof->places.num = 0;
	pprof->lines.num = 0;
	pprof->labels.num = 0;
}

static uint32_t function_id(struct cw_pprof *pprof,
			    const struct cw_pprof_place *place)
{
	int64_t name = text_number(pprof, place->function);
	int64_t file = text_number(pprof, place->file ? place->file : "");
	uint64_t key = (uint64_t)name << 32 | (uint64_t)file;
	uint32_t id;

	if (cw_map_get(&pprof->functions, key, &id))
		return id;
	Pprof__Function *function =
		create(pprof, Pprof__Function, pprof__function__init);
	id = pprof->all_functions.num + 1;
	function->id = id;
	function->name = function->system_name = name;
	function->filename = file;
	*cw_array_push(&pprof->all_functions) = function;
	cw_map_set(&pprof->functions, key, id);
	return id;
}

static bool is_location(const struct cw_pprof *pprof,
			const Pprof__Location *location)
{
	if (location->address != pprof->address ||
	    location->n_line != pprof->lines.num)
		return false;
	for (size_t i = 0; i < location->n_line; i++)
		if (location->line[i]->function_id !=
			    pprof->lines.items[i]->function_id ||
		    location->line[i]->line != pprof->lines.items[i]->line)
			return false;
	return true;
}

/* Of the lines that were gathered. */
static uint32_t location_id(struct cw_pprof *pprof)
{
	uint64_t hash = cw_hash_mix(pprof->address);
	uint32_t id;

	cw_array_foreach(line, &pprof->lines) hash = cw_hash_mix(
		hash + ((*line)->function_id << 32 | (uint32_t)(*line)->line));
	for (; cw_map_get(&pprof->locations, hash, &id); hash++)
		if (is_location(pprof, pprof->all_locations.items[id - 1]))
			return id;
	Pprof__Location *location =
		create(pprof, Pprof__Location, pprof__location__init);
	id = pprof->all_locations.num + 1;
	location->id = id;
	location->mapping_id = 1;
	location->address = pprof->address;
	location->line = copy_items(pprof, &pprof->lines);
	location->n_line = pprof->lines.num;
	*cw_array_push(&pprof->all_locations) = location;
	cw_map_set(&pprof->locations, hash, id);
	return id;
}

static void end_location(struct cw_pprof *pprof)
{
	if (pprof->lines.num == 0)
		return;
	*cw_array_push(&pprof->places) = location_id(pprof);
	pprof->lines.num = 0;
}

void cw_pprof_add_place(struct cw_pprof *pprof,
			const struct cw_pprof_place *place)
{
	Pprof__Line *line = create(pprof, Pprof__Line, pprof__line__init);

	if (pprof->lines.num == 0)
		pprof->address = place->address;
	line->function_id = function_id(pprof, place);
	line->line = place->line;
	*cw_array_push(&pprof->lines) = line;
	if (!place->is_inlined)
		end_location(pprof);
}

static Pprof__Label *add_label(struct cw_pprof *pprof, const char *key)
{
	Pprof__Label *label = create(pprof, Pprof__Label, pprof__label__init);

	label->key = text_number(pprof, key);
	*cw_array_push(&pprof->labels) = label;
	return label;
}

void cw_pprof_add_number(struct cw_pprof *pprof, const char *key,
			 uint64_t number)
{
	add_label(pprof, key)->num = number;
}

void cw_pprof_add_text(struct cw_pprof *pprof, const char *key,
		       const char *text)
{
	add_label(pprof, key)->str = text_number(pprof, text);
}

void cw_pprof_end_sample(struct cw_pprof *pprof, const uint64_t *values)
{
	Pprof__Sample *sample =
		create(pprof, Pprof__Sample, pprof__sample__init);

	end_location(pprof);
	sample->n_location_id = pprof->places.num;
	sample->location_id = copy_items(pprof, &pprof->places);
	sample->n_value = pprof->values.num;
	sample->value = cw_arena_copy(&pprof->arena, values,
				      pprof->values.num * sizeof(*values));
	sample->n_label = pprof->labels.num;
	sample->label = copy_items(pprof, &pprof->labels);
	*cw_array_push(&pprof->samples) = sample;
}

static struct cw_error *write_bytes(const void *bytes, size_t size,
				    const char *path)
{
	gzFile file = gzopen(path, "wbe");
	bool is_written = file != NULL;

	/* gzwrite() takes at most 4 GB at a time. */
	for (size_t at = 0; is_written && at < size;) {
		unsigned part = size - at < 1 << 30 ? size - at : 1 << 30;

		is_written = gzwrite(file, (const char *)bytes + at, part) ==
			     (int)part;
		at += part;
	}
	if (file && gzclose(file) != Z_OK)
		is_written = false;
	return is_written ? NULL
			  : cw_error_errno(CW_ERROR_USAGE, errno,
					   "cannot write '%s'", path);
}

struct cw_error *cw_pprof_write(const struct cw_pprof *pprof, const char *path)
{
	Pprof__Profile profile = PPROF__PROFILE__INIT;
	Pprof__Mapping mapping = PPROF__MAPPING__INIT, *mappings = &mapping;

	/* What is in functions, so that none are looked for in files. */
	mapping.id = 1;
	mapping.has_functions = mapping.has_filenames =
		mapping.has_line_numbers = mapping.has_inline_frames = true;
	profile.mapping = &mappings;
	profile.n_mapping = 1;
	profile.n_sample_type = pprof->values.num;
	profile.sample_type = pprof->values.items;
	profile.n_sample = pprof->samples.num;
	profile.sample = pprof->samples.items;
	profile.n_location = pprof->all_locations.num;
	profile.location = pprof->all_locations.items;
	profile.n_function = pprof->all_functions.num;
	profile.function = pprof->all_functions.items;
	profile.n_string_table = pprof->strings.num;
	profile.string_table = pprof->strings.items;
	profile.period_type = pprof->period_type;
	profile.period = pprof->period;
	profile.default_sample_type = pprof->default_value;

	size_t size = pprof__profile__get_packed_size(&profile);
	cw_cleanup_free unsigned char *bytes = cw_alloc(size);
	pprof__profile__pack(&profile, bytes);
	return write_bytes(bytes, size, path);
}

#include "dwarf/package.h"

#include <string.h>

#include "base/memory.h"
#include "dwarf/cursor.h"

enum {
	MAX_COLUMNS = 8,
	COLUMN_INFO = 1,
	COLUMN_TYPES = 2,
	COLUMN_ABBREVS = 3,
};

/* What the ids of columns stand for, in GNU's version 2 and in DWARF 5. */
static const char *const column_names[2][MAX_COLUMNS + 1] = {
	{NULL, ".debug_info.dwo", ".debug_types.dwo", ".debug_abbrev.dwo",
	 ".debug_line.dwo", ".debug_loc.dwo", ".debug_str_offsets.dwo", NULL,
	 NULL},
	{NULL, ".debug_info.dwo", NULL, ".debug_abbrev.dwo", ".debug_line.dwo",
	 ".debug_loclists.dwo", ".debug_str_offsets.dwo", NULL,
	 ".debug_rnglists.dwo"},
};

static uint32_t word_at(const unsigned char *words, uint64_t number)
{
	uint32_t word;

	memcpy(&word, words + 4 * number, sizeof(word));
	return word;
}

static bool index_read(const struct cw_sections *sections, const char *name,
		       struct cw_package_index *ret)
{
	const struct cw_section *section = cw_sections_find(sections, name);
	struct cw_package_index index;

	if (!section)
		return false;
	struct cw_cursor cursor = {
		.at = section->bytes,
		.end = section->bytes + section->size,
	};
	index.version = cw_cursor_fixed(&cursor, 4) & 0xffff;
	index.num_columns = cw_cursor_fixed(&cursor, 4);
	index.num_units = cw_cursor_fixed(&cursor, 4);
	index.num_slots = cw_cursor_fixed(&cursor, 4);
	if ((index.version != 2 && index.version != 5) ||
	    index.num_columns > MAX_COLUMNS)
		return false;

	uint64_t table = UINT64_C(4) * index.num_units * index.num_columns;
	index.signatures =
		cw_cursor_bytes(&cursor, UINT64_C(8) * index.num_slots);
	index.rows = cw_cursor_bytes(&cursor, UINT64_C(4) * index.num_slots);
	index.columns =
		cw_cursor_bytes(&cursor, UINT64_C(4) * index.num_columns);
	index.offsets = cw_cursor_bytes(&cursor, table);
	index.sizes = cw_cursor_bytes(&cursor, table);
	if (cursor.is_bad)
		return false;
	*ret = index;
	return true;
}

bool cw_package_init(struct cw_package *package, struct cw_elf_file *elf)
{
	*package = (struct cw_package){0};
	cw_sections_init(&package->sections, elf);
	index_read(&package->sections, ".debug_tu_index", &package->types);
	if (index_read(&package->sections, ".debug_cu_index", &package->units))
		return true;
	cw_package_deinit(package);
	return false;
}

void cw_package_deinit(struct cw_package *package)
{
	cw_sections_deinit(&package->sections);
}

/* The row of the unit with that id; false: there is none. */
static bool row_find(const struct cw_package_index *index, uint64_t id,
		     uint32_t *ret)
{
	for (uint32_t slot = 0; slot < index->num_slots; slot++) {
		uint64_t found;
		uint32_t row = word_at(index->rows, slot);
		memcpy(&found, index->signatures + UINT64_C(8) * slot, 8);
		if (found != id || row == 0 || row > index->num_units)
			continue;
		*ret = row - 1;
		return true;
	}
	return false;
}

/* The piece of a section that row @row says is in column number @column. */
static bool piece_read(const struct cw_package *package,
		       const struct cw_package_index *index, uint32_t row,
		       uint32_t column, struct cw_section *ret)
{
	uint32_t id = word_at(index->columns, column);
	uint64_t place = (uint64_t)row * index->num_columns + column;
	uint32_t offset = word_at(index->offsets, place);
	uint32_t size = word_at(index->sizes, place);
	const char *name = id <= MAX_COLUMNS
				   ? column_names[index->version == 5][id]
				   : NULL;
	const struct cw_section *whole =
		name ? cw_sections_find(&package->sections, name) : NULL;

	if (!whole || offset > whole->size || size > whole->size - offset)
		return false;
	*ret = (struct cw_section){
		.name = whole->name,
		.bytes = whole->bytes + offset,
		.size = size,
	};
	return true;
}

static bool piece_of_id(const struct cw_package *package,
			const struct cw_package_index *index, uint32_t row,
			uint32_t id, struct cw_section *ret)
{
	for (uint32_t i = 0; i < index->num_columns; i++)
		if (word_at(index->columns, i) == id)
			return piece_read(package, index, row, i, ret);
	return false;
}

/* Type units have the abbreviations of the file that they came from. */
static void types_add(const struct cw_package *package,
		      const struct cw_section *abbrevs, struct cw_sections *ret)
{
	const struct cw_package_index *types = &package->types;
	uint32_t id = types->version == 5 ? COLUMN_INFO : COLUMN_TYPES;

	for (uint32_t row = 0; row < types->num_units; row++) {
		struct cw_section found, piece;
		if (piece_of_id(package, types, row, COLUMN_ABBREVS, &found) &&
		    found.bytes == abbrevs->bytes &&
		    piece_of_id(package, types, row, id, &piece))
			*cw_array_push(&ret->items) = piece;
	}
}

bool cw_package_sections(const struct cw_package *package, uint64_t id,
			 struct cw_sections *ret)
{
	const struct cw_package_index *units = &package->units;
	const struct cw_section *strings =
		cw_sections_find(&package->sections, ".debug_str.dwo");
	struct cw_section piece;
	uint32_t row;

	if (!row_find(units, id, &row))
		return false;
	*ret = (struct cw_sections){0};
	for (uint32_t i = 0; i < units->num_columns; i++)
		if (piece_read(package, units, row, i, &piece))
			*cw_array_push(&ret->items) = piece;
	if (strings)
		*cw_array_push(&ret->items) = *strings;
	if (piece_of_id(package, units, row, COLUMN_ABBREVS, &piece))
		types_add(package, &piece, ret);
	cw_sections_unite(ret);
	return true;
}

#include "dwarf/head.h"

#include <string.h>

#include "base/memory.h"

enum {
	ADDRESS_SIZE = 8,
};

static const struct cw_section *section_named(const struct cw_library *library,
					      const char *whole,
					      const char *split)
{
	return cw_sections_find(library->sections,
				library->is_split ? split : whole);
}

const struct cw_section *cw_head_abbrevs(const struct cw_library *library)
{
	return section_named(library, ".debug_abbrev", ".debug_abbrev.dwo");
}

static void lists_find(struct cw_unit_head *head)
{
	struct cw_library *library = head->library;

	if (head->format.version >= 5) {
		head->ranges = section_named(library, ".debug_rnglists",
					     ".debug_rnglists.dwo");
		head->locations = section_named(library, ".debug_loclists",
						".debug_loclists.dwo");
		return;
	}
	/* There, ranges stay in the file with the skeleton. */
	head->ranges = library->is_split ? library->ranges
					 : cw_sections_find(library->sections,
							    ".debug_ranges");
	head->locations =
		section_named(library, ".debug_loc", ".debug_loc.dwo");
}

static void sections_find(struct cw_unit_head *head)
{
	struct cw_library *library = head->library;

	lists_find(head);

	head->strings = section_named(library, ".debug_str", ".debug_str.dwo");
	head->line_strings =
		cw_sections_find(library->sections, ".debug_line_str");
	head->string_offsets = section_named(library, ".debug_str_offsets",
					     ".debug_str_offsets.dwo");
	head->addresses = cw_sections_find(library->sections, ".debug_addr");
	if (library->alternate)
		head->alternate_strings = cw_sections_find(
			library->set->items.items[library->alternate]->sections,
			".debug_str");
}

/* Where tables begin when the unit's DIE does not say it. */
static void bases_init(struct cw_unit_head *head)
{
	const struct cw_library *library = head->library;
	unsigned offset_size = head->format.offset_size;

	if (library->is_split) {
		head->low = library->low;
		head->range_lists_base = library->ranges_base;
	}
	if (head->format.version < 5)
		return;
	/* Behind the header of the one table: length, version, sizes. */
	head->address_base = 2 * offset_size;
	if (!library->is_split)
		return;
	head->string_offsets_base = 2 * offset_size;
	/* There, a count of offsets, too. */
	head->range_lists_base = 2 * offset_size + 4;
	head->location_lists_base = 2 * offset_size + 4;
}

/* Behind the length, up to the unit's DIE. */
static bool header_read(struct cw_unit_head *head, struct cw_cursor *cursor,
			bool is_info)
{
	uint8_t offset_size = head->format.offset_size;
	unsigned kind = is_info ? DW_UT_compile : DW_UT_type;

	head->format.version = cw_cursor_fixed(cursor, 2);
	if (head->format.version < 2 || head->format.version > 5)
		return false;
	if (head->format.version == 5) {
		kind = cw_cursor_fixed(cursor, 1);
		cw_cursor_fixed(cursor, 1);
		head->abbrevs = cw_cursor_fixed(cursor, offset_size);
	} else {
		head->abbrevs = cw_cursor_fixed(cursor, offset_size);
		cw_cursor_fixed(cursor, 1);
	}
	switch (kind) {
	case DW_UT_skeleton:
	case DW_UT_split_compile:
		head->id = cw_cursor_fixed(cursor, 8);
		break;
	case DW_UT_type:
	case DW_UT_split_type:
		head->is_type_unit = true;
		head->signature = cw_cursor_fixed(cursor, 8);
		head->type =
			(head->start + cw_cursor_fixed(cursor, offset_size)) |
			head->key_flag;
		break;
	}
	head->die = cursor->at - head->section;
	return !cursor->is_bad;
}

bool cw_unit_head_read(struct cw_unit_head *head, struct cw_library *library,
		       bool is_info, uint64_t offset)
{
	const struct cw_section *section = cw_library_units(library, is_info);

	*head = (struct cw_unit_head){
		.library = library,
		.start = offset,
		.key_flag = is_info ? 0 : CW_KEY_TYPES,
		.format.offset_size = 4,
	};
	if (!section || offset >= section->size)
		return false;
	head->section = section->bytes;
	struct cw_cursor cursor = {
		.at = section->bytes + offset,
		.end = section->bytes + section->size,
	};
	uint64_t length = cw_cursor_fixed(&cursor, 4);
	if (length == UINT32_MAX) {
		head->format.offset_size = 8;
		length = cw_cursor_fixed(&cursor, 8);
	}
	if (length == 0 || cursor.is_bad || length > cw_cursor_left(&cursor)) {
		library->num_errors++;
		return false;
	}
	cursor.end = cursor.at + length;
	head->end = cursor.end - section->bytes;
	if (!header_read(head, &cursor, is_info)) {
		library->num_errors++;
		head->is_bad = true;
	}
	bases_init(head);
	sections_find(head);
	return true;
}

const char *cw_section_string(const struct cw_section *section, uint64_t offset)
{
	if (!section || offset >= section->size ||
	    (section->bytes[section->size - 1] != 0 &&
	     !memchr(section->bytes + offset, 0, section->size - offset)))
		return NULL;
	return (const char *)section->bytes + offset;
}

const char *cw_head_string(const struct cw_unit_head *head, uint64_t index)
{
	const struct cw_section *table = head->string_offsets;
	uint64_t size = head->format.offset_size, offset = 0;

	if (!table || head->string_offsets_base > table->size ||
	    index >= (table->size - head->string_offsets_base) / size)
		return NULL;
	memcpy(&offset, table->bytes + head->string_offsets_base + index * size,
	       size);
	return cw_section_string(head->strings, offset);
}

bool cw_head_address(const struct cw_unit_head *head, uint64_t index,
		     uint64_t *ret)
{
	const struct cw_library *library = head->library;
	const struct cw_section *table = head->addresses;

	if (library->is_split) {
		if (index >= library->num_addresses)
			return false;
		memcpy(ret, library->addresses + ADDRESS_SIZE * index,
		       sizeof(*ret));
		return true;
	}
	if (!table || head->address_base > table->size ||
	    index >= (table->size - head->address_base) / ADDRESS_SIZE)
		return false;
	memcpy(ret, table->bytes + head->address_base + index * ADDRESS_SIZE,
	       sizeof(*ret));
	return true;
}

bool cw_language_is_c(uint64_t language)
{
	static const unsigned c_languages[] = {
		DW_LANG_C89, DW_LANG_C, DW_LANG_C99, DW_LANG_C11, 0x2c /* C17 */
	};

	for (size_t i = 0; i < cw_num_elements(c_languages); i++)
		if (language == c_languages[i])
			return true;
	return false;
}

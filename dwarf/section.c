#include "dwarf/section.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

static bool is_wanted(const char *name)
{
	return strncmp(name, ".debug_", 7) == 0 ||
	       strncmp(name, ".zdebug_", 8) == 0 ||
	       strcmp(name, ".eh_frame") == 0;
}

static uint64_t read_number(const unsigned char *bytes, size_t size)
{
	uint64_t number = 0;

	memcpy(&number, bytes, size);
	return number;
}

/*
 * Whether the headers of all tables in .debug_rnglists or .debug_loclists are
 * sound: libdwarf 20210528 frees memory twice when one is not, as soon as it
 * looks at .debug_info.
 */
static bool lists_are_sound(const unsigned char *bytes, uint64_t size)
{
	enum {
		FIXED = 8, /* version, address and selector size, count */
	};

	for (uint64_t at = 0; at < size;) {
		uint64_t left = size - at, length, offset_size = 4;
		if (left < 4)
			return false;
		length = read_number(bytes + at, 4);
		at += 4;
		left -= 4;
		if (length == UINT32_MAX) {
			if (left < 8)
				return false;
			length = read_number(bytes + at, 8);
			offset_size = 8;
			at += 8;
			left -= 8;
		}
		if (length > left || length < FIXED ||
		    read_number(bytes + at, 2) != 5 || bytes[at + 2] != 8 ||
		    bytes[at + 3] != 0 ||
		    read_number(bytes + at + 4, 4) >
			    (length - FIXED) / offset_size)
			return false;
		at += length;
	}
	return true;
}

static bool section_is_sound(const struct cw_section *section)
{
	if (strcmp(section->name, ".debug_rnglists") == 0 ||
	    strcmp(section->name, ".debug_loclists") == 0)
		return lists_are_sound(section->bytes, section->size);
	return true;
}

/* .debug_sup: version, whether this is the shared file itself, its name. */
static bool sup_is_of_another(struct cw_elf_file *file,
			      const struct cw_elf_section *found)
{
	const unsigned char *bytes;
	uint64_t size;

	return strcmp(cw_elf_file_section_name(file, &found->header),
		      ".debug_sup") == 0 &&
	       found->header.sh_type != SHT_NOBITS &&
	       cw_elf_file_section_bytes(file, found, &bytes, &size) &&
	       size > 3 && bytes[2] == 0;
}

void cw_sections_init(struct cw_sections *sections, struct cw_elf_file *file)
{
	*sections = (struct cw_sections){0};
	for (size_t i = 0; i < file->num_sections; i++) {
		struct cw_elf_section found = {i, file->sections[i].header};
		struct cw_section section = {
			.name = cw_elf_file_section_name(file, &found.header),
			.address = found.header.sh_addr,
		};
		if (strcmp(section.name, ".gnu_debugaltlink") == 0 ||
		    sup_is_of_another(file, &found))
			sections->has_alternate = true;
		if (!is_wanted(section.name) ||
		    found.header.sh_type == SHT_NOBITS)
			continue;
		if (!cw_elf_file_section_bytes(file, &found, &section.bytes,
					       &section.size) ||
		    !section_is_sound(&section)) {
			sections->num_unreadable++;
			continue;
		}
		if (section.size > 0)
			*cw_array_push(&sections->items) = section;
	}
}

/* Those of the same name from number @first on, which takes their bytes. */
static void section_unite(struct cw_sections *sections, size_t first)
{
	struct cw_section *all = sections->items.items;
	uint64_t size = 0;
	size_t num = 0, kept = first + 1;

	for (size_t i = first; i < sections->items.num; i++) {
		if (strcmp(all[i].name, all[first].name) != 0)
			continue;
		size += all[i].size;
		num++;
	}
	if (num < 2)
		return;

	unsigned char *bytes = cw_alloc(size), *at = bytes;
	for (size_t i = first; i < sections->items.num; i++) {
		bool is_same = strcmp(all[i].name, all[first].name) == 0;
		if (is_same) {
			memcpy(at, all[i].bytes, all[i].size);
			at += all[i].size;
		}
		if (!is_same)
			all[kept++] = all[i];
	}
	sections->items.num = kept;
	all[first].bytes = bytes;
	all[first].size = size;
	*cw_array_push(&sections->united) = bytes;
}

void cw_sections_unite(struct cw_sections *sections)
{
	for (size_t i = 0; i < sections->items.num; i++)
		section_unite(sections, i);
}

void cw_sections_deinit(struct cw_sections *sections)
{
	cw_array_foreach(bytes, &sections->united) free(*bytes);
	cw_array_deinit(&sections->united);
	cw_array_deinit(&sections->items);
}

const struct cw_section *cw_sections_find(const struct cw_sections *sections,
					  const char *name)
{
	cw_array_foreach(section,
			 &sections->items) if (strcmp(section->name, name) ==
					       0) return section;
	return NULL;
}

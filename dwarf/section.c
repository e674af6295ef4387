#include "dwarf/section.h"

#include <string.h>

static bool is_wanted(const char *name)
{
	return strncmp(name, ".debug_", 7) == 0 ||
	       strncmp(name, ".zdebug_", 8) == 0 ||
	       strcmp(name, ".eh_frame") == 0;
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
		if (strcmp(section.name, ".gnu_debugaltlink") == 0)
			sections->has_alternate = true;
		if (!is_wanted(section.name) ||
		    found.header.sh_type == SHT_NOBITS)
			continue;
		if (!cw_elf_file_section_bytes(file, &found, &section.bytes,
					       &section.size)) {
			sections->num_unreadable++;
			continue;
		}
		if (section.size > 0)
			*cw_array_push(&sections->items) = section;
	}
}

void cw_sections_deinit(struct cw_sections *sections)
{
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

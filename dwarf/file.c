#include "dwarf/file.h"

#include <stdlib.h>

#include "base/memory.h"
#include "dwarf/line.h"

struct cw_error *
cw_debug_file_open(struct cw_elf_file *elf, struct cw_library_set *set,
		   struct cw_debug_file *alternate, struct cw_arena *arena,
		   struct cw_progress *progress, struct cw_debug_file **ret)
{
	struct cw_debug_file *file = cw_alloc(sizeof(*file));
	struct cw_error *err = NULL;

	cw_sections_init(&file->sections, elf);
	if (!cw_sections_find(&file->sections, ".debug_info") &&
	    !cw_sections_find(&file->sections, ".zdebug_info")) {
		cw_sections_deinit(&file->sections);
		free(file);
		*ret = NULL;
		return NULL;
	}

	cw_map_init(&file->types);
	cw_map_init(&file->lines);
	err = cw_library_open(&file->library, &file->sections);
	if (!err) {
		cw_library_enter(&file->library, set);
		if (alternate)
			cw_library_set_alternate(&file->library,
						 &alternate->library);
		err = cw_index_init(&file->index, &file->library, arena,
				    progress);
	}
	if (err) {
		cw_debug_file_close(file);
		return err;
	}
	*ret = file;
	return NULL;
}

void cw_debug_file_close(struct cw_debug_file *file)
{
	if (!file)
		return;
	cw_array_foreach(table, &file->line_tables)
		cw_line_table_destroy(*table);
	cw_array_deinit(&file->line_tables);
	cw_map_deinit(&file->lines);
	cw_map_deinit(&file->types);
	cw_index_deinit(&file->index);
	cw_library_close(&file->library);
	cw_sections_deinit(&file->sections);
	free(file);
}

struct cw_debug_file *cw_debug_file_at(struct cw_debug_file *file,
				       uint64_t *key)
{
	struct cw_library *library = cw_library_of(&file->library, key);

	return (struct cw_debug_file *)((char *)library -
					offsetof(struct cw_debug_file,
						 library));
}

void cw_debug_file_problems(const struct cw_debug_file *file,
			    struct cw_text *text)
{
	char count[CW_NUMBER_SIZE];
	const struct {
		uint64_t num;
		const char *what;
	} rows[] = {
		{file->sections.num_unreadable,
		 "sections that cannot be read or decompressed"},
		{file->index.num_split_units,
		 "units whose debug info is in .dwo files, which are not read"},
		{file->index.num_too_deep, "entries nested too deeply"},
		{file->library.num_errors, "damaged entries"},
	};

	for (size_t i = 0; i < cw_num_elements(rows); i++) {
		if (rows[i].num == 0)
			continue;
		cw_text_addf(text, "%s%s %s", text->length ? ", " : "",
			     cw_text_count(count, rows[i].num), rows[i].what);
	}
	if (file->sections.has_alternate && !file->library.alternate)
		cw_text_addf(text,
			     "%sthe dwz file with a part of it is missing",
			     text->length ? ", " : "");
}

#include "dwarf/file.h"

#include <stdlib.h>

#include "base/memory.h"
#include "dwarf/line.h"

static struct cw_error *library_open(struct cw_debug_file *file,
				     struct cw_library_set *set)
{
	struct cw_error *err = cw_library_open(&file->library, &file->sections);

	if (!err)
		cw_library_enter(&file->library, set);
	return err;
}

static struct cw_debug_file *file_new(void)
{
	struct cw_debug_file *file = cw_alloc(sizeof(*file));

	cw_map_init(&file->types);
	cw_map_init(&file->spellings);
	cw_map_init(&file->lines);
	return file;
}

struct cw_error *
cw_debug_file_open(struct cw_elf_file *elf, struct cw_library_set *set,
		   struct cw_debug_file *alternate, struct cw_arena *arena,
		   struct cw_progress *progress, struct cw_debug_file **ret)
{
	struct cw_debug_file *file = file_new();

	cw_sections_init(&file->sections, elf);
	if (!cw_sections_find(&file->sections, ".debug_info") &&
	    !cw_sections_find(&file->sections, ".zdebug_info")) {
		cw_debug_file_close(file);
		*ret = NULL;
		return NULL;
	}
	struct cw_error *err = library_open(file, set);
	if (!err && alternate)
		cw_library_set_alternate(&file->library, &alternate->library);
	if (!err)
		err = cw_index_init(&file->index, &file->library, arena,
				    progress);
	if (err) {
		cw_debug_file_close(file);
		return err;
	}
	*ret = file;
	return NULL;
}

/* What the whole file has of addresses in @part. */
static void addresses_find(struct cw_debug_file *part, uint64_t base)
{
	struct cw_die skeleton;

	const struct cw_section *section =
		cw_sections_find(&part->whole->sections, ".debug_addr");

	if (!section || base > section->size)
		return;
	part->library.addresses = section->bytes + base;
	part->library.num_addresses = (section->size - base) / 8;
	part->library.ranges =
		cw_sections_find(&part->whole->sections, ".debug_ranges");
	if (!cw_die_at(&part->whole->library, part->skeleton, &skeleton))
		return;
	part->library.low = skeleton.unit->head.low;
	cw_die_offset(&skeleton, DW_AT_GNU_ranges_base,
		      &part->library.ranges_base);
}

struct cw_error *cw_debug_file_open_part(
	struct cw_debug_file *whole, const struct cw_index_skeleton *skeleton,
	struct cw_sections *sections, struct cw_arena *arena,
	struct cw_progress *progress, struct cw_debug_file **ret)
{
	struct cw_debug_file *part = file_new();

	part->sections = *sections;
	part->whole = whole;
	part->skeleton = skeleton->unit;
	struct cw_error *err = library_open(part, whole->library.set);
	if (!err) {
		part->library.is_split = true;
		addresses_find(part, skeleton->address_base);
		err = cw_index_init(&part->index, &part->library, arena,
				    progress);
	}
	if (!err && part->index.split_id == skeleton->id) {
		*ret = part;
		return NULL;
	}
	cw_debug_file_close(part);
	if (!err)
		*ret = NULL;
	return err;
}

void cw_debug_file_close(struct cw_debug_file *file)
{
	if (!file)
		return;
	cw_array_foreach(part, &file->parts) cw_debug_file_close(*part);
	cw_array_deinit(&file->parts);
	cw_array_foreach(table, &file->line_tables)
		cw_line_table_destroy(*table);
	cw_array_deinit(&file->line_tables);
	cw_map_deinit(&file->lines);
	cw_map_deinit(&file->types);
	cw_map_deinit(&file->spellings);
	cw_index_deinit(&file->index);
	cw_library_close(&file->library);
	cw_sections_deinit(&file->sections);
	cw_array_foreach(elf, &file->elves) cw_elf_file_close(*elf);
	cw_array_deinit(&file->elves);
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

const struct cw_index_function *
cw_debug_file_function(struct cw_debug_file *file, uint64_t address,
		       struct cw_debug_file **ret_part)
{
	const struct cw_index_function *found =
		cw_index_function_at(&file->index, address);

	*ret_part = file;
	for (size_t i = 0; !found && i < file->parts.num; i++) {
		found = cw_index_function_at(&file->parts.items[i]->index,
					     address);
		*ret_part = file->parts.items[i];
	}
	return found;
}

/* Of a file with its parts. */
struct losses {
	uint64_t num_unreadable, num_too_deep, num_errors;
};

static void losses_add(struct losses *losses, const struct cw_debug_file *file)
{
	losses->num_unreadable += file->sections.num_unreadable;
	losses->num_too_deep += file->index.num_too_deep;
	losses->num_errors += file->library.num_errors;
}

void cw_debug_file_problems(const struct cw_debug_file *file,
			    struct cw_text *text)
{
	char count[CW_NUMBER_SIZE];
	struct losses losses = {0};

	losses_add(&losses, file);
	cw_array_foreach(part, &file->parts) losses_add(&losses, *part);
	const struct {
		uint64_t num;
		const char *what;
	} rows[] = {
		{losses.num_unreadable,
		 "sections that cannot be read or decompressed"},
		{file->num_missing_parts,
		 "units whose .dwo files are not found"},
		{file->num_stale_parts,
		 "units whose .dwo files are of another build"},
		{file->num_damaged_parts, "units whose .dwo files are damaged"},
		{losses.num_too_deep, "entries nested too deeply"},
		{losses.num_errors, "damaged entries"},
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

#include "dwarf/split.h"

#include "dwarf/package.h"
#include "target/debug_file.h"

struct split {
	struct cw_debug_file *file;
	struct cw_target *target;
	struct cw_module *module;
	struct cw_arena *arena;
	struct cw_package *package; /* NULL: there is none */
};

/* The sections of what the skeleton names; false: not found. */
static bool sections_find(struct split *split,
			  const struct cw_index_skeleton *skeleton,
			  struct cw_sections *ret)
{
	if (split->package &&
	    cw_package_sections(split->package, skeleton->id, ret))
		return true;
	struct cw_elf_file *elf =
		cw_module_open_split(split->target, split->module,
				     skeleton->directory, skeleton->name);
	if (!elf)
		return false;
	*cw_array_push(&split->file->elves) = elf;
	cw_sections_init(ret, elf);
	cw_sections_unite(ret);
	return true;
}

static struct cw_error *skeleton_open(struct split *split,
				      const struct cw_index_skeleton *skeleton)
{
	struct cw_debug_file *file = split->file, *part = NULL;
	struct cw_sections sections;

	if (!sections_find(split, skeleton, &sections)) {
		file->num_missing_parts++;
		return NULL;
	}
	struct cw_error *err =
		cw_debug_file_open_part(file, skeleton, &sections, split->arena,
					split->target->options.progress, &part);
	if (err && cw_error_kind(err) == CW_ERROR_INTERRUPTED)
		return err;
	if (err) {
		file->num_damaged_parts++;
		cw_error_destroy(err);
		return NULL;
	}
	if (!part)
		file->num_stale_parts++;
	else
		*cw_array_push(&file->parts) = part;
	return NULL;
}

struct cw_error *cw_split_open(struct cw_debug_file *file,
			       struct cw_target *target,
			       struct cw_module *module, struct cw_arena *arena)
{
	struct split split = {
		.file = file,
		.target = target,
		.module = module,
		.arena = arena,
	};
	struct cw_package package;
	struct cw_error *err = NULL;

	if (file->index.skeletons.num == 0)
		return NULL;
	struct cw_elf_file *elf = cw_module_open_package(target, module);
	if (elf) {
		*cw_array_push(&file->elves) = elf;
		if (cw_package_init(&package, elf))
			split.package = &package;
	}
	cw_array_foreach(skeleton, &file->index.skeletons)
	{
		err = skeleton_open(&split, skeleton);
		if (err)
			break;
	}
	if (split.package)
		cw_package_deinit(&package);
	return err;
}

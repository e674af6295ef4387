/* The file of a module on this machine, and whether it is the same build. */
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "target/elf_file.h"
#include "target/elf_layout.h"
#include "target/module_find.h"

enum { PAGE_SIZE = 4096 };

enum verdict {
	SAME_BUILD,
	SAME_HEADERS, /* no build-ids, but all that can be compared agrees */
	OTHER_BUILD,
	NOTHING_TO_COMPARE,
};

/* Where the file would be here: below the root, not "(deleted)". */
static char *local_path(const struct cw_target *target,
			const struct cw_module *module)
{
	static const char deleted[] = " (deleted)";
	const char *path = module->path;
	const char *above = target->above_root ? target->above_root : "";
	size_t tail = strlen(deleted);

	if (module->is_executable && target->options.exe)
		return cw_strdup(target->options.exe);
	if (strncmp(path, above, strlen(above)) == 0 &&
	    path[strlen(above)] == '/')
		path += strlen(above);
	size_t length = strlen(path);
	if (length > tail && strcmp(path + length - tail, deleted) == 0)
		length -= tail;
	return cw_format("%s%.*s", target->root ? target->root : "",
			 (int)length, path);
}

static bool is_same_id(const struct cw_module *module,
		       const struct cw_elf_file *file)
{
	size_t size = file->build_id_size;

	if (size > CW_MAX_BUILD_ID)
		size = CW_MAX_BUILD_ID;
	return size == module->build_id_size &&
	       memcmp(module->build_id, file->build_id, size) == 0;
}

/* Header, program headers and the rest of the first page, when dumped. */
static enum verdict headers_compare(const struct cw_target *target,
				    cw_addr base,
				    const struct cw_elf_file *file)
{
	struct cw_elf_layout memory, here;
	enum verdict verdict = OTHER_BUILD;

	if (!cw_elf_layout_read(target, base, &memory))
		return NOTHING_TO_COMPARE;
	if (cw_elf_layout_of_file(file, &here)) {
		uint64_t size = file->size < PAGE_SIZE ? file->size : PAGE_SIZE;
		const void *page = cw_target_bytes(target, base, size);
		if (cw_elf_layout_equal(&memory, &here) && page &&
		    memcmp(page, file->bytes, size) == 0)
			verdict = SAME_HEADERS;
		cw_elf_layout_deinit(&here);
	}
	cw_elf_layout_deinit(&memory);
	return verdict;
}

/*
 * The dynamic section: writable, so dumped even where headers are not (by
 * GDB before 10, and without bit 4 of coredump_filter).  It has the place and
 * size of every table of the file.  The dynamic linker adds the bias to some
 * and writes DT_DEBUG.
 */
static enum verdict dynamic_compare(const struct cw_target *target,
				    const struct cw_module *module,
				    const struct cw_elf_file *file)
{
	enum { FEWEST = 8 };
	Elf64_Phdr dynamic;

	if (!cw_elf_file_phdr(file, PT_DYNAMIC, &dynamic))
		return NOTHING_TO_COMPARE;
	size_t num = dynamic.p_filesz / sizeof(Elf64_Dyn);
	const unsigned char *bytes = cw_elf_file_range(file, dynamic.p_offset,
						       num * sizeof(Elf64_Dyn));
	const unsigned char *loaded =
		cw_target_bytes(target, module->bias + dynamic.p_vaddr,
				num * sizeof(Elf64_Dyn));
	if (num < FEWEST || !bytes || !loaded)
		return NOTHING_TO_COMPARE;
	for (size_t i = 0; i < num; i++) {
		Elf64_Dyn here, there;
		memcpy(&here, bytes + i * sizeof(here), sizeof(here));
		memcpy(&there, loaded + i * sizeof(there), sizeof(there));
		uint64_t moved = there.d_un.d_val - here.d_un.d_val;
		if (here.d_tag != there.d_tag ||
		    (moved != 0 && moved != module->bias &&
		     here.d_tag != DT_DEBUG))
			return OTHER_BUILD;
		if (here.d_tag == DT_NULL)
			break;
	}
	return SAME_HEADERS;
}

static enum verdict file_compare(const struct cw_target *target,
				 const struct cw_module *module, cw_addr base,
				 const struct cw_elf_file *file)
{
	if (module->build_id_size > 0)
		return is_same_id(module, file) ? SAME_BUILD : OTHER_BUILD;

	enum verdict verdict = headers_compare(target, base, file);
	return verdict == NOTHING_TO_COMPARE
		       ? dynamic_compare(target, module, file)
		       : verdict;
}

static void problem_set(struct cw_target *target, struct cw_module *module,
			const char *problem)
{
	module->problem = cw_arena_strdup(&target->arena, problem);
	*cw_array_push(&target->warnings) = module->problem;
}

static void id_add(struct cw_text *text, const unsigned char *id, size_t size)
{
	for (size_t i = 0; i < size; i++)
		cw_text_addf(text, "%02x", id[i]);
	if (size == 0)
		cw_text_add(text, "none");
}

static struct cw_error *wrong_exe(const struct cw_target *target,
				  const struct cw_module *module,
				  const struct cw_elf_file *file)
{
	cw_cleanup_text struct cw_text wanted = {0}, got = {0};

	id_add(&wanted, module->build_id, module->build_id_size);
	id_add(&got, file->build_id, file->build_id_size);
	return cw_error_new(CW_ERROR_TARGET,
			    "'%s' does not match '%s': its build-id is %s, "
			    "that of the executable '%s' in it is %s",
			    file->path, target->path, got.chars, module->name,
			    wanted.chars);
}

/* The file's build-id serves where the target's memory does not show it. */
static void file_keep(struct cw_module *module, struct cw_elf_file *file)
{
	module->file = file;
	if (module->build_id_size > 0 || file->build_id_size > CW_MAX_BUILD_ID)
		return;
	module->build_id_size = file->build_id_size;
	if (file->build_id_size > 0)
		memcpy(module->build_id, file->build_id, file->build_id_size);
}

/* Keeps @file, or closes it and says why. */
static struct cw_error *file_judge(struct cw_target *target,
				   struct cw_module *module, cw_addr base,
				   struct cw_elf_file *file)
{
	bool is_named = module->is_executable && target->options.exe;
	cw_cleanup_free char *text = NULL;
	struct cw_error *err = NULL;

	switch (file_compare(target, module, base, file)) {
	case SAME_BUILD:
		file_keep(module, file);
		return NULL;
	case SAME_HEADERS:
		file_keep(module, file);
		*cw_array_push(&target->warnings) = cw_arena_format(
			&target->arena,
			"no build-id shows that '%s' is the same build: it is "
			"used since its headers agree",
			file->path);
		return NULL;
	case OTHER_BUILD:
		if (is_named)
			err = wrong_exe(target, module, file);
		text = cw_format("'%s' is another build", file->path);
		break;
	case NOTHING_TO_COMPARE:
		/* The user's word counts where nothing speaks against it. */
		if (is_named) {
			file_keep(module, file);
			return NULL;
		}
		text = cw_format("nothing shows that '%s' is the same build",
				 file->path);
		break;
	}
	module->is_file_other = true;
	problem_set(target, module, text);
	cw_elf_file_close(file);
	return err;
}

/* The kernel's word for a running process: also of a file that is deleted. */
static bool link_try(const struct cw_target *target, struct cw_module *module,
		     const char *link, const char *path)
{
	struct cw_elf_file *file;
	cw_cleanup_error struct cw_error *err =
		cw_elf_file_open_link(link, path, &file);

	if (err)
		return false;
	if (file_compare(target, module, module->start, file) == OTHER_BUILD) {
		cw_elf_file_close(file);
		return false;
	}
	file_keep(module, file);
	return true;
}

/* The first takes a privilege, the second the right to trace it. */
static bool links_try(const struct cw_target *target, struct cw_module *module,
		      const struct cw_mapping *first, const char *path)
{
	if (target->kind != CW_TARGET_PROCESS || target->options.sysroot)
		return false;
	if (first) {
		cw_cleanup_free char *link = cw_format(
			"/proc/%u/map_files/%llx-%llx", target->entrance,
			(unsigned long long)first->start,
			(unsigned long long)first->end);
		if (link_try(target, module, link, path))
			return true;
	}
	cw_cleanup_free char *link =
		cw_format("/proc/%u/exe", target->entrance);
	return module->is_executable && link_try(target, module, link, path);
}

struct cw_error *cw_module_attach_file(struct cw_target *target,
				       struct cw_module *module,
				       const struct cw_mapping *first)
{
	bool is_named = module->is_executable && target->options.exe;
	cw_cleanup_free char *path = local_path(target, module);

	if (!is_named && links_try(target, module, first, path))
		return NULL;
	struct cw_elf_file *file;
	struct cw_error *err = cw_elf_file_open(path, &file);

	if (!err)
		return file_judge(target, module, module->start, file);
	if (is_named)
		return err;
	problem_set(target, module, cw_error_message(err));
	cw_error_destroy(err);
	return NULL;
}

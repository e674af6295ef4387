#include "target/debug_file.h"

#include <lzma.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "target/debuginfod.h"
#include "target/target.h"

#define DEFAULT_DEBUG_DIR "/usr/lib/debug"

/* What a separate file must be. */
struct wanted {
	const unsigned char *build_id;
	size_t build_id_size;		/* 0: go by the CRC */
	uint32_t crc;			/* of the whole file */
	bool is_supplement;		/* its .debug_sup has the id */
	const struct cw_elf_file *self; /* what it must not be, or NULL */
};

static bool is_same_file(const struct cw_elf_file *a,
			 const struct cw_elf_file *b)
{
	return a->mapped.status.st_dev == b->mapped.status.st_dev &&
	       a->mapped.status.st_ino == b->mapped.status.st_ino;
}

/* DWARF 5's .debug_sup: a file's link to what it shares, or that file's own
 * word that it is shared. */
struct supplement {
	bool is_shared;
	const char *name;
	const unsigned char *id;
	size_t id_size;
};

/* 2 bytes of version, 1 of whether it is shared, name, NUL, size of id, id. */
static bool supplement_read(struct cw_elf_file *file, struct supplement *ret)
{
	struct cw_elf_section section;
	const unsigned char *bytes;
	uint64_t size;

	if (!cw_elf_file_section(file, ".debug_sup", &section) ||
	    !cw_elf_file_section_bytes(file, &section, &bytes, &size) ||
	    size < 5)
		return false;
	uint64_t length = strnlen((const char *)bytes + 3, size - 3);
	uint64_t id = 3 + length + 2;
	if (id >= size || bytes[id - 1] == 0 || bytes[id - 1] > size - id ||
	    bytes[id - 1] > 0x7f)
		return false;
	ret->is_shared = bytes[2] != 0;
	ret->name = (const char *)bytes + 3;
	ret->id = bytes + id;
	ret->id_size = bytes[id - 1];
	return true;
}

static bool is_wanted_supplement(struct cw_elf_file *file,
				 const struct wanted *wanted)
{
	struct supplement found;

	return supplement_read(file, &found) && found.is_shared &&
	       found.id_size == wanted->build_id_size &&
	       memcmp(found.id, wanted->build_id, found.id_size) == 0;
}

static bool is_wanted(struct cw_elf_file *file, const struct wanted *wanted)
{
	if (wanted->self && is_same_file(file, wanted->self))
		return false;
	if (wanted->is_supplement)
		return is_wanted_supplement(file, wanted);
	if (wanted->build_id_size > 0)
		return file->build_id_size == wanted->build_id_size &&
		       memcmp(file->build_id, wanted->build_id,
			      wanted->build_id_size) == 0;
	/* The CRC of .gnu_debuglink is the one that xz uses too. */
	return lzma_crc32(file->bytes, file->size, 0) == wanted->crc;
}

/* Opens the file when it is there and the one wanted; else NULL. */
static struct cw_elf_file *file_try(const char *path,
				    const struct wanted *wanted)
{
	struct cw_elf_file *file;
	cw_cleanup_error struct cw_error *err = cw_elf_file_open(path, &file);

	if (err)
		return NULL;
	if (is_wanted(file, wanted))
		return file;
	cw_elf_file_close(file);
	return NULL;
}

/* Tries ROOT DEBUGDIR TAIL, then DEBUGDIR TAIL. */
static struct cw_elf_file *debug_dir_try(const struct cw_target *target,
					 const char *tail,
					 const struct wanted *wanted)
{
	const char *root = target->root;
	const char *dir = target->options.debug_dir ? target->options.debug_dir
						    : DEFAULT_DEBUG_DIR;

	if (root) {
		cw_cleanup_free char *path =
			cw_format("%s%s%s", root, dir, tail);
		struct cw_elf_file *file = file_try(path, wanted);
		if (file)
			return file;
	}
	cw_cleanup_free char *path = cw_format("%s%s", dir, tail);
	return file_try(path, wanted);
}

static struct cw_elf_file *build_id_try(const struct cw_target *target,
					const struct wanted *wanted)
{
	cw_cleanup_text struct cw_text tail = {0};

	if (wanted->build_id_size < 2)
		return NULL;
	cw_text_addf(&tail, "/.build-id/%02x/", wanted->build_id[0]);
	for (size_t i = 1; i < wanted->build_id_size; i++)
		cw_text_addf(&tail, "%02x", wanted->build_id[i]);
	cw_text_add(&tail, ".debug");
	return debug_dir_try(target, tail.chars, wanted);
}

/*
 * The name, at most a path, that begins a link section, and what stands
 * behind its NUL.
 */
static const char *link_read(struct cw_elf_file *file, const char *section_name,
			     const unsigned char **ret_rest,
			     uint64_t *ret_rest_size)
{
	struct cw_elf_section section;
	const unsigned char *bytes;
	uint64_t size;

	if (!cw_elf_file_section(file, section_name, &section) ||
	    !cw_elf_file_section_bytes(file, &section, &bytes, &size))
		return NULL;
	uint64_t length = strnlen((const char *)bytes, size);
	if (length == 0 || length == size)
		return NULL;
	*ret_rest = bytes + length + 1;
	*ret_rest_size = size - length - 1;
	return (const char *)bytes;
}

/* .gnu_debuglink: name, NUL, zeros up to a multiple of 4, CRC. */
static struct cw_elf_file *debuglink_try(const struct cw_target *target,
					 struct cw_elf_file *file,
					 struct wanted *wanted)
{
	static const char *const folders[] = {"", ".debug/"};
	const unsigned char *rest;
	uint64_t rest_size;
	const char *name = link_read(file, ".gnu_debuglink", &rest, &rest_size);

	if (!name || rest_size < 4 || strchr(name, '/'))
		return NULL;
	memcpy(&wanted->crc, rest + rest_size - 4, 4);

	const char *slash = strrchr(file->path, '/');
	int dir_length = slash ? slash + 1 - file->path : 0;
	for (size_t i = 0; i < cw_num_elements(folders); i++) {
		cw_cleanup_free char *path = cw_format(
			"%.*s%s%s", dir_length, file->path, folders[i], name);
		struct cw_elf_file *found = file_try(path, wanted);
		if (found)
			return found;
	}
	if (file->path[0] != '/')
		return NULL;
	/* Below the folder for debug files as it is below the root. */
	size_t root_length = target->root ? strlen(target->root) : 0;
	if (root_length > 0 &&
	    strncmp(file->path, target->root, root_length) == 0)
		dir_length -= root_length;
	else
		root_length = 0;
	cw_cleanup_free char *tail =
		cw_format("%.*s%s", dir_length, file->path + root_length, name);
	return debug_dir_try(target, tail, wanted);
}

static bool has_debug_info(const struct cw_elf_file *file)
{
	struct cw_elf_section section;

	return file && cw_elf_file_section(file, ".debug_info", &section) &&
	       section.header.sh_type != SHT_NOBITS &&
	       section.header.sh_size > 0;
}

/* From elsewhere, when it is nowhere here. */
static struct cw_elf_file *fetched_try(const struct cw_target *target,
				       const struct wanted *wanted)
{
	cw_cleanup_free char *path =
		cw_debuginfod_fetch(wanted->build_id, wanted->build_id_size,
				    target->options.progress);

	return path ? file_try(path, wanted) : NULL;
}

struct cw_elf_file *cw_module_separate_file(struct cw_target *target,
					    struct cw_module *module)
{
	struct wanted wanted = {
		.build_id = module->build_id,
		.build_id_size = module->build_id_size,
		.self = module->file,
	};

	if (module->is_separate_sought)
		return module->separate_file;
	module->is_separate_sought = true;
	module->separate_file = build_id_try(target, &wanted);
	if (!module->separate_file && module->file)
		module->separate_file =
			debuglink_try(target, module->file, &wanted);
	if (!module->separate_file && !has_debug_info(module->file))
		module->separate_file = fetched_try(target, &wanted);
	return module->separate_file;
}

struct cw_elf_file *cw_module_debug_file(struct cw_target *target,
					 struct cw_module *module)
{
	if (has_debug_info(module->file))
		return module->file;

	struct cw_elf_file *separate = cw_module_separate_file(target, module);
	return has_debug_info(separate) ? separate : NULL;
}

/*
 * .gnu_debugaltlink: a path, NUL, the build-id; or .debug_sup.  The path, or
 * NULL.
 */
static const char *shared_link_read(struct cw_elf_file *file,
				    struct wanted *ret)
{
	struct supplement supplement;
	uint64_t size;
	const char *name =
		link_read(file, ".gnu_debugaltlink", &ret->build_id, &size);

	ret->self = file;
	if (name && size > 0) {
		ret->build_id_size = size;
		return name;
	}
	if (!supplement_read(file, &supplement) || supplement.is_shared ||
	    !supplement.name[0])
		return NULL;
	ret->is_supplement = true;
	ret->build_id = supplement.id;
	ret->build_id_size = supplement.id_size;
	return supplement.name;
}

struct cw_elf_file *cw_debug_file_open_alt(struct cw_target *target,
					   struct cw_elf_file *file)
{
	struct wanted wanted = {0};
	const char *name = shared_link_read(file, &wanted);

	if (!name)
		return NULL;
	struct cw_elf_file *found = build_id_try(target, &wanted);
	if (found)
		return found;

	const char *slash = strrchr(file->path, '/');
	int dir_length = slash && name[0] != '/' ? slash + 1 - file->path : 0;
	cw_cleanup_free char *path =
		cw_format("%.*s%s", dir_length, file->path, name);
	found = file_try(path, &wanted);
	if (found)
		return found;

	const char *base = strrchr(name, '/');
	cw_cleanup_free char *tail =
		cw_format("/.dwz/%s", base ? base + 1 : name);
	found = debug_dir_try(target, tail, &wanted);
	return found ? found : fetched_try(target, &wanted);
}

/* Takes whatever is there: ids are in the debug info. */
static struct cw_elf_file *path_try(const char *prefix, const char *directory,
				    const char *name)
{
	struct cw_elf_file *file;
	cw_cleanup_free char *path = cw_format("%s%s%s%s", prefix, directory,
					       directory[0] ? "/" : "", name);
	cw_cleanup_error struct cw_error *err = cw_elf_file_open(path, &file);

	return err ? NULL : file;
}

static const char *debug_dir_of(const struct cw_target *target)
{
	return target->options.debug_dir ? target->options.debug_dir
					 : DEFAULT_DEBUG_DIR;
}

struct cw_elf_file *cw_module_open_split(struct cw_target *target,
					 struct cw_module *module,
					 const char *directory,
					 const char *name)
{
	const char *prefixes[] = {target->root, "", debug_dir_of(target)};
	const char *base = strrchr(name, '/');
	struct cw_elf_file *found;

	if (name[0] == '/' || !directory)
		directory = "";
	base = base ? base + 1 : name;
	for (size_t i = 0; i < cw_num_elements(prefixes); i++) {
		found = prefixes[i] ? path_try(prefixes[i], directory, name)
				    : NULL;
		if (found)
			return found;
	}

	struct cw_elf_file *file =
		module->file ? module->file
			     : cw_module_debug_file(target, module);
	const char *slash = file ? strrchr(file->path, '/') : NULL;
	cw_cleanup_free char *beside =
		slash ? cw_strndup(file->path, slash - file->path)
		      : cw_strdup(".");
	found = name[0] == '/' ? NULL : path_try("", beside, name);
	if (!found)
		found = path_try("", beside, base);
	return found ? found : path_try("", debug_dir_of(target), base);
}

struct cw_elf_file *cw_module_open_package(struct cw_target *target,
					   struct cw_module *module)
{
	struct cw_elf_file *files[] = {module->file,
				       cw_module_debug_file(target, module)};

	for (size_t i = 0; i < cw_num_elements(files); i++) {
		struct cw_elf_file *found =
			files[i] ? path_try(files[i]->path, "", ".dwp") : NULL;
		if (found)
			return found;
	}
	if (!module->path || module->path[0] != '/')
		return NULL;
	cw_cleanup_free char *tail = cw_format("%s.dwp", module->path);
	return path_try(debug_dir_of(target), "", tail);
}

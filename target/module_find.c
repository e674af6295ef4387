#include "target/module_find.h"

#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "target/elf_file.h"
#include "target/elf_layout.h"
#include "target/link_map.h"

enum {
	MAX_MODULES = 16384,
	MAX_NOTES = 1 << 16,
	MAX_VDSO = 1 << 16,
};

static const struct cw_mapping *mapping_at(const struct cw_mappings *mappings,
					   cw_addr address)
{
	size_t low = 0, high = mappings->list.num;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (mappings->list.items[middle].end <= address)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == mappings->list.num ||
	    address < mappings->list.items[low].start)
		return NULL;
	return &mappings->list.items[low];
}

/*
 * Whether the file is loaded as a program: its segments are mapped one by
 * one.  A file mapped flat, to be read, is no module.  Segments may be
 * missing: some programs put their code into huge pages.
 */
static bool is_loaded(const struct cw_mappings *mappings,
		      const struct cw_mapping *first,
		      const struct cw_elf_layout *layout, uint64_t bias)
{
	size_t num_loads = 0, num_others = 0;

	for (size_t i = 0; i < layout->num_phdrs; i++) {
		const Elf64_Phdr *phdr = &layout->phdrs[i];
		if (phdr->p_type != PT_LOAD || phdr->p_filesz == 0)
			continue;
		const struct cw_mapping *mapping =
			mapping_at(mappings, bias + phdr->p_vaddr);
		num_loads++;
		if (mapping && mapping != first &&
		    strcmp(mapping->path, first->path) == 0)
			num_others++;
	}
	return num_loads == 1 || num_others > 0;
}

static void build_id_read(const struct cw_target *target,
			  const struct cw_elf_layout *layout, uint64_t bias,
			  struct cw_module *module)
{
	for (size_t i = 0; i < layout->num_phdrs; i++) {
		const Elf64_Phdr *phdr = &layout->phdrs[i];
		if (phdr->p_type != PT_NOTE || phdr->p_filesz > MAX_NOTES)
			continue;
		const unsigned char *notes = cw_target_bytes(
			target, bias + phdr->p_vaddr, phdr->p_filesz);
		if (!notes)
			continue;
		size_t size;
		const unsigned char *id = cw_elf_build_id(notes, phdr->p_filesz,
							  phdr->p_align, &size);
		if (!id)
			continue;
		module->build_id_size =
			size < CW_MAX_BUILD_ID ? size : CW_MAX_BUILD_ID;
		memcpy(module->build_id, id, module->build_id_size);
		return;
	}
}

static const char *last_part(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash && slash[1] ? slash + 1 : path;
}

static struct cw_module *module_push(struct cw_target *target, const char *path,
				     cw_addr start, cw_addr end)
{
	struct cw_module *module = cw_array_push(&target->modules);

	*module = (struct cw_module){
		.path = path,
		.name = last_part(path),
		.start = start,
		.end = end,
		.bias = start,
	};
	return module;
}

/* The module of @layout at @bias, with all but its file; NULL: it is none. */
static struct cw_module *module_enter(struct cw_target *target,
				      const char *path,
				      const struct cw_elf_layout *layout,
				      uint64_t bias)
{
	cw_addr start, end;

	if (target->modules.num == MAX_MODULES ||
	    !cw_elf_layout_range(layout, bias, &start, &end))
		return NULL;

	struct cw_module *module = module_push(target, path, start, end);
	module->bias = bias;
	module->has_interpreter = layout->type == ET_EXEC ||
				  cw_elf_layout_phdr(layout, PT_INTERP);
	const Elf64_Phdr *tls = cw_elf_layout_phdr(layout, PT_TLS);
	if (tls) {
		module->tls_size = tls->p_memsz;
		module->tls_align = tls->p_align;
		module->tls_address = tls->p_vaddr;
	}
	build_id_read(target, layout, bias, module);
	return module;
}

/* The header in memory, or where that is not dumped, in the file here. */
static bool layout_find(const struct cw_target *target,
			const struct cw_mapping *mapping,
			struct cw_elf_layout *ret)
{
	if (cw_target_bytes(target, mapping->start, SELFMAG))
		return cw_elf_layout_read(target, mapping->start, ret);

	const char *root = target->root;
	cw_cleanup_free char *path =
		cw_format("%s%s", root ? root : "", mapping->path);
	struct cw_elf_file *file;
	cw_cleanup_error struct cw_error *err = cw_elf_file_open(path, &file);
	if (err)
		return false;
	bool is_found = cw_elf_layout_of_file(file, ret);
	cw_elf_file_close(file);
	return is_found;
}

/* A module that begins with that mapping, if one does. */
static void mapping_try(struct cw_target *target,
			const struct cw_mappings *mappings,
			const struct cw_mapping *mapping)
{
	struct cw_elf_layout layout;
	uint64_t bias;

	if (!layout_find(target, mapping, &layout))
		return;
	if (cw_elf_layout_bias(&layout, mapping->start, 0, &bias) &&
	    is_loaded(mappings, mapping, &layout, bias))
		module_enter(target, mapping->path, &layout, bias);
	cw_elf_layout_deinit(&layout);
}

/*
 * Neither memory nor a file shows the headers: what looks like code is a
 * module as long as its mappings follow each other.
 */
static void headless_try(struct cw_target *target,
			 const struct cw_mapping *first,
			 const struct cw_mapping *last)
{
	const struct cw_mapping *end = first;
	bool has_code = strstr(first->path, ".so") != NULL;

	while (end + 1 < last && strcmp(end[1].path, first->path) == 0 &&
	       end[1].file_offset > 0)
		end++;
	for (const struct cw_mapping *m = first; m <= end; m++) {
		const struct cw_segment *segment =
			cw_target_segment(target, m->start);
		has_code |= segment && segment->flags & CW_SEGMENT_EXEC;
	}
	if (has_code && end > first && target->modules.num < MAX_MODULES)
		module_push(target, first->path, first->start, end->end);
}

static void mapped_find(struct cw_target *target,
			const struct cw_mappings *mappings)
{
	const struct cw_mapping *last =
		mappings->list.items + mappings->list.num;
	cw_addr end = 0;

	cw_array_foreach(mapping, &mappings->list)
	{
		size_t before = target->modules.num;
		if (mapping->start < end || mapping->file_offset != 0)
			continue;
		mapping_try(target, mappings, mapping);
		if (target->modules.num == before &&
		    !cw_target_bytes(target, mapping->start, SELFMAG))
			headless_try(target, mapping, last);
		if (target->modules.num > before)
			end = target->modules.items[before].end;
	}
}

/* As cw_module_at() before there is an index. */
static bool is_found(const struct cw_target *target, cw_addr address)
{
	cw_array_foreach(module, &target->modules)
	{
		if (address >= module->start && address < module->end)
			return true;
	}
	return false;
}

/* The module whose ELF header is at @start, if one is.  @path may be "". */
static void unnamed_try(struct cw_target *target, cw_addr start,
			const char *path)
{
	struct cw_elf_layout layout;
	uint64_t bias;

	if (is_found(target, start) ||
	    !cw_elf_layout_read(target, start, &layout))
		return;
	if (!path[0])
		path = cw_arena_format(&target->arena, "[module at 0x%llx]",
				       (unsigned long long)start);
	if (cw_elf_layout_bias(&layout, start, 0, &bias))
		module_enter(target, path, &layout, bias);
	cw_elf_layout_deinit(&layout);
}

/*
 * Nothing says where modules are: headers are looked for at the starts of
 * segments, as far as that costs little: each look may read from disk.
 */
static void segments_try(struct cw_target *target)
{
	int looks_left = 2048;

	for (size_t i = 0; i < target->segments.num && looks_left > 0; i++) {
		const struct cw_segment *segment = &target->segments.items[i];
		if (!segment->bytes || segment->flags & CW_SEGMENT_WRITE)
			continue;
		looks_left--;
		unnamed_try(target, segment->start, "");
	}
}

/*
 * Without names of mapped files: the executable is where its program headers
 * are, all else where the dynamic linker says, which links from address 0.
 */
static void unnamed_find(struct cw_target *target)
{
	const uint64_t page_mask = ~(uint64_t)4095;
	struct cw_link_map map;
	uint64_t address;

	if (!cw_target_auxv(target, AT_PHDR, &address)) {
		segments_try(target);
		return;
	}
	unnamed_try(target, address & page_mask, "");
	cw_link_map_read(target, &map);
	cw_array_foreach(entry, &map.entries)
	{
		if (entry->bias != 0)
			unnamed_try(target, entry->bias, entry->path);
	}
	cw_link_map_deinit(&map);
}

/* The kernel's own shared object: its file is the copy in memory. */
static void vdso_find(struct cw_target *target)
{
	struct cw_elf_layout layout;
	uint64_t address, bias;

	if (!cw_target_auxv(target, AT_SYSINFO_EHDR, &address) ||
	    !cw_elf_layout_read(target, address, &layout))
		return;
	if (cw_elf_layout_bias(&layout, address, 0, &bias)) {
		struct cw_module *module =
			module_enter(target, "[vdso]", &layout, bias);
		uint64_t size = module ? module->end - module->start : 0;
		const void *bytes =
			size <= MAX_VDSO
				? cw_target_bytes(target, address, size)
				: NULL;
		if (module && bytes) {
			unsigned char *image = cw_alloc(size);
			memcpy(image, bytes, size);
			cw_cleanup_error struct cw_error *err =
				cw_elf_file_open_image("[vdso]", image, size,
						       &module->file);
		}
	}
	cw_elf_layout_deinit(&layout);
}

static void executable_mark(struct cw_target *target)
{
	struct cw_module *found = NULL;
	uint64_t address;

	if (cw_target_auxv(target, AT_PHDR, &address) ||
	    cw_target_auxv(target, AT_ENTRY, &address))
		cw_array_foreach(module, &target->modules)
		{
			if (address >= module->start && address < module->end)
				found = module;
		}
	else
		cw_array_foreach(module, &target->modules)
		{
			if (!found && module->has_interpreter)
				found = module;
		}

	if (cw_target_auxv(target, AT_EXECFN, &address)) {
		cw_cleanup_free char *name =
			cw_target_read_string(target, address, 4096);
		if (name)
			target->exe_path =
				cw_arena_strdup(&target->arena, name);
	}
	if (!found)
		return;
	/* NT_FILE has the whole path, AT_EXECFN what execve() was given. */
	if (found->path[0] == '/')
		target->exe_path = found->path;
	else if (target->exe_path && found->path[0] == '[')
		found->path = target->exe_path;
	found->name = last_part(found->path);
	struct cw_module executable = *found;
	executable.is_executable = true;
	memmove(target->modules.items + 1, target->modules.items,
		(char *)found - (char *)target->modules.items);
	target->modules.items[0] = executable;
}

static int module_compare(const void *left, const void *right, void *context)
{
	const struct cw_target *target = context;
	const struct cw_module *a =
		&target->modules.items[*(const uint32_t *)left];
	const struct cw_module *b =
		&target->modules.items[*(const uint32_t *)right];

	return (a->start > b->start) - (a->start < b->start);
}

/*
 * Modules must not overlap for cw_module_at() to be a search; only a damaged
 * core has such.  Of two the one at the lower address stays.
 */
static void index_make(struct cw_target *target)
{
	size_t num = target->modules.num;

	target->modules_by_address.num = 0;
	for (uint32_t i = 0; i < num; i++)
		*cw_array_push(&target->modules_by_address) = i;
	if (num == 0)
		return;
	qsort_r(target->modules_by_address.items, num, sizeof(uint32_t),
		module_compare, target);

	cw_addr end = 0;
	size_t num_kept = 0;
	cw_array_foreach(number, &target->modules_by_address)
	{
		const struct cw_module *module =
			&target->modules.items[*number];
		if (module->start < end)
			continue;
		end = module->end;
		target->modules_by_address.items[num_kept++] = *number;
	}
	target->modules_by_address.num = num_kept;
}

struct cw_error *cw_modules_find(struct cw_target *target,
				 const struct cw_mappings *mappings)
{
	if (mappings->list.num > 0)
		mapped_find(target, mappings);
	vdso_find(target);
	if (mappings->list.num == 0)
		unnamed_find(target);
	executable_mark(target);
	index_make(target);

	if (target->options.exe && (target->modules.num == 0 ||
				    !target->modules.items[0].is_executable))
		*cw_array_push(&target->warnings) = cw_arena_format(
			&target->arena,
			"'%s' is not used: where the executable was loaded "
			"cannot be told",
			target->options.exe);
	for (size_t i = 0; i < target->modules.num; i++) {
		struct cw_module *module = &target->modules.items[i];
		if (module->path[0] == '[')
			continue;
		struct cw_error *err = cw_module_attach_file(
			target, module, mapping_at(mappings, module->start));
		if (err)
			return err;
	}
	return NULL;
}

void cw_modules_deinit(struct cw_target *target)
{
	cw_array_foreach(module, &target->modules)
	{
		cw_module_symbols_destroy(module);
		cw_elf_file_close(module->separate_file);
		cw_elf_file_close(module->file);
	}
	cw_array_deinit(&target->modules);
	cw_array_deinit(&target->modules_by_address);
}

const struct cw_module *cw_module_at(const struct cw_target *target,
				     cw_addr address)
{
	size_t low = 0, high = target->modules_by_address.num;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct cw_module *module =
			&target->modules.items[target->modules_by_address
						       .items[middle]];
		if (module->end <= address)
			low = middle + 1;
		else if (module->start > address)
			high = middle;
		else
			return module;
	}
	return NULL;
}

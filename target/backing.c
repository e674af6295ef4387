#include "target/backing.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "target/elf_file.h"
#include "target/mapping.h"

enum { PAGE_SIZE = 4096 };

/*
 * Paths of memory that is shared, whatever file system it is on: MAP_SHARED
 * of no file is "/dev/zero (deleted)", shmget() is "/SYSV…".  Files of
 * devices hold what the device does.  "/anon_hugepage" is not among them: it
 * is the name of private huge pages too.
 */
static const char *const shared_paths[] = {
	"/dev/zero (deleted)", "/dev/shm/",   "/SYSV", "/memfd:",
	"/dev/dri/",	       "/dev/nvidia", "/i915",
};

static bool is_shared_path(const char *path)
{
	for (size_t i = 0; i < cw_num_elements(shared_paths); i++)
		if (strncmp(path, shared_paths[i], strlen(shared_paths[i])) ==
		    0)
			return true;
	return false;
}

/*
 * NT_FILE does not say whether a mapping is shared.  A writable mapping of a
 * file that is no module is taken to be, when the core leaves it out: private
 * pages that were written are dumped.
 */
static bool is_shared(const struct cw_segment *segment,
		      const struct cw_module *module)
{
	if (!segment->path || module)
		return false;
	return is_shared_path(segment->path) ||
	       (segment->flags & CW_SEGMENT_WRITE &&
		segment->gap == CW_GAP_NOT_DUMPED);
}

/*
 * The page that the file ends in is mapped to its end, with zeros, here as in
 * the target.  Pages behind it cannot be touched.
 */
const unsigned char *cw_backing_bytes(const struct cw_elf_file *file,
				      const struct cw_segment *segment)
{
	uint64_t size = segment->end - segment->start;
	uint64_t mapped = (file->mapped.size + PAGE_SIZE - 1) &
			  ~(uint64_t)(PAGE_SIZE - 1);

	if (!file->mapped.bytes || segment->file_offset > mapped ||
	    size > mapped - segment->file_offset)
		return NULL;
	return file->mapped.bytes + segment->file_offset;
}

/* gcore leaves such mappings out altogether: the flags are not in the core. */
static unsigned flags_of_file(const struct cw_segment *segment,
			      const struct cw_module *module)
{
	uint64_t address = segment->start - module->bias;
	Elf64_Phdr relro;
	unsigned flags = CW_SEGMENT_READ;

	for (size_t i = 0; i < module->file->num_phdrs; i++) {
		const Elf64_Phdr phdr = module->file->phdrs[i].header;
		if (phdr.p_type != PT_LOAD ||
		    address < (phdr.p_vaddr & ~(uint64_t)(PAGE_SIZE - 1)) ||
		    address - phdr.p_vaddr + PAGE_SIZE - 1 >=
			    phdr.p_memsz + PAGE_SIZE - 1)
			continue;
		flags |= (phdr.p_flags & PF_W ? CW_SEGMENT_WRITE : 0) |
			 (phdr.p_flags & PF_X ? CW_SEGMENT_EXEC : 0);
	}
	if (cw_elf_file_phdr(module->file, PT_GNU_RELRO, &relro) &&
	    address - relro.p_vaddr < relro.p_memsz)
		flags &= ~(unsigned)CW_SEGMENT_WRITE;
	return flags;
}

static void module_gap_fill(struct cw_segment *segment,
			    const struct cw_module *module)
{
	if (!module->file) {
		segment->gap = module->is_file_other ? CW_GAP_FILE_DIFFERS
						     : CW_GAP_FILE_MISSING;
		return;
	}
	if (segment->flags & CW_SEGMENT_FLAGS_UNKNOWN)
		segment->flags = flags_of_file(segment, module);
	segment->bytes = cw_backing_bytes(module->file, segment);
	segment->gap = segment->bytes ? CW_GAP_NONE : CW_GAP_UNREADABLE;
	if (segment->bytes)
		segment->flags |= CW_SEGMENT_FROM_FILE;
}

void cw_backing_apply(struct cw_target *target)
{
	cw_array_foreach(segment, &target->segments)
	{
		if (!segment->path)
			continue;
		const struct cw_module *module =
			cw_module_at(target, segment->start);
		if (is_shared(segment, module))
			segment->flags |= CW_SEGMENT_SHARED;
		if (module && segment->gap == CW_GAP_NOT_DUMPED)
			module_gap_fill(segment, module);
		if (segment->flags & CW_SEGMENT_FLAGS_UNKNOWN)
			segment->flags = CW_SEGMENT_READ;
	}
}

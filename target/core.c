#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/search.h"
#include "target/backing.h"
#include "target/core_header.h"
#include "target/core_notes.h"
#include "target/mapping.h"
#include "target/module_find.h"
#include "target/target.h"
#include "target/target_private.h"

static unsigned flags_of(uint32_t p_flags)
{
	return (p_flags & PF_R ? CW_SEGMENT_READ : 0) |
	       (p_flags & PF_W ? CW_SEGMENT_WRITE : 0) |
	       (p_flags & PF_X ? CW_SEGMENT_EXEC : 0);
}

/* How many bytes of [offset, offset + size) the file has. */
static uint64_t clip(uint64_t offset, uint64_t size, uint64_t file_size)
{
	if (offset >= file_size)
		return 0;
	return size < file_size - offset ? size : file_size - offset;
}

static void segment_push(struct cw_target *target, struct cw_segment segment,
			 cw_addr start, cw_addr end, const unsigned char *bytes,
			 enum cw_gap gap)
{
	segment.start = start;
	segment.end = end;
	segment.bytes = bytes;
	segment.gap = gap;
	if (start < end)
		*cw_array_push(&target->segments) = segment;
}

/*
 * A PT_LOAD becomes up to three segments: bytes, bytes cut off, and pages
 * that the core leaves out.  All bounds are made multiples of 16.
 */
static void load_read(struct cw_target *target,
		      const struct cw_mapped_file *file, const Elf64_Phdr *phdr)
{
	const uint64_t mask = ~(uint64_t)15;
	struct cw_segment segment = {.flags = flags_of(phdr->p_flags)};
	cw_addr start = phdr->p_vaddr;
	cw_addr end = start + phdr->p_memsz;

	if (start & ~mask || end < start) {
		*cw_array_push(&target->warnings) = cw_arena_format(
			&target->arena,
			"the core's segment at 0x%llx is damaged",
			(unsigned long long)start);
		return;
	}
	end &= mask;

	uint64_t size = phdr->p_filesz & mask;
	if (size > end - start)
		size = end - start;
	uint64_t present = clip(phdr->p_offset, size, file->size);
	if (present < size)
		target->is_truncated = true;
	present &= mask;

	segment_push(target, segment, start, start + present,
		     present ? file->bytes + phdr->p_offset : NULL,
		     CW_GAP_NONE);
	segment_push(target, segment, start + present, start + size, NULL,
		     CW_GAP_TRUNCATED);
	segment_push(target, segment, start + size, end, NULL,
		     segment.flags ? CW_GAP_NOT_DUMPED : CW_GAP_UNREADABLE);
}

/* The kernel and gcore write segments sorted; nothing makes sure of it. */
static void segments_sort(struct cw_target *target)
{
	size_t num = 0;
	cw_addr end = 0;

	for (size_t i = 1; i < target->segments.num; i++)
		if (target->segments.items[i].start <
		    target->segments.items[i - 1].start) {
			qsort(target->segments.items, target->segments.num,
			      sizeof(*target->segments.items),
			      cw_segment_compare);
			break;
		}

	cw_array_foreach(segment, &target->segments)
	{
		if (segment->start < end)
			continue;
		end = segment->end;
		target->segments.items[num++] = *segment;
	}
	if (num < target->segments.num)
		*cw_array_push(&target->warnings) = cw_arena_format(
			&target->arena,
			"%zu segments of the core overlap others and are left "
			"out",
			target->segments.num - num);
	target->segments.num = num;
}

static struct cw_error *segments_read(struct cw_target *target,
				      const struct cw_mapped_file *file,
				      const struct cw_core_header *header)
{
	for (size_t i = 0; i < header->num_phdrs; i++) {
		const Elf64_Phdr phdr = header->phdrs[i].header;
		if (phdr.p_type == PT_LOAD && phdr.p_memsz > 0)
			load_read(target, file, &phdr);
	}
	if (target->segments.num == 0)
		return cw_error_new(CW_ERROR_TARGET,
				    "cannot open '%s': the core holds no "
				    "memory",
				    target->path);
	segments_sort(target);
	return NULL;
}

/* Where the file's holes are in the target: the segments are sorted. */
static void holes_place(struct cw_target *target,
			const struct cw_mapped_file *file,
			const struct cw_file_holes *holes)
{
	const struct cw_file_hole *list = holes->list.items;

	cw_array_foreach(segment, &target->segments)
	{
		if (!segment->bytes)
			continue;
		uint64_t start = segment->bytes - file->bytes;
		uint64_t end = start + (segment->end - segment->start);
		size_t i = cw_search_first(k, 0, holes->list.num,
					   list[k].end <= start);

		for (; i < holes->list.num && list[i].start < end; i++) {
			uint64_t from =
				list[i].start > start ? list[i].start : start;
			uint64_t to = list[i].end < end ? list[i].end : end;
			cw_target_add_hole(target,
					   segment->start + (from - start),
					   segment->start + (to - start));
		}
	}
}

static struct cw_error *core_read(struct cw_target *target,
				  const struct cw_mapped_file *file,
				  const struct cw_file_holes *holes)
{
	struct cw_core_header header;
	struct cw_mappings mappings = {0};

	struct cw_error *err = cw_core_header_read(target->path, file, &header);
	if (err)
		return err;
	err = segments_read(target, file, &header);
	if (err)
		return err;
	holes_place(target, file, holes);

	cw_core_notes_read(target, file, &header, &mappings);
	cw_target_read_stacks_singly(target);
	cw_mappings_apply(&mappings, target);
	err = cw_modules_find(target, &mappings);
	cw_mappings_deinit(&mappings);
	if (err)
		return err;
	cw_backing_apply(target);
	return NULL;
}

struct cw_error *cw_target_open_core(const char *path,
				     const struct cw_target_options *options,
				     struct cw_target **ret)
{
	struct cw_mapped_file file;
	struct cw_file_holes holes = {0};
	struct cw_error *err = cw_mapped_file_open_sparse(path, &file, &holes);

	if (err)
		return err;

	struct cw_target *target =
		cw_target_create(CW_TARGET_CORE, path, options);
	*cw_array_push(&target->files->list) = file;
	target->file_size = file.size;
	err = core_read(target, &file, &holes);
	cw_array_deinit(&holes.list);
	if (err) {
		cw_target_close(target);
		return err;
	}
	*ret = target;
	return NULL;
}

#include "target/breakpoint.h"

#include "target/backing.h"

enum { INT3 = 0xcc };

static void part_undo(const struct cw_process_memory *memory,
		      const struct cw_memory_part *part,
		      const unsigned char *file)
{
	for (size_t i = part->first_job; i < part->end_job; i++) {
		const struct cw_page_job *job = &memory->jobs.list.items[i];
		uint64_t at = job->start - part->line.start;
		uint64_t end = job->end - part->line.start;

		for (; at < end && at < part->covered; at++)
			if (part->bytes[at] == INT3)
				part->bytes[at] = file[at];
	}
}

void cw_breakpoints_undo(const struct cw_target *target,
			 const struct cw_process_memory *memory)
{
	cw_array_foreach(part, &memory->parts)
	{
		const struct cw_map_line *line = &part->line;
		const struct cw_segment segment = {
			.start = line->start,
			.end = line->start + part->covered,
			.file_offset = line->file_offset,
		};
		const struct cw_module *module =
			part->first_job < part->end_job &&
					line->flags & CW_SEGMENT_EXEC &&
					!(line->flags & CW_SEGMENT_WRITE)
				? cw_module_at(target, line->start)
				: NULL;
		const unsigned char *file =
			module && module->file
				? cw_backing_bytes(module->file, &segment)
				: NULL;
		if (file)
			part_undo(memory, part, file);
	}
}

#include "target/process_memory.h"

#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/parallel.h"
#include "target/free_memory.h"
#include "target/proc_file.h"

enum { PAGE_SIZE = 4096 };

void cw_process_memory_init(struct cw_process_memory *memory,
			    struct cw_target *target)
{
	*memory = (struct cw_process_memory){
		.target = target,
		.rooms = {.files = target->files},
	};
}

void cw_process_memory_deinit(struct cw_process_memory *memory)
{
	cw_memory_rooms_deinit(&memory->rooms);
	cw_array_deinit(&memory->jobs.list);
	cw_array_deinit(&memory->unreadable.list);
	cw_array_deinit(&memory->parts);
}

static struct cw_error *memory_check(uint32_t pid)
{
	uint64_t needed = cw_process_memory_size(pid);
	uint64_t available = cw_free_memory(getpid());

	if (needed <= available)
		return NULL;
	return cw_error_new(CW_ERROR_TARGET,
			    "cannot copy process %u: its %.2f GB of memory do "
			    "not fit into the %.2f GB that are free; gcore "
			    "writes them to a file instead",
			    pid, needed / 1e9, available / 1e9);
}

/*
 * Small ones that lie side by side are looked through at once, large ones by
 * several threads.
 */
static void spans_make(const struct cw_memory_part *parts, size_t num,
		       struct cw_page_runs *spans)
{
	const uint64_t size = 64 << 20, max_gap = 64 << 10;
	enum { MAX_SPANS = 256 };

	for (size_t i = 0; i < num; i++) {
		cw_addr at = parts[i].line.start, end = at + parts[i].covered;
		if (parts[i].pages != CW_PAGES_OWN)
			continue;
		struct cw_page_run *last =
			spans->list.num
				? &spans->list.items[spans->list.num - 1]
				: NULL;
		if (last && at - last->end <= max_gap &&
		    end - last->start <= size) {
			last->end = end;
			continue;
		}
		uint64_t step = (end - at) / MAX_SPANS & -PAGE_SIZE;
		if (step < size)
			step = size;
		for (; at < end; at += step)
			*cw_array_push(&spans->list) = (struct cw_page_run){
				at, end - at < step ? end : at + step};
	}
}

static void job_add(struct cw_page_jobs *jobs,
		    const struct cw_memory_part *part, cw_addr start,
		    cw_addr end)
{
	cw_addr first = part->line.start, last = first + part->covered;

	start = start < first ? first : start;
	end = end > last ? last : end;
	if (start < end)
		*cw_array_push(&jobs->list) = (struct cw_page_job){
			start, end, part->bytes + (start - first)};
}

/* Which pages to copy, in order. */
static struct cw_error *jobs_find(struct cw_memory_part *parts, size_t num,
				  uint32_t pid, struct cw_page_jobs *jobs)
{
	struct cw_page_runs spans = {0}, runs = {0};
	size_t at = 0;

	spans_make(parts, num, &spans);
	struct cw_error *err = cw_page_spans_scan(pid, &spans, &runs);
	for (size_t i = 0; !err && i < num; i++) {
		struct cw_memory_part *part = &parts[i];
		cw_addr start = part->line.start, end = part->line.end;
		part->first_job = jobs->list.num;
		while (at < runs.list.num && runs.list.items[at].end <= start)
			at++;
		if (part->pages == CW_PAGES_ALL)
			job_add(jobs, part, start, end);
		/* The last one may go on in the next mapping. */
		for (size_t j = at;
		     part->pages == CW_PAGES_OWN && j < runs.list.num &&
		     runs.list.items[j].start < end;
		     j++)
			job_add(jobs, part, runs.list.items[j].start,
				runs.list.items[j].end);
		part->end_job = jobs->list.num;
	}
	cw_array_deinit(&spans.list);
	cw_array_deinit(&runs.list);
	return err;
}

/* What anonymous memory has now is all that is worth to be prepared. */
static struct cw_error *jobs_guess(const struct cw_process_memory *memory,
				   const struct cw_map_lines *lines,
				   struct cw_page_jobs *jobs)
{
	CW_ARRAY(struct cw_memory_part) parts = {0};

	cw_array_foreach(line, &lines->list)
	{
		unsigned char *room =
			cw_memory_room_anonymous(&memory->rooms, line);
		if (room)
			*cw_array_push(&parts) = (struct cw_memory_part){
				.line = *line,
				.bytes = room,
				.covered = line->end - line->start,
				.pages = CW_PAGES_OWN,
			};
	}
	struct cw_error *err = jobs_find(parts.items, parts.num,
					 memory->target->entrance, jobs);
	cw_array_deinit(&parts);
	return err;
}

struct cw_error *cw_process_memory_prepare(struct cw_process_memory *memory)
{
	uint32_t pid = memory->target->entrance;
	struct cw_map_lines lines = {0};
	struct cw_page_jobs jobs = {0};

	struct cw_error *err = memory_check(pid);
	if (err)
		return err;
	err = cw_map_lines_read(pid, &memory->target->arena, &lines);
	if (!err) {
		cw_memory_rooms_make(&memory->rooms, pid, &lines);
		err = jobs_guess(memory, &lines, &jobs);
	}
	if (!err)
		cw_page_jobs_populate(&jobs);
	cw_array_deinit(&jobs.list);
	cw_map_lines_deinit(&lines);
	/* Why it cannot be read is said best by who stops it. */
	cw_error_destroy(err);
	return NULL;
}

/*
 * The kernel shows the same code to all 64-bit processes: ours is the copy
 * that can be read without making pages of the other one present.
 */
static bool code_copy(const struct cw_map_line *line, unsigned char *room)
{
	const void *ours = (const void *)getauxval(AT_SYSINFO_EHDR);

	if (line->kind != CW_MAP_CODE || !ours)
		return false;
	memcpy(room, ours, line->end - line->start);
	return true;
}

static void part_add(struct cw_process_memory *memory,
		     const struct cw_map_line *line, uint32_t pid)
{
	struct cw_memory_part part = {.line = *line};
	bool has_file;

	part.bytes = cw_memory_room_find(&memory->rooms, pid, line,
					 &part.covered, &has_file);
	if (part.bytes && !(line->flags & CW_SEGMENT_SHARED) &&
	    !code_copy(line, part.bytes)) {
		part.pages = line->kind == CW_MAP_FILE && !has_file
				     ? CW_PAGES_ALL
				     : CW_PAGES_OWN;
		part.has_zeros = !has_file;
	}
	*cw_array_push(&memory->parts) = part;
}

/* What is of @pid, but for mappings where @others has any; it may be NULL. */
static struct cw_error *copy_but(struct cw_process_memory *memory, uint32_t pid,
				 const struct cw_map_lines *others)
{
	size_t first_job = memory->jobs.list.num;
	size_t first_part = memory->parts.num, at = 0;
	struct cw_map_lines lines = {0};

	struct cw_error *err =
		cw_map_lines_read(pid, &memory->target->arena, &lines);
	if (err)
		return err;
	for (size_t i = 0; i < lines.list.num; i++) {
		const struct cw_map_line *line = &lines.list.items[i];
		/* Both are in order. */
		while (others && at < others->list.num &&
		       others->list.items[at].end <= line->start)
			at++;
		if (others && at < others->list.num &&
		    others->list.items[at].start < line->end)
			continue;
		part_add(memory, line, pid);
	}
	err = jobs_find(memory->parts.items + first_part,
			memory->parts.num - first_part, pid, &memory->jobs);
	if (!err)
		err = cw_page_jobs_copy(&memory->jobs, first_job, pid,
					&memory->unreadable);
	cw_map_lines_deinit(&lines);
	return err;
}

struct cw_error *cw_process_memory_copy(struct cw_process_memory *memory,
					uint32_t pid)
{
	return copy_but(memory, pid, NULL);
}

struct cw_error *
cw_process_memory_copy_missing(struct cw_process_memory *memory, uint32_t clone)
{
	struct cw_map_lines others = {0};

	struct cw_error *err =
		cw_map_lines_read(clone, &memory->target->arena, &others);
	if (!err)
		err = copy_but(memory, memory->target->entrance, &others);
	cw_map_lines_deinit(&others);
	return err;
}

static void segment_push(struct cw_target *target,
			 const struct cw_memory_part *part, cw_addr start,
			 cw_addr end, bool has_bytes)
{
	uint64_t offset = start - part->line.start;

	if (start >= end)
		return;
	has_bytes = has_bytes && part->bytes;
	*cw_array_push(&target->segments) = (struct cw_segment){
		.start = start,
		.end = end,
		.bytes = has_bytes ? part->bytes + offset : NULL,
		.flags = part->line.flags,
		.gap = has_bytes ? CW_GAP_NONE : CW_GAP_UNREADABLE,
		.path = part->line.path,
		.file_offset =
			part->line.path ? part->line.file_offset + offset : 0,
	};
}

/* The mapping with its unreadable pages, which begin at @page, cut out. */
static const struct cw_page_run *
segments_push(struct cw_target *target, const struct cw_memory_part *part,
	      const struct cw_page_run *page,
	      const struct cw_page_run *pages_end)
{
	cw_addr at = part->line.start, end = at + part->covered;

	for (; page < pages_end && page->start < end; page++) {
		segment_push(target, part, at, page->start, true);
		segment_push(target, part, page->start, page->end, false);
		at = page->end;
	}
	segment_push(target, part, at, end, true);
	segment_push(target, part, end, part->line.end, false);
	return page;
}

static void holes_push(struct cw_process_memory *memory,
		       const struct cw_memory_part *part)
{
	cw_addr at = part->line.start;

	if (!part->has_zeros)
		return;
	for (size_t i = part->first_job; i < part->end_job; i++) {
		const struct cw_page_job *job = &memory->jobs.list.items[i];
		cw_target_add_hole(memory->target, at, job->start);
		at = job->end;
	}
	cw_target_add_hole(memory->target, at, part->line.end);
}

static int part_compare(const void *left, const void *right)
{
	const struct cw_memory_part *a = left, *b = right;

	return (a->line.start > b->line.start) -
	       (a->line.start < b->line.start);
}

static int run_compare(const void *left, const void *right)
{
	const struct cw_page_run *a = left, *b = right;

	return (a->start > b->start) - (a->start < b->start);
}

void cw_process_memory_enter(struct cw_process_memory *memory,
			     struct cw_mappings *mappings)
{
	size_t num_unreadable = memory->unreadable.list.num;
	const struct cw_page_run *page = NULL;

	if (memory->parts.num > 0)
		qsort(memory->parts.items, memory->parts.num,
		      sizeof(struct cw_memory_part), part_compare);
	if (num_unreadable > 0) {
		page = memory->unreadable.list.items;
		qsort(memory->unreadable.list.items, num_unreadable,
		      sizeof(*page), run_compare);
	}
	cw_array_foreach(part, &memory->parts)
	{
		const struct cw_map_line *line = &part->line;
		if (line->path)
			*cw_array_push(&mappings->list) = (struct cw_mapping){
				line->start, line->end, line->file_offset,
				line->path};
		page = segments_push(memory->target, part, page,
				     memory->unreadable.list.items +
					     num_unreadable);
		holes_push(memory, part);
	}
}

/*
 * Measured: 0.2 s for each GB, with two threads half of that, and 25 us for
 * each of the process's threads, with its stack.
 */
uint64_t cw_process_memory_expected_pause(uint32_t pid)
{
	unsigned num_threads = cw_parallel_num_processors() > 1 ? 2 : 1;

	return 100000 +
	       cw_proc_status_number(pid, "RssAnon:") * 220 / num_threads +
	       cw_proc_status_number(pid, "Threads:") * 25000;
}

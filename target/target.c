#include "target/target.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/search.h"
#include "target/live.h"
#include "target/module_find.h"
#include "target/target_private.h"

static const char *copy(struct cw_target *target, const char *text)
{
	return text ? cw_arena_strdup(&target->arena, text) : NULL;
}

struct cw_target *cw_target_create(enum cw_target_kind kind, const char *path,
				   const struct cw_target_options *options)
{
	struct cw_target *target = cw_alloc(sizeof(*target));

	cw_arena_init(&target->arena);
	target->files = cw_alloc(sizeof(*target->files));
	target->kind = kind;
	target->arch = "x86-64";
	target->path = copy(target, path);
	if (options)
		target->options = (struct cw_target_options){
			.exe = copy(target, options->exe),
			.sysroot = copy(target, options->sysroot),
			.debug_dir = copy(target, options->debug_dir),
			.cache = copy(target, options->cache),
			.progress = options->progress,
		};
	target->root = target->options.sysroot;
	return target;
}

struct cw_target *cw_target_create_empty(void)
{
	return cw_target_create(CW_TARGET_BYTES, "bytes", NULL);
}

void cw_target_close(struct cw_target *target)
{
	if (!target)
		return;
	cw_live_end(target->live);
	cw_modules_deinit(target);
	cw_array_foreach(file, &target->files->list)
	{
		cw_mapped_file_close(file);
	}
	cw_array_deinit(&target->files->list);
	free(target->files);
	cw_array_deinit(&target->segments);
	cw_array_deinit(&target->holes);
	cw_array_deinit(&target->threads);
	cw_array_deinit(&target->auxv);
	cw_array_deinit(&target->warnings);
	cw_arena_deinit(&target->arena);
	free(target);
}

void cw_target_add_hole(struct cw_target *target, cw_addr start, cw_addr end)
{
	enum { PAGE = 4096, MAX_NUM = 1 << 20 };

	start = (start + PAGE - 1) & ~(cw_addr)(PAGE - 1);
	end &= ~(cw_addr)(PAGE - 1);
	if (start < end && end - start >= CW_MIN_HOLE_SIZE &&
	    target->holes.num < MAX_NUM)
		*cw_array_push(&target->holes) = (struct cw_hole){start, end};
}

/* Number of the first hole that ends behind @address. */
static size_t hole_search(const struct cw_target *target, cw_addr address)
{
	const struct cw_hole *holes = target->holes.items;
	return cw_search_first(i, 0, target->holes.num,
			       holes[i].end <= address);
}

cw_addr cw_target_skip_hole(const struct cw_target *target, cw_addr address)
{
	const struct cw_hole *holes = target->holes.items;
	size_t i = hole_search(target, address);

	for (; i < target->holes.num && holes[i].start <= address; i++)
		address = holes[i].end;
	return address;
}

bool cw_target_next_data(const struct cw_target *target, cw_addr *address,
			 cw_addr end, cw_addr *ret_start)
{
	cw_addr start = cw_target_skip_hole(target, *address);

	if (start >= end)
		return false;
	size_t next = hole_search(target, start);
	if (next < target->holes.num && target->holes.items[next].start < end)
		end = target->holes.items[next].start;
	*ret_start = start;
	*address = end;
	return true;
}

int cw_segment_compare(const void *left, const void *right)
{
	const struct cw_segment *a = left, *b = right;

	return (a->start > b->start) - (a->start < b->start);
}

/* Number of the first segment that ends behind @address. */
static size_t segment_search(const struct cw_target *target, cw_addr address)
{
	const struct cw_segment *segments = target->segments.items;
	return cw_search_first(i, 0, target->segments.num,
			       segments[i].end <= address);
}

void cw_target_add_segment(struct cw_target *target,
			   const struct cw_segment *segment)
{
	size_t at = segment_search(target, segment->start);

	cw_array_push(&target->segments);
	struct cw_segment *place = target->segments.items + at;
	memmove(place + 1, place,
		(target->segments.num - 1 - at) * sizeof(*place));
	*place = *segment;
}

const struct cw_segment *cw_target_segment_find(const struct cw_target *target,
						cw_addr address)
{
	const struct cw_segment *segments = target->segments.items;
	_Atomic(size_t) *last = &((struct cw_target *)target)->last_segment;
	size_t at = segment_search(target, address);

	if (at == target->segments.num ||
	    !cw_segment_has(&segments[at], address))
		return NULL;
	atomic_store_explicit(last, at, memory_order_relaxed);
	return &segments[at];
}

/* Advice for what is mapped of the core's file. */
static void advise(const struct cw_target *target, cw_addr start, cw_addr end,
		   int advice)
{
	const struct cw_segment *segment = cw_target_segment(target, start);
	uintptr_t page_mask = sysconf(_SC_PAGESIZE) - 1;

	/* What is no file's has nothing to be read, and would be lost. */
	if (target->kind != CW_TARGET_CORE || !segment || !segment->bytes)
		return;
	if (end > segment->end)
		end = segment->end;
	uintptr_t first = (uintptr_t)segment->bytes + (start - segment->start);
	uintptr_t last = (uintptr_t)segment->bytes + (end - segment->start);
	first &= ~page_mask;
	if (first < last)
		madvise((void *)first, last - first, advice);
}

void cw_target_drop(const struct cw_target *target, cw_addr start, cw_addr end)
{
	advise(target, start, end, MADV_DONTNEED);
}

void cw_target_read_stacks_singly(const struct cw_target *target)
{
	cw_array_foreach(thread, &target->threads)
	{
		const struct cw_segment *segment =
			cw_target_segment(target, thread->regs[CW_REG_RSP]);

		if (segment)
			advise(target, segment->start, segment->end,
			       MADV_RANDOM);
	}
}

const void *cw_target_bytes_across(const struct cw_target *target,
				   const struct cw_segment *segment,
				   cw_addr address, uint64_t size)
{
	const unsigned char *bytes =
		segment->bytes + (address - segment->start);
	const struct cw_segment *last =
		target->segments.items + target->segments.num - 1;
	uint64_t here = segment->end - address;

	while (size > here) {
		const struct cw_segment *next = segment + 1;
		if (segment == last || next->start != segment->end ||
		    !next->bytes ||
		    next->bytes !=
			    segment->bytes + (segment->end - segment->start))
			return NULL;
		size -= here;
		here = next->end - next->start;
		segment = next;
	}
	return bytes;
}

bool cw_target_read(const struct cw_target *target, cw_addr address,
		    void *buffer, uint64_t size)
{
	unsigned char *out = buffer;

	while (size > 0) {
		const struct cw_segment *segment =
			cw_target_segment(target, address);
		if (!segment || !segment->bytes)
			return false;
		uint64_t here = segment->end - address;
		if (here > size)
			here = size;
		memcpy(out, segment->bytes + (address - segment->start), here);
		out += here;
		address += here;
		size -= here;
	}
	return true;
}

char *cw_target_read_string(const struct cw_target *target, cw_addr address,
			    size_t max_length)
{
	cw_cleanup_free char *text = NULL;
	size_t length = 0;

	for (;;) {
		const struct cw_segment *segment =
			cw_target_segment(target, address);
		if (!segment || !segment->bytes)
			return NULL;

		const char *bytes = (const char *)segment->bytes +
				    (address - segment->start);
		uint64_t here = segment->end - address;
		if (here > max_length - length)
			here = max_length - length;
		size_t found = strnlen(bytes, here);
		text = cw_realloc(text, length + found + 1);
		memcpy(text + length, bytes, found);
		length += found;
		text[length] = '\0';
		if (found < here || length == max_length)
			return cw_take(text);
		address += here;
	}
}

bool cw_target_auxv(const struct cw_target *target, uint64_t type,
		    uint64_t *ret)
{
	cw_array_foreach(entry, &target->auxv)
	{
		if (entry->type != type)
			continue;
		*ret = entry->value;
		return true;
	}
	return false;
}

void cw_target_gaps(const struct cw_target *target, unsigned wanted_flags,
		    uint64_t ret_bytes[CW_NUM_GAPS])
{
	memset(ret_bytes, 0, CW_NUM_GAPS * sizeof(*ret_bytes));
	cw_array_foreach(segment, &target->segments)
	{
		if ((segment->flags & wanted_flags) == wanted_flags)
			ret_bytes[segment->gap] +=
				segment->end - segment->start;
	}
}

const char *cw_gap_name(enum cw_gap gap)
{
	static const char *const names[CW_NUM_GAPS] = {
		[CW_GAP_NONE] = "present",
		[CW_GAP_TRUNCATED] = "not in the truncated core",
		[CW_GAP_NOT_DUMPED] = "left out of the core",
		[CW_GAP_FILE_MISSING] = "left out of the core, and the "
					"mapped file is not here",
		[CW_GAP_FILE_DIFFERS] = "left out of the core, and the "
					"mapped file here is another build",
		[CW_GAP_UNREADABLE] = "not readable",
	};

	return names[gap];
}

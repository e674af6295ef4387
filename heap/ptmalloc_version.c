/* Version: which glibc it is, by what was seen of it, and how that was seen. */
#include <stdlib.h>
#include <string.h>

#include "heap/ptmalloc.h"

#define NEWEST 99

struct range {
	unsigned first, last; /* minor numbers, 2.first to 2.last */
};

static void narrow(struct range *range, unsigned first, unsigned last)
{
	if (first > range->first)
		range->first = first;
	if (last < range->last)
		range->last = last;
}

/* What the layouts say together. */
static struct range seen_range(const struct ptmalloc *libc)
{
	struct range range = {libc->state->first, libc->state->last};

	if (libc->tcache)
		narrow(&range, libc->tcache->first, libc->tcache->last);
	if (libc->heap_info_size == 0x20)
		narrow(&range, 0, 34);
	if (libc->heap_info_size == 0x30)
		narrow(&range, 35, NEWEST);
	/* Mangled links are in 2.28 of some distributions, too. */
	if (libc->links_are_known && !libc->mangles_links)
		narrow(&range, 0, 31);
	if (libc->has_key)
		narrow(&range, libc->is_key_random ? 34 : 28,
		       libc->is_key_random ? NEWEST : 33);
	return range;
}

/*
 * glibc says what it is in its read-only data: "GNU C Library (...) stable
 * release version 2.36."  Returns a copy of the number, or NULL.
 */
static const char *banner_version(struct cw_heap *heap, cw_addr state)
{
	static const char banner[] = "GNU C Library ";
	static const char before[] = " release version ";
	const struct cw_module *module = cw_module_at(heap->target, state);

	cw_array_foreach(segment, &heap->target->segments)
	{
		if (!module || !segment->bytes ||
		    segment->start < module->start ||
		    segment->end > module->end ||
		    segment->flags & CW_SEGMENT_WRITE)
			continue;
		const char *bytes = (const char *)segment->bytes;
		size_t size = segment->end - segment->start;
		const char *found =
			memmem(bytes, size, banner, sizeof(banner) - 1);
		if (!found)
			continue;
		size_t left = bytes + size - found;
		if (left > 200)
			left = 200;
		const char *version =
			memmem(found, left, before, sizeof(before) - 1);
		if (!version)
			continue;
		version += sizeof(before) - 1;
		left = found + left - version;
		size_t length = 0;
		while (length < left && length < 16 &&
		       strchr("0123456789.", version[length]) &&
		       version[length])
			length++;
		while (length && version[length - 1] == '.')
			length--;
		if (length)
			return cw_arena_strndup(&heap->arena, version, length);
	}
	return NULL;
}

static const char *say_range(struct cw_heap *heap, struct range range)
{
	if (range.first > range.last)
		return "unknown";
	if (range.last == NEWEST)
		return cw_arena_format(&heap->arena, "2.%u or later",
				       range.first);
	if (range.first == range.last)
		return cw_arena_format(&heap->arena, "2.%u", range.first);
	return cw_arena_format(&heap->arena, "2.%u to 2.%u", range.first,
			       range.last);
}

/* Where glibc counts other mmapped blocks than were found. */
static const char *say_mmapped(struct cw_heap *heap,
			       const struct ptmalloc_all *all,
			       const struct ptmalloc *libc)
{
	if (!libc->has_parameters || libc->num_mmapped == all->mmapped.num)
		return "";
	return cw_arena_format(
		&heap->arena, ", %zu mmapped blocks where it counts %llu",
		all->mmapped.num, (unsigned long long)libc->num_mmapped);
}

static const char *say_evidence(struct cw_heap *heap,
				const struct ptmalloc_all *all,
				const struct ptmalloc_arena *arena,
				bool has_banner)
{
	const struct ptmalloc *libc = &all->libcs.items[arena->libc];
	const struct cw_module *module =
		cw_module_at(heap->target, arena->state);

	if (libc->is_orphan)
		return "chains of chunks; its main arena cannot be read";
	return cw_arena_format(&heap->arena,
			       "%u of %u bins at 0x%llx%s%s%s%s%s%s",
			       libc->evidence_bins, PTMALLOC_NUM_BINS,
			       (unsigned long long)arena->bins,
			       module ? " in " : "", module ? module->name : "",
			       libc->tcache ? ", thread caches" : "",
			       !libc->links_are_known ? ""
			       : libc->mangles_links  ? ", mangled links"
						      : ", plain links",
			       has_banner ? ", version from its text" : "",
			       say_mmapped(heap, all, libc));
}

void ptmalloc_say_version(struct cw_heap *heap, const struct ptmalloc_all *all)
{
	cw_array_foreach(arena, &all->arenas)
	{
		const struct ptmalloc *libc = &all->libcs.items[arena->libc];

		if (!arena->is_main && !libc->is_orphan)
			continue;
		struct cw_allocator *allocator =
			&heap->allocators.items[libc->allocator];
		const char *banner = banner_version(heap, arena->state);

		allocator->version =
			banner ? banner : say_range(heap, seen_range(libc));
		allocator->evidence =
			say_evidence(heap, all, arena, banner != NULL);
	}
}

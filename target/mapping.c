#include "target/mapping.h"

#include <stdlib.h>

#include "target/target.h"
#include "target/target_private.h"

void cw_mappings_deinit(struct cw_mappings *mappings)
{
	cw_array_deinit(&mappings->list);
}

static int mapping_compare(const void *left, const void *right)
{
	const struct cw_mapping *a = left, *b = right;

	return (a->start > b->start) - (a->start < b->start);
}

void cw_mappings_sort(struct cw_mappings *mappings)
{
	size_t num = 0;
	cw_addr end = 0;

	if (mappings->list.num == 0)
		return;
	qsort(mappings->list.items, mappings->list.num,
	      sizeof(*mappings->list.items), mapping_compare);
	cw_array_foreach(mapping, &mappings->list)
	{
		if (mapping->start >= mapping->end || mapping->start < end ||
		    (mapping->start | mapping->end) & 15)
			continue;
		end = mapping->end;
		mappings->list.items[num++] = *mapping;
	}
	mappings->list.num = num;
}

/* Pushes [start, end) of @whole, as part of @mapping when there is one. */
static void part_push(struct cw_target *target, const struct cw_segment *whole,
		      cw_addr start, cw_addr end,
		      const struct cw_mapping *mapping)
{
	struct cw_segment part = *whole;

	if (start >= end)
		return;
	part.start = start;
	part.end = end;
	if (part.bytes)
		part.bytes += start - whole->start;
	if (mapping) {
		part.path = mapping->path;
		part.file_offset =
			mapping->file_offset + (start - mapping->start);
	}
	*cw_array_push(&target->segments) = part;
}

/* Pushes the parts of mappings that no segment covers. */
static void missing_push(const struct cw_mappings *mappings,
			 struct cw_target *target)
{
	const struct cw_segment gap = {
		.flags = CW_SEGMENT_FLAGS_UNKNOWN,
		.gap = CW_GAP_NOT_DUMPED,
	};
	size_t num = target->segments.num, i = 0;

	cw_array_foreach(mapping, &mappings->list)
	{
		cw_addr at = mapping->start;
		while (i < num && target->segments.items[i].end <= at)
			i++;
		for (size_t j = i; j < num; j++) {
			const struct cw_segment segment =
				target->segments.items[j];
			if (segment.start >= mapping->end)
				break;
			part_push(target, &gap, at, segment.start, mapping);
			at = segment.end;
		}
		part_push(target, &gap, at, mapping->end, mapping);
	}
	if (target->segments.num > num)
		qsort(target->segments.items, target->segments.num,
		      sizeof(*target->segments.items), cw_segment_compare);
}

void cw_mappings_apply(const struct cw_mappings *mappings,
		       struct cw_target *target)
{
	__typeof__(target->segments) old = target->segments;
	const struct cw_mapping *mapping = mappings->list.items;
	const struct cw_mapping *last = mapping + mappings->list.num;

	if (mappings->list.num == 0)
		return;
	target->segments = (__typeof__(target->segments)){0};
	cw_array_reserve(&target->segments, old.num + mappings->list.num);
	cw_array_foreach(segment, &old)
	{
		cw_addr at = segment->start;

		while (mapping < last && mapping->end <= at)
			mapping++;
		/* One mapping may go on in the next segment: look again. */
		for (const struct cw_mapping *m = mapping;
		     m < last && m->start < segment->end; m++) {
			cw_addr start = m->start > at ? m->start : at;
			cw_addr end =
				m->end < segment->end ? m->end : segment->end;
			part_push(target, segment, at, start, NULL);
			part_push(target, segment, start, end, m);
			at = end;
		}
		part_push(target, segment, at, segment->end, NULL);
	}
	cw_array_deinit(&old);
	missing_push(mappings, target);
}

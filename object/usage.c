#include "object/usage.h"

#include <stdlib.h>

struct cuts {
	CW_ARRAY(cw_addr) items;
};

static const char *const usage_kind_names[] = {
	[CW_USAGE_HEAP] = "heap",
	[CW_USAGE_HEAP_METADATA] = "heap metadata",
	[CW_USAGE_HEAP_RESERVE] = "heap reserve",
	[CW_USAGE_GLOBAL] = "global data",
	[CW_USAGE_STACK] = "stack",
	[CW_USAGE_STACK_UNUSED] = "stack, unused",
	[CW_USAGE_STACK_ENDED] = "stack, ended thread",
	[CW_USAGE_GOROUTINE] = "stack, goroutine",
	[CW_USAGE_TLS] = "thread-local storage",
	[CW_USAGE_PRIVATE] = "private, no known allocator",
	[CW_USAGE_CODE] = "code",
	[CW_USAGE_FILE] = "file",
	[CW_USAGE_SHARED] = "shared",
	[CW_USAGE_READ_ONLY] = "read-only",
};

const char *cw_usage_kind_name(enum cw_usage_kind kind)
{
	return usage_kind_names[kind];
}

enum cw_usage_kind cw_usage_of_segment(const struct cw_segment *segment)
{
	unsigned flags = segment->flags;

	if (flags & CW_SEGMENT_SHARED)
		return CW_USAGE_SHARED;
	/* Code that is made at run time stands among pointers. */
	if (flags & CW_SEGMENT_EXEC &&
	    (segment->path || !(flags & CW_SEGMENT_WRITE)))
		return CW_USAGE_CODE;
	if (flags & CW_SEGMENT_WRITE)
		return CW_USAGE_PRIVATE;
	return segment->path ? CW_USAGE_FILE : CW_USAGE_READ_ONLY;
}

static int by_address(const void *left, const void *right)
{
	cw_addr a = *(const cw_addr *)left, b = *(const cw_addr *)right;

	return (a > b) - (a < b);
}

/* Cuts the segments wherever a claim begins or ends. */
static void cut(const struct cw_target *target, const struct cuts *cuts,
		struct cw_roots *roots)
{
	size_t next = 0;

	for (size_t i = 0; i < target->segments.num; i++) {
		const struct cw_segment *segment = &target->segments.items[i];
		cw_addr start = segment->start;

		while (start < segment->end) {
			while (next < cuts->items.num &&
			       cuts->items.items[next] <= start)
				next++;
			cw_addr end = segment->end;
			if (next < cuts->items.num &&
			    cuts->items.items[next] < end)
				end = cuts->items.items[next];
			*cw_array_push(&roots->usages) = (struct cw_usage){
				.start = start,
				.end = end,
				.kind = cw_usage_of_segment(segment),
				.segment = segment,
			};
			start = end;
		}
	}
}

/* Number of the first usage that ends behind @address. */
static size_t search(const struct cw_roots *roots, cw_addr address)
{
	size_t low = 0, high = roots->usages.num;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (roots->usages.items[middle].end <= address)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void paint(struct cw_roots *roots, const struct cw_claim *claim)
{
	for (size_t i = search(roots, claim->start);
	     i < roots->usages.num && roots->usages.items[i].start < claim->end;
	     i++) {
		struct cw_usage *usage = &roots->usages.items[i];

		if (!(claim->over >> usage->kind & 1))
			continue;
		usage->kind = claim->kind;
		usage->module = claim->module;
		usage->thread = claim->thread;
	}
}

static void join_equal(struct cw_roots *roots)
{
	size_t num = 0;

	for (size_t i = 0; i < roots->usages.num; i++) {
		const struct cw_usage *usage = &roots->usages.items[i];
		struct cw_usage *last =
			num > 0 ? &roots->usages.items[num - 1] : NULL;

		if (last && last->end == usage->start &&
		    last->kind == usage->kind &&
		    last->segment == usage->segment &&
		    last->module == usage->module &&
		    last->thread == usage->thread)
			last->end = usage->end;
		else
			roots->usages.items[num++] = *usage;
	}
	roots->usages.num = num;
}

void cw_usage_paint(const struct cw_target *target,
		    const struct cw_claims *claims, struct cw_roots *roots)
{
	struct cuts cuts = {0};

	cw_array_foreach(claim, &claims->items)
	{
		if (claim->start >= claim->end)
			continue;
		*cw_array_push(&cuts.items) = claim->start;
		*cw_array_push(&cuts.items) = claim->end;
	}
	if (cuts.items.num > 0)
		qsort(cuts.items.items, cuts.items.num, sizeof(cw_addr),
		      by_address);
	cut(target, &cuts, roots);
	cw_array_deinit(&cuts.items);

	cw_array_foreach(claim, &claims->items)
	{
		if (claim->start < claim->end)
			paint(roots, claim);
	}
	join_equal(roots);
}

const struct cw_usage *cw_roots_usage_at(const struct cw_roots *roots,
					 cw_addr address)
{
	size_t i = search(roots, address);

	if (i == roots->usages.num || address < roots->usages.items[i].start)
		return NULL;
	return &roots->usages.items[i];
}

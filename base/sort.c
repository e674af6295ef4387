#include "base/sort.h"

#include <stdbool.h>
#include <string.h>

enum {
	MIN_RUN = 8, /* sorted by insertion */
};

static void run_sort(uint64_t *items, size_t num)
{
	for (size_t i = 1; i < num; i++) {
		uint64_t item = items[i];
		size_t at = i;
		for (; at > 0 && items[at - 1] > item; at--)
			items[at] = items[at - 1];
		items[at] = item;
	}
}

/* Two runs, [0, middle) and [middle, num), become one. */
static void runs_merge(const uint64_t *items, size_t middle, size_t num,
		       uint64_t *ret)
{
	size_t left = 0, right = middle;

	if (items[middle - 1] <= items[middle]) {
		memcpy(ret, items, num * sizeof(*ret));
		return;
	}
	while (left < middle && right < num) {
		bool is_left = items[left] <= items[right];
		*ret++ = items[is_left ? left : right];
		left += is_left;
		right += !is_left;
	}
	memcpy(ret, items + left, (middle - left) * sizeof(*ret));
	ret += middle - left;
	memcpy(ret, items + right, (num - right) * sizeof(*ret));
}

void cw_sort_numbers(uint64_t *items, size_t num, uint64_t *room)
{
	uint64_t *from = items, *to = room;

	for (size_t i = 0; i < num; i += MIN_RUN)
		run_sort(items + i, num - i < MIN_RUN ? num - i : MIN_RUN);
	for (size_t run = MIN_RUN; run < num; run *= 2) {
		for (size_t i = 0; i < num; i += 2 * run) {
			size_t left = num - i;
			size_t size = left < 2 * run ? left : 2 * run;
			if (size > run)
				runs_merge(from + i, run, size, to + i);
			else
				memcpy(to + i, from + i, size * sizeof(*to));
		}
		uint64_t *merged = to;
		to = from;
		from = merged;
	}
	if (from != items)
		memcpy(items, from, num * sizeof(*items));
}

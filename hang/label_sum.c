#include "hang/label_sum.h"

#include <stdlib.h>
#include <string.h>

#include "golang/label.h"

static int by_labels(const void *a, const void *b)
{
	const struct cw_label_sum *one = a, *other = b;

	return strcmp(one->labels, other->labels);
}

static int by_bytes(const void *a, const void *b)
{
	const struct cw_label_sum *one = a, *other = b;

	if (one->retained.bytes != other->retained.bytes)
		return one->retained.bytes > other->retained.bytes ? -1 : 1;
	return by_labels(a, b);
}

static void merge_equal(struct cw_label_sums *sums)
{
	size_t num = 0;

	for (size_t i = 0; i < sums->items.num; i++) {
		const struct cw_label_sum *from = &sums->items.items[i];
		struct cw_label_sum *last =
			num ? &sums->items.items[num - 1] : NULL;

		if (!last || by_labels(last, from) != 0) {
			sums->items.items[num++] = *from;
			continue;
		}
		last->num_goroutines += from->num_goroutines;
		last->retained.blocks += from->retained.blocks;
		last->retained.bytes += from->retained.bytes;
	}
	sums->items.num = num;
}

static void sort(struct cw_label_sums *sums,
		 int (*compare)(const void *, const void *))
{
	if (sums->items.num > 1)
		qsort(sums->items.items, sums->items.num,
		      sizeof(*sums->items.items), compare);
}

void cw_label_sums_init(struct cw_label_sums *sums,
			const struct cw_tasks *tasks)
{
	cw_cleanup_text struct cw_text text = {0};

	*sums = (struct cw_label_sums){0};
	cw_arena_init(&sums->arena);
	for (uint32_t i = 0; tasks->leaks && i < tasks->leaks->num_goroutines;
	     i++) {
		const struct cw_goroutine_leak *leak = &tasks->leaks->items[i];

		cw_text_cut(&text, 0);
		if (leak->is_leaked)
			cw_goroutine_labels_text(
				tasks->go, &tasks->goroutines.items.items[i],
				&text);
		if (text.length == 0)
			continue;
		*cw_array_push(&sums->items) = (struct cw_label_sum){
			.labels = cw_arena_strdup(&sums->arena, text.chars),
			.num_goroutines = 1,
			.retained = leak->retained,
		};
	}
	sort(sums, by_labels);
	merge_equal(sums);
	sort(sums, by_bytes);
}

void cw_label_sums_deinit(struct cw_label_sums *sums)
{
	cw_array_deinit(&sums->items);
	cw_arena_deinit(&sums->arena);
}

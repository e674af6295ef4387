#include "code/evidence_list.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/* However they were met: in other runs ids are others. */
static int compare_types(const struct cw_type *a, const struct cw_type *b)
{
	int order = strcmp(a->name ? a->name : "", b->name ? b->name : "");

	if (order)
		return order;
	if (a->size != b->size)
		return a->size < b->size ? -1 : 1;
	return (a->id > b->id) - (a->id < b->id);
}

static int compare_candidates(const void *left, const void *right)
{
	const struct cw_candidate *a = left, *b = right;

	if (a->num_direct != b->num_direct)
		return a->num_direct > b->num_direct ? -1 : 1;
	if (a->num_indirect != b->num_indirect)
		return a->num_indirect > b->num_indirect ? -1 : 1;
	return compare_types(a->type, b->type);
}

void cw_candidate_lists_init(struct cw_candidate_lists *lists,
			     struct cw_debug *debug,
			     const struct cw_conclusions *conclusions)
{
	*lists = (struct cw_candidate_lists){0};
	for (size_t i = 0; i < conclusions->all.num; i++) {
		const struct cw_conclusion *from = &conclusions->all.items[i];
		if (i == 0 || from->origin != from[-1].origin) {
			cw_map_set(&lists->stretches, from->origin,
				   lists->list.num);
			*cw_array_push(&lists->list) = (struct cw_stretch){
				.first = lists->items.num,
			};
		}
		lists->list.items[lists->list.num - 1].num++;
		*cw_array_push(&lists->items) = (struct cw_candidate){
			.type = cw_debug_type(debug, from->type),
			.num_direct = from->num_direct,
			.num_indirect = from->num_indirect,
		};
	}
	cw_array_foreach(stretch, &lists->list)
		qsort(lists->items.items + stretch->first, stretch->num,
		      sizeof(struct cw_candidate), compare_candidates);
}

void cw_candidate_lists_deinit(struct cw_candidate_lists *lists)
{
	cw_array_deinit(&lists->items);
	cw_array_deinit(&lists->list);
	cw_map_deinit(&lists->stretches);
}

struct cw_candidates
cw_candidate_lists_get(const struct cw_candidate_lists *lists, uint32_t number)
{
	uint32_t found;

	if (!cw_map_get(&lists->stretches, number, &found))
		return (struct cw_candidates){0};
	const struct cw_stretch *stretch = &lists->list.items[found];
	return (struct cw_candidates){
		.items = lists->items.items + stretch->first,
		.num = stretch->num,
	};
}

static int compare_ends(const void *left, const void *right)
{
	const struct cw_conclusion *a = left, *b = right;

	if (a->origin != b->origin)
		return a->origin < b->origin ? -1 : 1;
	return (a->type > b->type) - (a->type < b->type);
}

void cw_candidate_lists_init_casts(struct cw_candidate_lists *lists,
				   struct cw_debug *debug,
				   const struct cw_tally *tally)
{
	struct cw_conclusions all = {0};

	cw_array_foreach(entry, &tally->pairs[CW_TALLY_CAST].entries) *
		cw_array_push(&all.all) = (struct cw_conclusion){
		.origin = entry->from,
		.type = entry->to,
		.num_direct = entry->num,
	};
	cw_array_foreach(entry, &tally->pairs[CW_TALLY_UP].entries)
	{
		uint64_t key = (uint64_t)entry->from << 32 | entry->to;
		uint32_t number;
		if (cw_map_get(&tally->pairs[CW_TALLY_CAST].by_pair, key,
			       &number))
			all.all.items[number].num_indirect += entry->num;
		else
			*cw_array_push(&all.all) = (struct cw_conclusion){
				.origin = entry->from,
				.type = entry->to,
				.num_indirect = entry->num,
			};
	}
	if (all.all.num)
		qsort(all.all.items, all.all.num, sizeof(struct cw_conclusion),
		      compare_ends);
	cw_candidate_lists_init(lists, debug, &all);
	cw_array_deinit(&all.all);
}

static int compare_shifts(const void *left, const void *right)
{
	const struct cw_shift *a = left, *b = right;

	if (a->num != b->num)
		return a->num > b->num ? -1 : 1;
	if (a->offset != b->offset)
		return a->offset < b->offset ? -1 : 1;
	return compare_types(a->type, b->type);
}

static int compare_froms(const void *left, const void *right)
{
	const struct cw_tally_shift *a = left, *b = right;

	return (a->from > b->from) - (a->from < b->from);
}

void cw_shift_lists_init(struct cw_shift_lists *lists, struct cw_debug *debug,
			 const struct cw_tally *tally)
{
	size_t num = tally->shifts.num - 1;
	cw_cleanup_free struct cw_tally_shift *sorted =
		cw_alloc((num + 1) * sizeof(*sorted));

	*lists = (struct cw_shift_lists){0};
	memcpy(sorted, tally->shifts.items + 1, num * sizeof(*sorted));
	qsort(sorted, num, sizeof(*sorted), compare_froms);
	for (size_t i = 0; i < num; i++) {
		if (i == 0 || sorted[i].from != sorted[i - 1].from) {
			cw_map_set(&lists->stretches, sorted[i].from,
				   lists->list.num);
			*cw_array_push(&lists->list) =
				(struct cw_stretch){.first = i};
		}
		lists->list.items[lists->list.num - 1].num++;
		*cw_array_push(&lists->items) = (struct cw_shift){
			.type = cw_debug_type(debug, sorted[i].to),
			.offset = sorted[i].offset,
			.num = sorted[i].num,
		};
	}
	cw_array_foreach(stretch, &lists->list)
		qsort(lists->items.items + stretch->first, stretch->num,
		      sizeof(struct cw_shift), compare_shifts);
}

void cw_shift_lists_deinit(struct cw_shift_lists *lists)
{
	cw_array_deinit(&lists->items);
	cw_array_deinit(&lists->list);
	cw_map_deinit(&lists->stretches);
}

size_t cw_shift_lists_get(const struct cw_shift_lists *lists, uint32_t type,
			  const struct cw_shift **ret)
{
	uint32_t found;

	if (!cw_map_get(&lists->stretches, type, &found))
		return 0;
	*ret = lists->items.items + lists->list.items[found].first;
	return lists->list.items[found].num;
}

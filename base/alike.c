#include "base/alike.h"

#include <stdlib.h>

#include "base/map.h"
#include "base/memory.h"

static int by_size(const void *left, const void *right, void *members)
{
	const struct cw_group *a = left, *b = right;
	const uint32_t *numbers = members;

	if (a->num != b->num)
		return a->num < b->num ? 1 : -1;
	return (numbers[a->first] > numbers[b->first]) -
	       (numbers[a->first] < numbers[b->first]);
}

void cw_alike_init(struct cw_alike *alike, const uint64_t *keys, uint32_t num)
{
	cw_cleanup_free uint32_t *of = cw_alloc((num + 1) * sizeof(*of));
	uint32_t sum = 0;
	struct cw_map known;

	*alike = (struct cw_alike){.num_members = num};
	cw_map_init(&known);
	for (uint32_t i = 0; i < num; i++) {
		uint32_t number = alike->groups.num;
		of[i] = *cw_map_place(&known, keys[i], number);
		if (of[i] == number)
			*cw_array_push(&alike->groups) = (struct cw_group){0};
		alike->groups.items[of[i]].num++;
	}
	cw_map_deinit(&known);
	cw_array_foreach(group, &alike->groups)
	{
		group->first = sum;
		sum += group->num;
		group->num = 0;
	}
	alike->members = cw_alloc((num + 1) * sizeof(uint32_t));
	for (uint32_t i = 0; i < num; i++) {
		struct cw_group *group = &alike->groups.items[of[i]];
		alike->members[group->first + group->num++] = i;
	}
	if (num)
		qsort_r(alike->groups.items, alike->groups.num,
			sizeof(struct cw_group), by_size, alike->members);
}

void cw_alike_deinit(struct cw_alike *alike)
{
	cw_array_deinit(&alike->groups);
	free(alike->members);
}

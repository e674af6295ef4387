#include "hang/stack_group.h"

#include <stdlib.h>

#include "base/map.h"
#include "base/memory.h"

static uint64_t stack_hash(const struct cw_stack *stack)
{
	uint64_t hash = stack->frames.num * 31 + stack->num_left_out;

	cw_array_foreach(frame, &stack->frames) hash =
		cw_hash_mix(hash ^ frame->pc);
	return hash;
}

static int compare(const void *left, const void *right)
{
	const struct cw_stack_group *a = left, *b = right;

	if (a->num != b->num)
		return a->num < b->num ? 1 : -1;
	return (a->first > b->first) - (a->first < b->first);
}

/* Members in the order of groups; of each the first thread comes first. */
static void fill(struct cw_stack_groups *groups, const uint32_t *of)
{
	cw_cleanup_free uint32_t *next =
		cw_alloc((groups->items.num + 1) * sizeof(*next));
	uint32_t sum = 0;

	for (size_t i = 0; i < groups->items.num; i++) {
		struct cw_stack_group *group = &groups->items.items[i];
		group->first = next[i] = sum;
		sum += group->num;
	}
	for (uint32_t i = 0; i < groups->num_members; i++)
		groups->members[next[of[i]]++] = i;
}

struct cw_error *cw_stack_groups_create(struct cw_debug *debug,
					struct cw_progress *progress,
					struct cw_stack_groups **ret)
{
	const struct cw_target *target = cw_debug_target(debug);
	size_t num = target->threads.num;
	cw_cleanup_free uint32_t *of = cw_alloc((num + 1) * sizeof(*of));
	struct cw_stack_groups *groups = cw_alloc(sizeof(*groups));
	struct cw_error *err = NULL;
	struct cw_map known;

	groups->num_members = num;
	groups->members = cw_alloc((num + 1) * sizeof(uint32_t));
	cw_map_init(&known);
	cw_progress_begin(progress, "unwinding stacks", num);
	for (size_t i = 0; i < num && !err; i++) {
		const struct cw_stack *stack =
			cw_debug_stack(debug, &target->threads.items[i]);
		uint32_t number = groups->items.num;
		of[i] = *cw_map_place(&known, stack_hash(stack), number);
		if (of[i] == number)
			*cw_array_push(&groups->items) =
				(struct cw_stack_group){.stack = stack};
		groups->items.items[of[i]].num++;
		err = cw_progress_step(progress, i);
	}
	cw_map_deinit(&known);
	if (err) {
		cw_stack_groups_destroy(groups);
		return err;
	}
	fill(groups, of);
	if (groups->items.num > 1)
		qsort(groups->items.items, groups->items.num,
		      sizeof(struct cw_stack_group), compare);
	*ret = groups;
	return NULL;
}

void cw_stack_groups_destroy(struct cw_stack_groups *groups)
{
	if (!groups)
		return;
	cw_array_deinit(&groups->items);
	free(groups->members);
	free(groups);
}

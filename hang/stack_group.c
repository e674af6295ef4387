#include "hang/stack_group.h"

#include <stdlib.h>

#include "base/alike.h"
#include "base/memory.h"
#include "hang/likeness.h"

struct cw_error *cw_stack_groups_create(struct cw_debug *debug,
					struct cw_progress *progress,
					struct cw_stack_groups **ret)
{
	const struct cw_target *target = cw_debug_target(debug);
	const struct cw_thread *threads = target->threads.items;
	size_t num = target->threads.num;
	cw_cleanup_free uint64_t *keys = cw_alloc((num + 1) * sizeof(*keys));
	struct cw_alike alike;

	cw_progress_begin(progress, "unwinding stacks", num);
	for (size_t i = 0; i < num; i++) {
		keys[i] = cw_stack_likeness(cw_debug_stack(debug, &threads[i]));
		struct cw_error *err = cw_progress_step(progress, i);
		if (err)
			return err;
	}
	struct cw_stack_groups *groups = cw_alloc(sizeof(*groups));
	cw_alike_init(&alike, keys, num);
	cw_array_foreach(group, &alike.groups)
	{
		uint32_t first = alike.members[group->first];
		*cw_array_push(&groups->items) = (struct cw_stack_group){
			.stack = cw_debug_stack(debug, &threads[first]),
			.first = group->first,
			.num = group->num,
		};
	}
	groups->members = cw_take(alike.members);
	groups->num_members = num;
	cw_alike_deinit(&alike);
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

#include "dwarf/stacks.h"

#include <stdlib.h>

#include "base/memory.h"
#include "dwarf/debug_private.h"

struct cw_stacks *cw_stacks_create(size_t num_threads)
{
	struct cw_stacks *stacks = cw_alloc(sizeof(*stacks));

	stacks->num = num_threads;
	stacks->items = cw_alloc((num_threads + 1) * sizeof(*stacks->items));
	return stacks;
}

void cw_stacks_destroy(struct cw_stacks *stacks)
{
	if (!stacks)
		return;
	for (size_t i = 0; i < stacks->num; i++)
		cw_stack_deinit(&stacks->items[i]);
	free(stacks->items);
	free(stacks);
}

const struct cw_stack *cw_debug_stack(struct cw_debug *debug,
				      const struct cw_thread *thread)
{
	struct cw_stacks *stacks = cw_debug_stacks(debug);
	const struct cw_target *target = cw_debug_target(debug);
	struct cw_stack *stack = &stacks->items[thread->number - 1];

	/* Any stack has a frame once it was unwound. */
	if (stack->frames.num == 0)
		cw_stack_init_ends(stack, debug, target, thread,
				   CW_STACK_END_FRAMES);
	return stack;
}

uint64_t cw_debug_frames_left_out(struct cw_debug *debug)
{
	struct cw_stacks *stacks = cw_debug_stacks(debug);
	uint64_t num = 0;

	for (size_t i = 0; i < stacks->num; i++)
		num += stacks->items[i].num_left_out;
	return num;
}

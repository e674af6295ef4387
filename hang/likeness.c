#include "hang/likeness.h"

#include <string.h>

#include "base/map.h"
#include "hang/task.h"

uint64_t cw_stack_likeness(const struct cw_stack *stack)
{
	uint64_t hash = stack->frames.num * 31 + stack->num_left_out;

	cw_array_foreach(frame, &stack->frames) hash =
		cw_hash_mix(hash ^ frame->pc);
	return hash;
}

uint64_t cw_goroutine_likeness(const struct cw_go *go,
			       const struct cw_goroutine *goroutine)
{
	uint64_t hash = cw_hash_mix(goroutine->status);
	struct cw_go_frame frame = {0};

	if (goroutine->reason)
		hash ^= cw_hash_bytes(goroutine->reason,
				      strlen(goroutine->reason));
	hash = cw_hash_mix(hash ^ goroutine->creator);
	for (unsigned i = 0; i < CW_TASK_MAX_FRAMES; i++) {
		if (!cw_go_frame_next(go, goroutine, &frame))
			break;
		hash = cw_hash_mix(hash + frame.pc);
	}
	return hash;
}

static uint64_t wait_likeness(struct cw_debug *debug, const struct cw_go *go,
			      const struct cw_wait *wait)
{
	uint64_t hash =
		wait->thread
			? cw_stack_likeness(cw_debug_stack(debug, wait->thread))
			: cw_goroutine_likeness(go, wait->goroutine);

	return cw_hash_mix(hash + wait->object.kind);
}

uint64_t cw_ring_likeness(struct cw_debug *debug, const struct cw_go *go,
			  const struct cw_wait *waits, const uint32_t *members,
			  uint32_t num)
{
	uint64_t first = wait_likeness(debug, go, &waits[members[0]]);
	uint64_t here = first, sum = num;

	for (uint32_t i = 0; i < num; i++) {
		uint64_t next = i + 1 < num
					? wait_likeness(debug, go,
							&waits[members[i + 1]])
					: first;
		sum += cw_hash_mix(here ^ cw_hash_mix(next));
		here = next;
	}
	return sum;
}

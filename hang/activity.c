#include "hang/activity.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/memory.h"
#include "target/pace.h"
#include "target/proc_file.h"

/*
 * Calls that were interrupted by being looked at are made again at first; and
 * what runs for less than that does nothing.
 */
#define SETTLE_NS 100000000
#define LITTLE_NS 100000

/* Stopped threads run no more, and say nothing. */
static bool is_stopped(uint32_t pid)
{
	char state = cw_proc_thread_state(pid, cw_proc_entrance(pid));

	return state == 0 || strchr("tTZX", state);
}

bool cw_activity_look(const struct cw_target *target, uint64_t ns,
		      struct cw_activity *ret)
{
	size_t num = target->threads.num;
	const struct timespec settle = {0, SETTLE_NS};
	struct cw_paces paces;

	if (target->kind != CW_TARGET_PROCESS || is_stopped(target->pid))
		return false;
	nanosleep(&settle, NULL);
	cw_cleanup_error struct cw_error *err =
		cw_paces_take(target->pid, ns, &paces);
	if (err)
		return false;
	struct cw_activity activity = {
		.ns = paces.interval,
		.ran_ns = cw_alloc((num + 1) * sizeof(*activity.ran_ns)),
	};
	for (size_t i = 0; i < num; i++) {
		const struct cw_pace *pace =
			cw_paces_find(&paces, target->threads.items[i].tid);
		uint64_t ran = pace ? pace->ran : CW_NOT_SEEN;

		activity.ran_ns[i] = ran < LITTLE_NS ? 0 : ran;
		activity.num_seen += pace != NULL;
		activity.num_ran += pace && ran >= LITTLE_NS;
	}
	cw_paces_deinit(&paces);
	if (activity.num_seen == 0) {
		cw_activity_deinit(&activity);
		return false;
	}
	*ret = activity;
	return true;
}

void cw_activity_deinit(struct cw_activity *activity)
{
	free(activity->ran_ns);
	*activity = (struct cw_activity){0};
}

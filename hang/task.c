#include "hang/task.h"

#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/memory.h"
#include "golang/collector.h"
#include "hang/likeness.h"

enum { STEP = 256 };

/* By the runtime's clock; its own time is in no variable of it. */
static uint64_t latest_time(const struct cw_tasks *tasks)
{
	struct cw_go_collector collector;
	uint64_t latest;

	cw_go_collector_read(tasks->go, &collector);
	latest = collector.last_clock;
	cw_array_foreach(goroutine, &tasks->goroutines.items)
	{
		if (goroutine->wait_since > latest)
			latest = goroutine->wait_since;
	}
	return latest;
}

struct cw_error *cw_tasks_create(const struct cw_go *go,
				 const struct cw_heap *heap,
				 const struct cw_roots *roots,
				 struct cw_progress *progress,
				 struct cw_tasks **ret)
{
	struct cw_tasks *tasks = cw_alloc(sizeof(*tasks));

	if (!go) {
		*ret = tasks;
		return NULL;
	}
	tasks->go = go;
	cw_goroutines_init(&tasks->goroutines, go);
	tasks->latest = latest_time(tasks);
	size_t num = tasks->goroutines.items.num;
	if (roots && heap->index.pointers) {
		struct cw_error *err = cw_goroutine_leaks_create(
			go, &tasks->goroutines, heap, roots, progress,
			&tasks->leaks);
		if (err) {
			cw_tasks_destroy(tasks);
			return err;
		}
	}
	cw_cleanup_free uint64_t *keys = cw_alloc((num + 1) * sizeof(*keys));

	cw_progress_begin(progress, "unwinding goroutines", num);
	for (size_t i = 0; i < num; i++) {
		struct cw_error *err =
			i % STEP ? NULL : cw_progress_step(progress, i);
		if (err) {
			cw_tasks_destroy(tasks);
			return err;
		}
		keys[i] = cw_goroutine_likeness(
			go, &tasks->goroutines.items.items[i]);
		if (tasks->leaks && tasks->leaks->items[i].is_leaked)
			keys[i] = cw_hash_mix(keys[i]);
		if (tasks->leaks && tasks->leaks->items[i].is_suspect)
			keys[i] = cw_hash_mix(~keys[i]);
	}
	cw_alike_init(&tasks->alike, keys, num);
	*ret = tasks;
	return NULL;
}

void cw_tasks_destroy(struct cw_tasks *tasks)
{
	if (!tasks)
		return;
	if (tasks->go)
		cw_goroutines_deinit(&tasks->goroutines);
	cw_goroutine_leaks_destroy(tasks->leaks);
	cw_alike_deinit(&tasks->alike);
	free(tasks);
}

#include "hang/task.h"

#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/memory.h"
#include "golang/collector.h"

enum { STEP = 256 };

/* A goroutine and what it has in common with others of its group. */
struct entry {
	uint64_t hash;
	uint32_t number;
};

static uint64_t hash_of(const struct cw_go *go,
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

static int by_hash(const void *left, const void *right)
{
	const struct entry *a = left, *b = right;

	if (a->hash != b->hash)
		return a->hash > b->hash ? 1 : -1;
	return (a->number > b->number) - (a->number < b->number);
}

static int by_size(const void *left, const void *right, void *members)
{
	const struct cw_task_group *a = left, *b = right;
	const uint32_t *numbers = members;

	if (a->num != b->num)
		return a->num < b->num ? 1 : -1;
	return (numbers[a->first] > numbers[b->first]) -
	       (numbers[a->first] < numbers[b->first]);
}

static void group_all(struct cw_tasks *tasks, const struct entry *entries)
{
	size_t num = tasks->goroutines.items.num;

	tasks->members = cw_alloc(num * sizeof(*tasks->members));
	for (size_t i = 0; i < num; i++) {
		tasks->members[i] = entries[i].number;
		if (i == 0 || entries[i].hash != entries[i - 1].hash)
			*cw_array_push(&tasks->groups) =
				(struct cw_task_group){.first = i};
		tasks->groups.items[tasks->groups.num - 1].num++;
	}
	if (tasks->groups.num)
		qsort_r(tasks->groups.items, tasks->groups.num,
			sizeof(*tasks->groups.items), by_size, tasks->members);
}

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
	cw_cleanup_free struct entry *entries =
		cw_alloc(num * sizeof(*entries));

	cw_progress_begin(progress, "unwinding goroutines", num);
	for (size_t i = 0; i < num; i++) {
		struct cw_error *err =
			i % STEP ? NULL : cw_progress_step(progress, i);
		if (err) {
			cw_tasks_destroy(tasks);
			return err;
		}
		entries[i].hash =
			hash_of(go, &tasks->goroutines.items.items[i]);
		if (tasks->leaks && tasks->leaks->items[i].is_leaked)
			entries[i].hash = cw_hash_mix(entries[i].hash);
		if (tasks->leaks && tasks->leaks->items[i].is_suspect)
			entries[i].hash = cw_hash_mix(~entries[i].hash);
		entries[i].number = i;
	}
	if (num)
		qsort(entries, num, sizeof(*entries), by_hash);
	group_all(tasks, entries);
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
	cw_array_deinit(&tasks->groups);
	free(tasks->members);
	free(tasks);
}

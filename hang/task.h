/*
 * Task: goroutines of a Go program, in groups that do the same.
 *
 * A group has one state, one reason to wait and one stack; and its goroutines
 * are leaked or suspect, or none is.
 */
#ifndef HANG_TASK_H
#define HANG_TASK_H

#include "base/alike.h"
#include "base/progress.h"
#include "golang/frame.h"
#include "hang/leak.h"

enum { CW_TASK_MAX_FRAMES = 100 };

struct cw_tasks {
	const struct cw_go *go; /* NULL: no Go program */
	struct cw_goroutines goroutines;
	struct cw_alike alike; /* numbers in goroutines */
	uint64_t latest;       /* ns: the program ran at least until then */
	struct cw_goroutine_leaks *leaks; /* NULL: not looked for */
};

/* @go may be NULL: no goroutines.  Leaks are looked for where there are roots
 * (else NULL), and Go's heap could be read. */
struct cw_error *cw_tasks_create(const struct cw_go *go,
				 const struct cw_heap *heap,
				 const struct cw_roots *roots,
				 struct cw_progress *progress,
				 struct cw_tasks **ret) cw_must_check;
void cw_tasks_destroy(struct cw_tasks *tasks);

static inline const struct cw_goroutine *
cw_tasks_member(const struct cw_tasks *tasks, const struct cw_group *group,
		uint32_t i)
{
	return &tasks->goroutines.items
			.items[tasks->alike.members[group->first + i]];
}

#endif

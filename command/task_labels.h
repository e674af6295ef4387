/*
 * Task labels: what runtime/pprof.Do() said of goroutines, as text and JSON.
 */
#ifndef COMMAND_TASK_LABELS_H
#define COMMAND_TASK_LABELS_H

#include "command/command.h"
#include "hang/task.h"

/* Of the first of a group, a line for each that differ. */
void cw_task_labels_write(struct cw_output *out, const struct cw_tasks *tasks,
			  const struct cw_group *group);
/* The array "labels" of one. */
void cw_task_labels_write_json(struct cw_json *json,
			       const struct cw_tasks *tasks,
			       const struct cw_goroutine *goroutine);

/* What leaked ones with the same labels retain; as JSON, too, "labels". */
void cw_task_label_sums_write(const struct cw_call *call,
			      const struct cw_tasks *tasks);
void cw_task_label_sums_write_json(struct cw_json *json,
				   const struct cw_tasks *tasks);

#endif

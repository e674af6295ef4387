#include <inttypes.h>

#include "base/memory.h"
#include "command/command.h"
#include "command/goroutine_text.h"
#include "command/heading.h"
#include "hang/task.h"

enum { MAX_LISTED = 12 };

/* The function that it is in, as its author sees it. */
static const char *function_of(const struct cw_tasks *tasks,
			       const struct cw_goroutine *goroutine)
{
	struct cw_go_frame frame;
	struct cw_go_function start;

	if (cw_goroutine_own_frame(tasks->go, goroutine, &frame))
		return frame.name;
	return cw_go_function_at(tasks->go, goroutine->start, &start)
		       ? start.name
		       : NULL;
}

static const struct cw_goroutine *member(const struct cw_tasks *tasks,
					 const struct cw_task_group *group,
					 uint32_t i)
{
	return &tasks->goroutines.items.items[tasks->members[group->first + i]];
}

static void write_group(struct cw_call *call, const struct cw_tasks *tasks,
			const struct cw_task_group *group)
{
	const struct cw_goroutine *first = member(tasks, group, 0);
	cw_cleanup_text struct cw_text ids = {0};
	char counted[CW_COUNTED_SIZE];

	for (uint32_t i = 0; i < group->num; i++) {
		if (i == MAX_LISTED) {
			cw_text_add(&ids, ", …");
			break;
		}
		cw_text_addf(&ids, "%s%" PRIu64, i ? ", " : "",
			     member(tasks, group, i)->id);
	}
	cw_output_line(call->out, 4, "%s, %s%s%s%s: %s",
		       cw_output_counted(counted, group->num, "goroutine"),
		       cw_go_status_name(first->status),
		       first->reason ? " (" : "",
		       first->reason ? first->reason : "",
		       first->reason ? ")" : "", ids.chars);
	if (first->tid)
		cw_output_line(call->out, 4, "  on thread %u", first->tid);
	cw_goroutine_write_stack(call->out, tasks->go, first);
}

static void write_text(struct cw_call *call, const struct cw_tasks *tasks)
{
	uint64_t limit = call->options->limit, num = 0;
	char counted[CW_COUNTED_SIZE];

	cw_heading_write(call->out, call->session->target);
	if (!tasks->go) {
		cw_output_text(call->out, "no program of Go: it has no "
					  "goroutines\n");
		cw_output_suggest(call->out, "hang stacks");
		return;
	}
	if (tasks->go->problem)
		cw_output_line(call->out, 2,
			       "Go %s, whose goroutines cannot be read: %s",
			       tasks->go->version, tasks->go->problem);
	cw_array_foreach(group, &tasks->groups)
	{
		if (limit && num++ == limit)
			break;
		write_group(call, tasks, group);
	}
	if (limit && tasks->groups.num > limit)
		cw_output_line(call->out, 2, "%zu more (--limit 0)",
			       tasks->groups.num - (size_t)limit);
	cw_output_line(call->out, 2, "= %s in %zu group%s",
		       cw_output_counted(counted, tasks->goroutines.items.num,
					 "goroutine"),
		       tasks->groups.num, tasks->groups.num == 1 ? "" : "s");
	if (tasks->goroutines.num_damaged)
		cw_output_line(call->out, 2, "%zu could not be read",
			       tasks->goroutines.num_damaged);
	cw_output_suggest(call->out, "heap stat");
}

static void write_row(struct cw_json *json, const struct cw_tasks *tasks,
		      const struct cw_goroutine *goroutine)
{
	struct cw_go_frame frame = {0};
	cw_cleanup_text struct cw_text creator = {0};

	cw_json_object(json, NULL);
	cw_json_text(json, "kind", "goroutine");
	cw_json_count(json, "id", goroutine->id);
	cw_json_text(json, "status", cw_go_status_name(goroutine->status));
	cw_json_text(json, "reason", goroutine->reason);
	cw_json_text(json, "function", function_of(tasks, goroutine));
	cw_goroutine_add_creator(tasks->go, goroutine, &creator);
	cw_json_text(json, "created_by", creator.chars);
	if (goroutine->creator_id)
		cw_json_count(json, "parent", goroutine->creator_id);
	else
		cw_json_null(json, "parent");
	if (goroutine->tid)
		cw_json_count(json, "tid", goroutine->tid);
	else
		cw_json_null(json, "tid");
	/* When it began to wait, the runtime notes only at times. */
	cw_json_null(json, "since");
	/* The runtime's own verdict; to be without it says nothing. */
	cw_json_text(json, "leaked",
		     goroutine->status == CW_GO_LEAKED ? "proven" : NULL);
	cw_json_null(json, "retained");
	cw_json_array(json, "frames");
	for (unsigned i = 0; i < CW_TASK_MAX_FRAMES; i++) {
		if (!cw_go_call_next(tasks->go, goroutine, &frame))
			break;
		cw_json_text(json, NULL, frame.name);
	}
	cw_json_end(json);
	cw_json_end(json);
}

static void write_json(struct cw_call *call, const struct cw_tasks *tasks)
{
	struct cw_json *json = call->out->json;
	uint64_t limit = call->options->limit, num = 0;

	cw_json_array(json, "rows");
	cw_array_foreach(group, &tasks->groups)
	{
		for (uint32_t i = 0; i < group->num; i++) {
			if (limit && num++ >= limit)
				break;
			write_row(json, tasks, member(tasks, group, i));
		}
	}
	cw_json_end(json);
	cw_json_count(json, "total", tasks->goroutines.items.num);
	cw_json_count(json, "groups", tasks->groups.num);
}

static struct cw_error *run(struct cw_call *call)
{
	struct cw_session *session = call->session;
	struct cw_tasks *tasks;
	struct cw_error *err =
		cw_tasks_create(session->heap->go, &session->progress, &tasks);

	if (err)
		return err;
	if (call->out->json)
		write_json(call, tasks);
	else
		write_text(call, tasks);
	call->result->has_totals = true;
	call->result->count = tasks->goroutines.items.num;
	cw_tasks_destroy(tasks);
	return NULL;
}

const struct cw_command cw_command_hang_tasks = {
	.group = "hang",
	.name = "tasks",
	.arguments = "",
	.summary = "goroutines, what each waits for, the same ones once",
	.help = "Goroutines of a Go program in groups with one state, one\n"
		"reason to wait, one stack and one origin; the largest comes\n"
		"first, with the numbers of its goroutines.",
	.known_as = "!gstackall, SIGQUIT",
	.needs = CW_NEEDS_HEAP,
	.takes = CW_TAKES_LIMIT,
	.run = run,
};

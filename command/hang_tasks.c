#include <inttypes.h>
#include <string.h>

#include "base/memory.h"
#include "command/command.h"
#include "command/goroutine_text.h"
#include "command/hang_text.h"
#include "command/heading.h"
#include "command/task_labels.h"
#include "golang/lock.h"
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

static const struct cw_goroutine_leak *
leak_of(const struct cw_tasks *tasks, const struct cw_group *group, uint32_t i)
{
	return tasks->leaks ? &tasks->leaks->items
				       [tasks->alike.members[group->first + i]]
			    : NULL;
}

static bool is_leaked(const struct cw_tasks *tasks,
		      const struct cw_group *group)
{
	const struct cw_goroutine_leak *leak = leak_of(tasks, group, 0);

	return leak && leak->is_leaked;
}

/* Only where all that may go on was seen is it a proof. */
static const char *verdict(const struct cw_tasks *tasks,
			   const struct cw_goroutine_leak *leak)
{
	if (!leak->is_leaked)
		return leak->is_suspect ? "suspect" : "no";
	return tasks->leaks->num_unseen ? "suspect" : "proven";
}

/* How long it waits at least, in ns. */
static uint64_t waited(const struct cw_goroutine *goroutine, uint64_t latest)
{
	return goroutine->reason && goroutine->wait_since &&
			       goroutine->wait_since < latest
		       ? latest - goroutine->wait_since
		       : 0;
}

/* The channel, lock, condition or group that it waits for, or 0. */
static cw_addr object_of(const struct cw_tasks *tasks,
			 const struct cw_goroutine *goroutine)
{
	cw_addr address = 0;

	if (tasks->leaks)
		address = tasks->leaks
				  ->items[goroutine -
					  tasks->goroutines.items.items]
				  .waits_for;
	if (address && cw_go_wait_of(goroutine) == CW_GO_WAIT_SEMAPHORE)
		cw_go_lock_waited_for(tasks->go, goroutine, address, &address);
	return address;
}

/* What it is called; nothing where no more is known of it than its size. */
static struct cw_error *add_name(struct cw_session *session, cw_addr address,
				 struct cw_text *text)
{
	static const char unnamed[] = "block of ";
	const struct cw_wait_object object = {.address = address};

	struct cw_error *err = cw_hang_object_name(session, &object, text);
	if (!err && text->length &&
	    strncmp(text->chars, unnamed, strlen(unnamed)) == 0)
		cw_text_deinit(text);
	return err;
}

static struct cw_error *write_object(struct cw_call *call,
				     const struct cw_tasks *tasks,
				     const struct cw_group *group)
{
	cw_addr address = object_of(tasks, cw_tasks_member(tasks, group, 0));
	cw_cleanup_text struct cw_text name = {0};

	if (address == 0)
		return NULL;
	struct cw_error *err = add_name(call->session, address, &name);
	if (err)
		return err;
	if (name.length == 0)
		cw_text_addf(&name, "0x%" PRIx64, address);
	cw_output_line(call->out, 4, "  %s %s",
		       group->num > 1 ? "the first waits for" : "waits for",
		       name.chars);
	return NULL;
}

/* What it is of a group: who else could end the wait, how long, for what. */
static struct cw_error *write_wait(struct cw_call *call,
				   const struct cw_tasks *tasks,
				   const struct cw_group *group)
{
	const struct cw_goroutine *first = cw_tasks_member(tasks, group, 0);
	const struct cw_goroutine_leak *leak = leak_of(tasks, group, 0);
	uint64_t minutes = waited(first, tasks->latest) / UINT64_C(60000000000);
	struct cw_heap_count retained = {0};
	char bytes[CW_NUMBER_SIZE], blocks[CW_COUNTED_SIZE];

	struct cw_error *err = write_object(call, tasks, group);
	if (err)
		return err;
	if (minutes)
		cw_output_line(call->out, 4, "  for at least %" PRIu64 " min",
			       minutes);
	if (first->status == CW_GO_LEAKED)
		cw_output_line(call->out, 4, "  leaked, says the runtime, too");
	for (uint32_t i = 0; leak && i < group->num; i++) {
		retained.blocks += leak_of(tasks, group, i)->retained.blocks;
		retained.bytes += leak_of(tasks, group, i)->retained.bytes;
	}
	if (leak && (leak->is_leaked || leak->is_suspect))
		cw_output_line(
			call->out, 4, "  %s %s in %s",
			group->num > 1 ? "they retain" : "it retains",
			cw_output_bytes(call->out, bytes, retained.bytes),
			cw_output_counted(blocks, retained.blocks, "block"));
	return NULL;
}

static struct cw_error *write_group(struct cw_call *call,
				    const struct cw_tasks *tasks,
				    const struct cw_group *group)
{
	const struct cw_goroutine *first = cw_tasks_member(tasks, group, 0);
	const struct cw_goroutine_leak *leak = leak_of(tasks, group, 0);
	const char *found = leak ? verdict(tasks, leak) : "no";
	cw_cleanup_text struct cw_text ids = {0};
	char counted[CW_COUNTED_SIZE];

	for (uint32_t i = 0; i < group->num; i++) {
		if (i == MAX_LISTED) {
			cw_text_add(&ids, ", …");
			break;
		}
		cw_text_addf(&ids, "%s%" PRIu64, i ? ", " : "",
			     cw_tasks_member(tasks, group, i)->id);
	}
	cw_output_line(
		call->out, 4, "%s, %s%s%s%s%s: %s",
		cw_output_counted(counted, group->num, "goroutine"),
		cw_go_status_name(first->status), first->reason ? " (" : "",
		first->reason ? first->reason : "", first->reason ? ")" : "",
		strcmp(found, "suspect") == 0  ? ", perhaps leaked"
		: strcmp(found, "proven") == 0 ? ", leaked"
					       : "",
		ids.chars);
	if (first->tid)
		cw_output_line(call->out, 4, "  on thread %u", first->tid);
	struct cw_error *err = write_wait(call, tasks, group);
	if (err)
		return err;
	if (call->options->has_labels)
		cw_task_labels_write(call->out, tasks, group);
	cw_goroutine_write_stack(call->out, tasks->go, first);
	return NULL;
}

static void write_leaks(struct cw_output *out, const struct cw_tasks *tasks)
{
	const struct cw_goroutine_leaks *leaks = tasks->leaks;
	char counted[CW_COUNTED_SIZE], bytes[CW_NUMBER_SIZE],
		stacks[CW_NUMBER_SIZE];

	if (!leaks || leaks->num_leaked == 0)
		return;
	cw_output_line(
		out, 2,
		"%s%s: nobody is left who could end the wait; %s of "
		"the heap and %s of stacks are kept for nothing",
		cw_output_counted(counted, leaks->num_leaked, "goroutine"),
		leaks->num_leaked == 1 ? " is leaked" : " are leaked",
		cw_output_bytes(out, bytes, leaks->retained.bytes),
		cw_output_bytes(out, stacks, leaks->stack_size));
	if (leaks->num_unseen)
		cw_output_line(out, 2,
			       "that is no proof: %u stacks could not be read",
			       leaks->num_unseen);
}

static void write_suspects(struct cw_output *out, const struct cw_tasks *tasks)
{
	const struct cw_goroutine_leaks *leaks = tasks->leaks;
	char counted[CW_COUNTED_SIZE], bytes[CW_NUMBER_SIZE];

	if (!leaks || leaks->num_suspect == 0)
		return;
	cw_output_line(
		out, 2,
		"%s%s perhaps leaked, with %s of the heap: only the other end "
		"of a connection could end the wait, and there is no deadline",
		cw_output_counted(counted, leaks->num_suspect, "goroutine"),
		leaks->num_suspect == 1 ? " is" : " are",
		cw_output_bytes(out, bytes, leaks->retained_by_suspects.bytes));
}

static struct cw_error *write_text(struct cw_call *call,
				   const struct cw_tasks *tasks)
{
	uint64_t limit = call->options->limit, num = 0, num_hidden = 0;
	char counted[CW_COUNTED_SIZE];

	cw_heading_write(call->out, call->session->target);
	if (!tasks->go) {
		cw_output_text(call->out, "no program of Go: it has no "
					  "goroutines\n");
		cw_output_suggest(call->out, "hang stacks");
		return NULL;
	}
	if (tasks->go->problem)
		cw_output_line(call->out, 2,
			       "Go %s, whose goroutines cannot be read: %s",
			       tasks->go->version, tasks->go->problem);
	cw_array_foreach(group, &tasks->alike.groups)
	{
		if (call->options->is_leaked && !is_leaked(tasks, group))
			continue;
		struct cw_error *err = NULL;
		if (limit && num >= limit)
			num_hidden++;
		else
			err = write_group(call, tasks, group);
		if (err)
			return err;
		num++;
	}
	cw_output_more(call->out, num_hidden);
	cw_output_line(call->out, 2, "= %s in %zu group%s",
		       cw_output_counted(counted, tasks->goroutines.items.num,
					 "goroutine"),
		       tasks->alike.groups.num,
		       tasks->alike.groups.num == 1 ? "" : "s");
	write_leaks(call->out, tasks);
	if (call->options->has_labels)
		cw_task_label_sums_write(call, tasks);
	write_suspects(call->out, tasks);
	if (tasks->goroutines.num_damaged)
		cw_output_line(call->out, 2, "%zu could not be read",
			       tasks->goroutines.num_damaged);
	if (tasks->leaks && tasks->leaks->num_leaked &&
	    !call->options->is_leaked)
		cw_output_suggest(call->out, "hang tasks --leaked");
	cw_output_suggest(call->out, "heap stat");
	return NULL;
}

static struct cw_error *write_verdict(struct cw_call *call,
				      const struct cw_tasks *tasks,
				      const struct cw_goroutine *goroutine)
{
	struct cw_json *json = call->out->json;
	cw_addr object = object_of(tasks, goroutine);
	cw_cleanup_text struct cw_text name = {0};
	const struct cw_goroutine_leak *leak =
		tasks->leaks
			? &tasks->leaks->items[goroutine -
					       tasks->goroutines.items.items]
			: NULL;

	cw_json_text(json, "leaked", leak ? verdict(tasks, leak) : NULL);
	if (leak && (leak->is_leaked || leak->is_suspect))
		cw_json_count(json, "retained", leak->retained.bytes);
	else
		cw_json_null(json, "retained");
	struct cw_error *err = NULL;
	if (object) {
		cw_json_address(json, "waits_for", object);
		err = add_name(call->session, object, &name);
	} else {
		cw_json_null(json, "waits_for");
	}
	cw_json_text(json, "waits_for_name", name.chars);
	cw_json_bool(json, "runtime_says_leaked",
		     goroutine->status == CW_GO_LEAKED);
	return err;
}

static struct cw_error *write_row(struct cw_call *call,
				  const struct cw_tasks *tasks,
				  const struct cw_goroutine *goroutine)
{
	struct cw_json *json = call->out->json;
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
	if (goroutine->wait_since)
		cw_json_count(json, "since",
			      waited(goroutine, tasks->latest) / 1000000000);
	else
		cw_json_null(json, "since");
	struct cw_error *err = write_verdict(call, tasks, goroutine);
	cw_task_labels_write_json(json, tasks, goroutine);
	cw_json_array(json, "frames");
	for (unsigned i = 0; i < CW_TASK_MAX_FRAMES; i++) {
		if (!cw_go_call_next(tasks->go, goroutine, &frame))
			break;
		cw_json_text(json, NULL, frame.name);
	}
	cw_json_end(json);
	cw_json_end(json);
	return err;
}

static struct cw_error *write_json(struct cw_call *call,
				   const struct cw_tasks *tasks)
{
	struct cw_json *json = call->out->json;
	uint64_t limit = call->options->limit, num = 0;

	cw_json_array(json, "rows");
	cw_array_foreach(group, &tasks->alike.groups)
	{
		if (call->options->is_leaked && !is_leaked(tasks, group))
			continue;
		for (uint32_t i = 0; i < group->num; i++) {
			if (limit && num++ >= limit)
				break;
			struct cw_error *err = write_row(
				call, tasks, cw_tasks_member(tasks, group, i));
			if (err)
				return err;
		}
	}
	cw_json_end(json);
	cw_json_count(json, "total", tasks->goroutines.items.num);
	cw_json_count(json, "groups", tasks->alike.groups.num);
	if (!tasks->leaks) {
		cw_json_null(json, "leaked");
		return NULL;
	}
	cw_json_count(json, "leaked", tasks->leaks->num_leaked);
	cw_json_count(json, "suspects", tasks->leaks->num_suspect);
	cw_json_count(json, "retained", tasks->leaks->retained.bytes);
	cw_json_count(json, "retained_by_suspects",
		      tasks->leaks->retained_by_suspects.bytes);
	cw_json_count(json, "stacks", tasks->leaks->stack_size);
	cw_task_label_sums_write_json(json, tasks);
	return NULL;
}

static struct cw_error *run(struct cw_call *call)
{
	struct cw_session *session = call->session;
	struct cw_tasks *tasks;
	struct cw_error *err =
		cw_tasks_create(session->heap->go, session->heap,
				session->roots, &session->progress, &tasks);

	if (err)
		return err;
	err = call->out->json ? write_json(call, tasks)
			      : write_text(call, tasks);
	call->result->has_totals = true;
	call->result->count = tasks->goroutines.items.num;
	cw_tasks_destroy(tasks);
	return err;
}

static const struct cw_option own_options[] = {
	{.name = "leaked",
	 .help = "only those that will wait for ever",
	 .kind = CW_OPTION_FLAG,
	 .offset = offsetof(struct cw_options, is_leaked)},
	{.name = "labels",
	 .help = "their labels, and what leaked ones retain by label",
	 .kind = CW_OPTION_FLAG,
	 .offset = offsetof(struct cw_options, has_labels)},
	{0},
};

const struct cw_command cw_command_hang_tasks = {
	.group = "hang",
	.name = "tasks",
	.arguments = "",
	.summary = "goroutines, what each waits for, the same ones once",
	.help = "Goroutines of a Go program in groups with one state, one\n"
		"reason to wait, one stack and one origin; the largest comes\n"
		"first, with the numbers of its goroutines.\n"
		"\n"
		"Leaked are those that wait for a channel, lock, condition or\n"
		"group that nobody has but goroutines that wait so "
		"themselves:\n"
		"a proof, of which only what some word keeps alive by chance\n"
		"escapes. What they retain is freed when they are ended.\n"
		"Perhaps leaked are those that wait without a deadline for a\n"
		"connection or pipe that nobody has but they.",
	.known_as = "!gstackall, SIGQUIT",
	.needs = CW_NEEDS_ROOTS,
	.takes = CW_TAKES_LIMIT,
	.own_options = own_options,
	.run = run,
};

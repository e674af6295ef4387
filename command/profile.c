#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/memory.h"
#include "command/command.h"
#include "command/goroutine_text.h"
#include "command/heading.h"
#include "command/held_stacks.h"
#include "command/profile_rows.h"
#include "export/pprof.h"
#include "golang/label.h"
#include "golang/profile.h"
#include "hang/task.h"

enum { MAX_CALLS = 4096, MAX_VALUES = 4 };

/* What can be told, and which sampling it is of. */
static const struct kind {
	const char *name;
	unsigned source; /* enum cw_go_profile_kind, or one of these */
	unsigned value;	 /* which of the source's values */
	bool is_bytes;
} kinds[] = {
#define GOROUTINES 3
#define REACHABLE  4
	{"inuse_space", CW_GO_PROFILE_MEMORY, 3, true},
	{"inuse_objects", CW_GO_PROFILE_MEMORY, 2, false},
	{"alloc_space", CW_GO_PROFILE_MEMORY, 1, true},
	{"alloc_objects", CW_GO_PROFILE_MEMORY, 0, false},
	{"goroutine", GOROUTINES, 0, false},
	{"block", CW_GO_PROFILE_BLOCK, 0, false},
	{"mutex", CW_GO_PROFILE_MUTEX, 0, false},
	{"reachable_space", REACHABLE, 1, true},
	{"reachable_objects", REACHABLE, 0, false},
};

/* As Go's own profiles call them: what a file of it has. */
static const struct source {
	unsigned num_values;
	struct {
		const char *type, *unit;
	} values[MAX_VALUES];
	const char *period_type, *period_unit;
} sources[] = {
	[CW_GO_PROFILE_MEMORY] = {4,
				  {{"alloc_objects", "count"},
				   {"alloc_space", "bytes"},
				   {"inuse_objects", "count"},
				   {"inuse_space", "bytes"}},
				  "space",
				  "bytes"},
	[CW_GO_PROFILE_BLOCK] = {2,
				 {{"contentions", "count"},
				  {"delay", "cycles"}},
				 "contentions",
				 "count"},
	[CW_GO_PROFILE_MUTEX] = {2,
				 {{"contentions", "count"},
				  {"delay", "cycles"}},
				 "contentions",
				 "count"},
	[GOROUTINES] = {1, {{"goroutine", "count"}}, "goroutine", "count"},
	[REACHABLE] = {2,
		       {{"reachable_objects", "count"},
			{"reachable_space", "bytes"}},
		       "reachable_space",
		       "bytes"},
};

struct answer {
	const struct cw_go *go;
	const struct kind *kind;
	struct cw_profile_rows rows;
	struct cw_pprof *pprof;
	uint64_t rate;
	size_t num_damaged;
	CW_ARRAY(const char *) calls; /* of the sample that is added */
	struct cw_held_stacks held;   /* of REACHABLE */
};

static void add_call(struct answer *answer, const struct cw_go_frame *frame)
{
	struct cw_pprof_place place = {
		.address = frame->place,
		.function = frame->name ? frame->name : "(not of Go)",
		.is_inlined = frame->is_inlined,
	};

	if (frame->name)
		cw_go_line_at(answer->go, &frame->function, frame->place,
			      &place.file, &place.line);
	*cw_array_push(&answer->calls) = place.function;
	cw_pprof_add_place(answer->pprof, &place);
}

static void end_sample(struct answer *answer, const uint64_t *values)
{
	cw_pprof_end_sample(answer->pprof, values);
	cw_profile_rows_add(&answer->rows, answer->calls.items,
			    answer->calls.num, values[answer->kind->value]);
}

/* ---- Buckets */

static void add_calls(struct answer *answer, const struct cw_go_bucket *bucket)
{
	struct cw_go_frame frame = {0};

	for (unsigned i = 0; i < MAX_CALLS; i++) {
		if (!cw_bucket_next_call(answer->go, bucket, &frame))
			break;
		add_call(answer, &frame);
	}
}

static void add_bucket(struct answer *answer,
		       const struct cw_go_profile *profile,
		       const struct cw_go_bucket *bucket)
{
	uint64_t values[MAX_VALUES] = {bucket->num_waits, bucket->cycles};

	if (profile->kind == CW_GO_PROFILE_MEMORY) {
		uint64_t in_use =
			bucket->num_allocs > bucket->num_frees
				? bucket->num_allocs - bucket->num_frees
				: 0;

		cw_go_profile_scale(profile, bucket->num_allocs, bucket->size,
				    &values[0], &values[1]);
		cw_go_profile_scale(profile, in_use, bucket->size, &values[2],
				    &values[3]);
	}
	answer->calls.num = 0;
	cw_pprof_begin_sample(answer->pprof);
	add_calls(answer, bucket);
	if (profile->kind == CW_GO_PROFILE_MEMORY)
		cw_pprof_add_number(answer->pprof, "bytes", bucket->size);
	end_sample(answer, values);
}

static void add_buckets(struct answer *answer)
{
	struct cw_go_profile profile;

	cw_go_profile_init(&profile, answer->go, answer->kind->source);
	answer->rate = profile.rate;
	answer->num_damaged = profile.num_damaged;
	cw_array_foreach(bucket, &profile.items)
		add_bucket(answer, &profile, bucket);
	cw_go_profile_deinit(&profile);
}

/* ---- Goroutines */

/* The runtime's own are in no profile, but where they run what is not. */
static bool is_system(const struct cw_go *go,
		      const struct cw_goroutine *goroutine)
{
	static const char *const user[] = {"runtime.main", "runtime.corostart",
					   "runtime.handleAsyncEvent"};
	static const char *const runners[] = {"runtime.runfinq",
					      "runtime.runFinalizers",
					      "runtime.runCleanups"};
	struct cw_go_function start;

	if (!cw_go_function_at(go, goroutine->start, &start) ||
	    strncmp(start.name, "runtime.", 8) != 0)
		return false;
	for (size_t i = 0; i < cw_num_elements(user); i++)
		if (strcmp(start.name, user[i]) == 0)
			return false;
	for (size_t i = 0; i < cw_num_elements(runners); i++) {
		struct cw_go_frame frame;

		if (strcmp(start.name, runners[i]) != 0)
			continue;
		return !cw_goroutine_own_frame(go, goroutine, &frame);
	}
	return true;
}

static void add_labels(struct answer *answer,
		       const struct cw_goroutine *goroutine)
{
	struct cw_go_label labels[CW_GO_MAX_LABELS];
	size_t num = cw_goroutine_labels(answer->go, goroutine, labels);

	for (size_t i = 0; i < num; i++) {
		cw_cleanup_text struct cw_text key = {0}, value = {0};

		cw_text_add_n(&key, labels[i].key, labels[i].key_length);
		cw_text_add_n(&value, labels[i].value, labels[i].value_length);
		cw_pprof_add_text(answer->pprof, key.chars, value.chars);
	}
}

/* @num with the stack and the labels of that one. */
static void add_goroutine(struct answer *answer,
			  const struct cw_goroutine *goroutine, uint64_t num)
{
	struct cw_go_frame frame = {0};

	answer->calls.num = 0;
	cw_pprof_begin_sample(answer->pprof);
	for (unsigned i = 0; i < MAX_CALLS; i++) {
		if (!cw_go_call_next(answer->go, goroutine, &frame))
			break;
		if (!frame.is_wrapper &&
		    strcmp(frame.name, "runtime.goexit") != 0)
			add_call(answer, &frame);
	}
	add_labels(answer, goroutine);
	end_sample(answer, &num);
}

struct labeled {
	uint64_t hash; /* of labels */
	const struct cw_goroutine *goroutine;
};

static int by_labels(const void *left, const void *right)
{
	const struct labeled *a = left, *b = right;

	if (a->hash != b->hash)
		return a->hash > b->hash ? 1 : -1;
	return (a->goroutine > b->goroutine) - (a->goroutine < b->goroutine);
}

/* Those with the same labels once. */
static void add_group(struct answer *answer, const struct cw_tasks *tasks,
		      const struct cw_task_group *group)
{
	cw_cleanup_free struct labeled *members =
		cw_alloc(group->num * sizeof(*members));
	cw_cleanup_text struct cw_text text = {0};

	for (uint32_t i = 0; i < group->num; i++) {
		members[i].goroutine =
			&tasks->goroutines.items
				 .items[tasks->members[group->first + i]];
		text.length = 0;
		cw_goroutine_labels_text(answer->go, members[i].goroutine,
					 &text);
		members[i].hash = cw_hash_bytes(text.chars, text.length);
	}
	qsort(members, group->num, sizeof(*members), by_labels);
	for (uint32_t i = 0, first = 0; i < group->num; i++)
		if (i + 1 == group->num ||
		    members[i + 1].hash != members[first].hash) {
			add_goroutine(answer, members[first].goroutine,
				      i + 1 - first);
			first = i + 1;
		}
}

static void add_goroutines(struct answer *answer, const struct cw_tasks *tasks)
{
	const struct cw_goroutine *all = tasks->goroutines.items.items;

	answer->num_damaged = tasks->goroutines.num_damaged;
	cw_array_foreach(group, &tasks->groups)
	{
		if (!is_system(answer->go, &all[tasks->members[group->first]]))
			add_group(answer, tasks, group);
	}
}

/* ---- Of any program: who holds what is reachable */

static struct cw_error *add_held(struct cw_session *session,
				 struct answer *answer)
{
	struct cw_error *err = cw_session_need(
		session, CW_NEEDS_TYPES | CW_NEEDS_REACH | CW_NEEDS_HOLDERS);
	if (!err)
		err = cw_held_stacks_init(&answer->held, session);
	if (err)
		return err;
	for (uint32_t i = 0; i < answer->held.items.num; i++) {
		const struct cw_heap_count *count =
			&answer->held.items.items[i].count;
		const uint64_t values[] = {count->blocks, count->bytes};
		const char *names[CW_MAX_HELD_DEPTH];

		if (count->blocks == 0)
			continue;
		size_t num = cw_held_stack_names(&answer->held, i, names);
		answer->calls.num = 0;
		cw_pprof_begin_sample(answer->pprof);
		for (size_t k = 0; k < num; k++) {
			*cw_array_push(&answer->calls) = names[k];
			cw_pprof_add_place(
				answer->pprof,
				&(struct cw_pprof_place){.function = names[k]});
		}
		end_sample(answer, values);
	}
	return NULL;
}

/* ---- The answer */

static struct cw_error *make(struct cw_call *call, struct answer *answer)
{
	const struct source *source = &sources[answer->kind->source];
	struct cw_tasks *tasks;

	for (unsigned i = 0; i < source->num_values; i++)
		cw_pprof_add_value(answer->pprof, source->values[i].type,
				   source->values[i].unit);
	if (answer->kind->source == GOROUTINES) {
		struct cw_error *err =
			cw_tasks_create(answer->go, NULL, NULL,
					&call->session->progress, &tasks);
		if (err)
			return err;
		add_goroutines(answer, tasks);
		cw_tasks_destroy(tasks);
		answer->rate = 1;
	} else if (answer->kind->source == REACHABLE) {
		struct cw_error *err = add_held(call->session, answer);
		if (err)
			return err;
	} else {
		add_buckets(answer);
	}
	cw_pprof_set_period(
		answer->pprof, source->period_type, source->period_unit,
		answer->kind->source == CW_GO_PROFILE_MEMORY ? answer->rate
							     : 1);
	cw_pprof_set_default(answer->pprof,
			     source->values[answer->kind->value].type);
	cw_profile_rows_sort(&answer->rows);
	return NULL;
}

static void write_json(struct cw_call *call, const struct answer *answer)
{
	struct cw_json *json = call->out->json;
	uint64_t limit = call->options->limit, num = 0;

	cw_json_text(json, "profile", answer->kind->name);
	cw_json_text(
		json, "unit",
		sources[answer->kind->source].values[answer->kind->value].unit);
	if (answer->kind->source == CW_GO_PROFILE_MEMORY)
		cw_json_count(json, "rate", answer->rate);
	cw_json_count(json, "samples", answer->rows.num_samples);
	cw_json_count(json, "total", answer->rows.total);
	cw_json_array(json, "rows");
	cw_array_foreach(row, &answer->rows.items)
	{
		if (limit && num++ == limit)
			break;
		cw_json_object(json, NULL);
		cw_json_text(json, "function", row->function);
		cw_json_count(json, "flat", row->flat);
		cw_json_count(json, "cumulative", row->cumulative);
		cw_json_end(json);
	}
	cw_json_end(json);
	if (answer->kind->source == REACHABLE)
		cw_held_stacks_write(call, &answer->held,
				     answer->kind->is_bytes);
}

static const struct cw_column columns[] = {
	{"flat", CW_COLUMN_NUMBER},	  {"share", CW_COLUMN_NUMBER},
	{"cumulative", CW_COLUMN_NUMBER}, {"share", CW_COLUMN_NUMBER},
	{"function", CW_COLUMN_WRAP},
};

static void add_value(struct cw_table *table, const struct answer *answer,
		      uint64_t value)
{
	if (answer->kind->is_bytes)
		cw_table_bytes(table, value);
	else
		cw_table_count(table, value);
	cw_table_share(table, value, answer->rows.total);
}

static void write_rows(struct cw_call *call, const struct answer *answer)
{
	uint64_t limit = call->options->limit, num = 0;
	struct cw_table table;

	cw_table_init(&table, call->out, columns, cw_num_elements(columns));
	cw_array_foreach(row, &answer->rows.items)
	{
		if ((limit && num++ == limit) || row->cumulative == 0)
			break;
		cw_table_row(&table);
		add_value(&table, answer, row->flat);
		add_value(&table, answer, row->cumulative);
		cw_table_text(&table, row->function);
	}
	cw_table_end(&table);
	if (limit && answer->rows.items.num > limit)
		cw_output_line(call->out, 2, "%zu more (--limit 0)",
			       answer->rows.items.num - (size_t)limit);
}

static void write_text(struct cw_call *call, const struct answer *answer)
{
	struct cw_output *out = call->out;
	char total[CW_COUNTED_SIZE], samples[CW_COUNTED_SIZE];

	cw_heading_write(out, call->session->target);
	if (answer->go && answer->go->problem)
		cw_output_line(out, 2, "Go %s, which cannot be read: %s",
			       answer->go->version, answer->go->problem);
	if (answer->rows.num_samples == 0 &&
	    answer->kind->source != REACHABLE) {
		cw_output_line(out, 2, "the runtime sampled nothing for '%s'%s",
			       answer->kind->name,
			       answer->kind->source == CW_GO_PROFILE_BLOCK
				       ? ": runtime.SetBlockProfileRate() was "
					 "not called"
			       : answer->kind->source == CW_GO_PROFILE_MUTEX
				       ? ": runtime.SetMutexProfileFraction() "
					 "was not called"
			       : answer->kind->source == CW_GO_PROFILE_MEMORY
				       ? ": programs do that use "
					 "runtime/pprof, unless "
					 "MemProfileRate is 0"
				       : "");
		return;
	}
	if (answer->kind->source == REACHABLE)
		cw_held_stacks_write(call, &answer->held,
				     answer->kind->is_bytes);
	else
		write_rows(call, answer);
	if (answer->kind->is_bytes)
		cw_output_bytes(out, total, answer->rows.total);
	else
		cw_text_count(total, answer->rows.total);
	cw_output_line(
		out, 2, "= %s of %s, in %s", total, answer->kind->name,
		cw_output_counted(samples, answer->rows.num_samples, "stack"));
	if (answer->num_damaged)
		cw_output_line(out, 2, "the list is damaged: there are more");
	if (call->options->pprof) {
		cw_output_line(out, 2, "written to %s", call->options->pprof);
		cw_output_suggest(out, "go tool pprof -top %s",
				  call->options->pprof);
	} else {
		cw_output_suggest(out, "heap profile %s --pprof FILE",
				  answer->kind->name);
	}
}

static struct cw_error *kind_find(const struct cw_call *call,
				  const struct kind **ret)
{
	cw_cleanup_text struct cw_text names = {0};

	*ret = kinds;
	if (call->num_arguments == 0)
		return NULL;
	for (size_t i = 0; i < cw_num_elements(kinds); i++) {
		if (strcmp(kinds[i].name, call->arguments[0]) == 0) {
			*ret = &kinds[i];
			return NULL;
		}
		cw_text_addf(&names, "%s%s", i ? ", " : "", kinds[i].name);
	}
	return cw_error_new(CW_ERROR_USAGE, "no profile '%s'; there are %s",
			    call->arguments[0], names.chars);
}

static struct cw_error *run(struct cw_call *call)
{
	struct answer answer = {.go = call->session->heap->go};

	struct cw_error *err = kind_find(call, &answer.kind);
	if (err)
		return err;
	if (!answer.go && answer.kind->source != REACHABLE)
		return cw_error_new(CW_ERROR_TARGET,
				    "no program of Go: nothing was sampled; "
				    "of any program there is "
				    "'reachable_space'");
	cw_profile_rows_init(&answer.rows);
	answer.pprof = cw_pprof_create();
	err = make(call, &answer);
	if (!err && call->options->pprof)
		err = cw_pprof_write(answer.pprof, call->options->pprof);
	if (!err && call->out->json)
		write_json(call, &answer);
	else if (!err)
		write_text(call, &answer);
	call->result->has_totals = true;
	call->result->count = answer.rows.num_samples;
	call->result->bytes = answer.kind->is_bytes ? answer.rows.total : 0;
	cw_array_deinit(&answer.calls);
	cw_pprof_destroy(answer.pprof);
	cw_held_stacks_deinit(&answer.held);
	cw_profile_rows_deinit(&answer.rows);
	return err;
}

static const struct cw_option own_options[] = {
	{.name = "pprof",
	 .argument = "FILE",
	 .help = "write it for 'go tool pprof', too",
	 .kind = CW_OPTION_TEXT,
	 .offset = offsetof(struct cw_options, pprof)},
	{0},
};

const struct cw_command cw_command_profile = {
	.group = "heap",
	.name = "profile",
	.arguments = "[KIND]",
	.max_arguments = 1,
	.summary = "who holds what is reachable; of Go, who allocated",
	.help = "What the runtime of a Go program sampled, by function, as\n"
		"'go tool pprof -top' shows it: what a function did itself\n"
		"(flat), and with all that it called (cumulative).\n"
		"\n"
		"KIND is inuse_space, inuse_objects, alloc_space or\n"
		"alloc_objects, as of the last collection but one; goroutine;\n"
		"block or mutex, where the program asked for these.\n"
		"--pprof FILE writes the profile as net/http/pprof would.\n"
		"\n"
		"Of any program, in C, C++ or Rust, too: reachable_space and\n"
		"reachable_objects, all that is reachable by who holds it. A\n"
		"stack is a root, the types of the blocks that retain each\n"
		"other ('heap dominators'), and innermost the type itself.",
	.known_as = "net/http/pprof",
	.needs = CW_NEEDS_HEAP,
	.takes = CW_TAKES_LIMIT,
	.own_options = own_options,
	.run = run,
};

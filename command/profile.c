#include <string.h>

#include "base/memory.h"
#include "command/command.h"
#include "command/heading.h"
#include "command/profile_samples.h"

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
	} values[CW_PROFILE_MAX_VALUES];
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
	const struct kind *kind;
	struct cw_profile_samples samples;
};

static struct cw_error *make(struct cw_call *call, struct answer *answer)
{
	const struct source *source = &sources[answer->kind->source];
	struct cw_tasks *tasks;

	for (unsigned i = 0; i < source->num_values; i++)
		cw_pprof_add_value(answer->samples.pprof,
				   source->values[i].type,
				   source->values[i].unit);
	if (answer->kind->source == GOROUTINES) {
		struct cw_error *err =
			cw_tasks_create(answer->samples.go, NULL, NULL,
					&call->session->progress, &tasks);
		if (err)
			return err;
		cw_profile_samples_add_goroutines(&answer->samples, tasks);
		cw_tasks_destroy(tasks);
		answer->samples.rate = 1;
	} else if (answer->kind->source == REACHABLE) {
		struct cw_error *err = cw_profile_samples_add_held(
			&answer->samples, call->session);
		if (err)
			return err;
	} else {
		cw_profile_samples_add_buckets(&answer->samples,
					       answer->kind->source);
	}
	cw_pprof_set_period(answer->samples.pprof, source->period_type,
			    source->period_unit,
			    answer->kind->source == CW_GO_PROFILE_MEMORY
				    ? answer->samples.rate
				    : 1);
	cw_pprof_set_default(answer->samples.pprof,
			     source->values[answer->kind->value].type);
	cw_profile_rows_sort(&answer->samples.rows);
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
		cw_json_count(json, "rate", answer->samples.rate);
	cw_json_count(json, "samples", answer->samples.rows.num_samples);
	cw_json_count(json, "total", answer->samples.rows.total);
	cw_json_array(json, "rows");
	cw_array_foreach(row, &answer->samples.rows.items)
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
		cw_held_stacks_write(call, &answer->samples.held,
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
	cw_table_share(table, value, answer->samples.rows.total);
}

static void write_rows(struct cw_call *call, const struct answer *answer)
{
	uint64_t limit = call->options->limit, num = 0;
	struct cw_table table;

	cw_table_init(&table, call->out, columns, cw_num_elements(columns));
	cw_array_foreach(row, &answer->samples.rows.items)
	{
		if ((limit && num++ == limit) || row->cumulative == 0)
			break;
		cw_table_row(&table);
		add_value(&table, answer, row->flat);
		add_value(&table, answer, row->cumulative);
		cw_table_text(&table, row->function);
	}
	cw_table_end(&table);
	if (limit && answer->samples.rows.items.num > limit)
		cw_output_more(call->out,
			       answer->samples.rows.items.num - limit);
}

static void write_text(struct cw_call *call, const struct answer *answer)
{
	struct cw_output *out = call->out;
	char total[CW_COUNTED_SIZE], samples[CW_COUNTED_SIZE];

	cw_heading_write(out, call->session->target);
	if (answer->samples.go && answer->samples.go->problem)
		cw_output_line(out, 2, "Go %s, which cannot be read: %s",
			       answer->samples.go->version,
			       answer->samples.go->problem);
	if (answer->samples.rows.num_samples == 0 &&
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
		cw_held_stacks_write(call, &answer->samples.held,
				     answer->kind->is_bytes);
	else
		write_rows(call, answer);
	if (answer->kind->is_bytes)
		cw_output_bytes(out, total, answer->samples.rows.total);
	else
		cw_text_count(total, answer->samples.rows.total);
	cw_output_line(out, 2, "= %s of %s, in %s", total, answer->kind->name,
		       cw_output_counted(samples,
					 answer->samples.rows.num_samples,
					 "stack"));
	if (answer->samples.num_damaged)
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
	const struct cw_go *go = call->session->heap->go;
	struct answer answer;

	struct cw_error *err = kind_find(call, &answer.kind);
	if (err)
		return err;
	if (!go && answer.kind->source != REACHABLE)
		return cw_error_new(CW_ERROR_TARGET,
				    "no program of Go: nothing was sampled; "
				    "of any program there is "
				    "'reachable_space'");
	cw_profile_samples_init(&answer.samples, go, answer.kind->value);
	err = make(call, &answer);
	if (!err && call->options->pprof)
		err = cw_pprof_write(answer.samples.pprof,
				     call->options->pprof);
	if (!err && call->out->json)
		write_json(call, &answer);
	else if (!err)
		write_text(call, &answer);
	call->result->has_totals = true;
	call->result->count = answer.samples.rows.num_samples;
	call->result->bytes =
		answer.kind->is_bytes ? answer.samples.rows.total : 0;
	cw_profile_samples_deinit(&answer.samples);
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

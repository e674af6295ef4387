#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/memory.h"
#include "command/command.h"
#include "command/condition.h"
#include "command/histogram.h"
#include "target/core_write.h"

/* Beyond, blocks are told apart by size: types would take too long. */
#define MAX_BLOCKS_TO_TYPE 1000000

/* Times as long as a sample took is waited at least: so its cost is bounded. */
enum { MIN_REST = 4 };

/* What there was of one type, or of one size, at one moment. */
struct kind {
	char *name;
	struct cw_heap_count count;
};

struct sample {
	double at; /* seconds since the first */
	struct cw_heap_count used, unreachable;
	double pause; /* milliseconds */
	double took;  /* seconds */
	CW_ARRAY(struct kind) kinds;
};

static void sample_deinit(struct sample *sample)
{
	cw_array_foreach(kind, &sample->kinds) free(kind->name);
	cw_array_deinit(&sample->kinds);
}

static volatile sig_atomic_t must_end;

static void end_watch(int signal)
{
	must_end = 1;
}

/* The first Ctrl-C ends the watch with what it saw, the second at once. */
static void catch_interrupts(void)
{
	struct sigaction action = {
		.sa_handler = end_watch,
		.sa_flags = SA_RESETHAND,
	};

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
}

static double seconds_since(uint64_t began)
{
	return (cw_clock_now() - began) / 1e9;
}

static void count_used(const struct cw_session *session, struct sample *sample)
{
	sample->unreachable = session->reach->unreachable;
	sample->used = session->reach->reachable;
	sample->used.blocks += session->reach->weak.blocks +
			       session->reach->unreachable.blocks;
	sample->used.bytes +=
		session->reach->weak.bytes + session->reach->unreachable.bytes;
}

/* Numbers of shapes differ from look to look: their size does not. */
static char *kind_name(const struct cw_histogram_row *row)
{
	char number[CW_NUMBER_SIZE];

	if (row->shape)
		return cw_format(
			"unknown, of %s B",
			cw_text_count(number,
				      row->count.bytes / row->count.blocks));
	return row->name ? cw_strdup(row->name)
			 : cw_format("blocks of %s B",
				     cw_text_count(number, row->key));
}

static void kind_add(struct sample *sample, const struct cw_histogram_row *row)
{
	cw_cleanup_free char *name = kind_name(row);

	cw_array_foreach(kind, &sample->kinds)
	{
		if (!row->shape || strcmp(kind->name, name) != 0)
			continue;
		kind->count.blocks += row->count.blocks;
		kind->count.bytes += row->count.bytes;
		return;
	}
	*cw_array_push(&sample->kinds) =
		(struct kind){.name = name, .count = row->count};
	name = NULL;
}

static struct cw_error *count_kinds(const struct cw_call *call,
				    struct cw_session *session,
				    struct sample *sample)
{
	bool has_types = session->heap->index.num_blocks <= MAX_BLOCKS_TO_TYPE;
	struct cw_histogram histogram;
	struct cw_filter filter;

	struct cw_error *err = cw_session_need(
		session, has_types ? CW_NEEDS_TYPES : CW_NEEDS_NUMBERS);
	if (!err)
		err = cw_filter_init(&filter, call->options);
	if (err)
		return err;
	err = cw_histogram_init(&histogram, session, &filter,
				has_types ? CW_BY_TYPE : CW_BY_SIZE);
	cw_filter_deinit(&filter);
	if (err)
		return err;
	cw_array_foreach(row, &histogram.rows) kind_add(sample, row);
	cw_histogram_deinit(&histogram);
	return NULL;
}

static struct cw_error *sample_take(const struct cw_call *call,
				    const struct cw_condition *condition,
				    struct sample *ret, bool *ret_holds)
{
	const struct cw_options *options = call->options;
	const struct cw_target_options target_options = {
		.exe = options->exe,
		.sysroot = options->sysroot,
		.debug_dir = options->debug_dir,
	};
	struct sample sample = {0};
	struct cw_target *target;
	uint64_t began = cw_clock_now();

	struct cw_error *err = cw_target_open_process(
		options->pid, options->snapshot, &target_options, &target);
	if (err)
		return err;
	sample.pause = target->pause / 1e6;
	struct cw_session *session = cw_session_create(target);
	err = cw_session_need(session, CW_NEEDS_REACH);
	if (!err) {
		count_used(session, &sample);
		err = count_kinds(call, session, &sample);
	}
	if (!err && condition)
		err = cw_condition_test(condition, session, ret_holds);
	if (!err && *ret_holds && options->save)
		err = cw_core_write(target, options->save);
	cw_session_destroy(session);
	if (err) {
		sample_deinit(&sample);
		return err;
	}
	sample.took = seconds_since(began);
	*ret = sample;
	return NULL;
}

static void write_sample(const struct cw_call *call,
			 const struct sample *sample)
{
	struct cw_json *json = call->out->json;
	char used[CW_NUMBER_SIZE], lost[CW_NUMBER_SIZE];
	char blocks[CW_NUMBER_SIZE], lost_blocks[CW_NUMBER_SIZE];

	if (json) {
		cw_json_object(json, NULL);
		cw_json_share(json, "seconds", sample->at);
		cw_json_heap_count(json, "used", &sample->used);
		cw_json_heap_count(json, "unreachable", &sample->unreachable);
		cw_json_share(json, "pause_ms", sample->pause);
		cw_json_end(json);
		return;
	}
	cw_output_text(
		call->out, "%8.0f  %12s  %9s  %12s  %9s  %8.1f\n", sample->at,
		cw_text_count(blocks, sample->used.blocks),
		cw_output_bytes(call->out, used, sample->used.bytes),
		cw_text_count(lost_blocks, sample->unreachable.blocks),
		cw_output_bytes(call->out, lost, sample->unreachable.bytes),
		sample->pause);
	fflush(call->out->file);
}

/* What there is of a kind now, and was before. */
struct growth {
	const char *name;
	struct cw_heap_count before, after;
};

struct growths {
	CW_ARRAY(struct growth) items; /* that grew, most bytes first */
};

static int compare_growths(const void *left, const void *right)
{
	const struct growth *a = left, *b = right;
	int64_t grown_a = a->after.bytes - a->before.bytes;
	int64_t grown_b = b->after.bytes - b->before.bytes;

	if (grown_a != grown_b)
		return grown_a < grown_b ? 1 : -1;
	return strcmp(a->name, b->name);
}

static void growths_find(const struct sample *first, const struct sample *last,
			 struct growths *ret)
{
	struct cw_map by_name;
	uint32_t number;

	cw_map_init(&by_name);
	for (uint32_t i = 0; i < first->kinds.num; i++) {
		const char *name = first->kinds.items[i].name;
		cw_map_set(&by_name, cw_hash_bytes(name, strlen(name)), i);
	}
	cw_array_foreach(kind, &last->kinds)
	{
		struct growth growth = {.name = kind->name,
					.after = kind->count};
		if (cw_map_get(&by_name,
			       cw_hash_bytes(kind->name, strlen(kind->name)),
			       &number))
			growth.before = first->kinds.items[number].count;
		if (growth.after.bytes > growth.before.bytes)
			*cw_array_push(&ret->items) = growth;
	}
	cw_map_deinit(&by_name);
	if (ret->items.num > 1)
		qsort(ret->items.items, ret->items.num, sizeof(struct growth),
		      compare_growths);
}

static void write_growths(const struct cw_call *call,
			  const struct growths *growths)
{
	static const struct cw_column columns[] = {
		{"grew by", CW_COLUMN_NUMBER},
		{"blocks", CW_COLUMN_NUMBER},
		{"to", CW_COLUMN_NUMBER},
		{"type", CW_COLUMN_CUT},
	};
	uint64_t limit = call->options->limit;
	struct cw_json *json = call->out->json;
	struct cw_table table;

	if (json)
		cw_json_array(json, "grew");
	else
		cw_table_init(&table, call->out, columns,
			      cw_num_elements(columns));
	for (size_t i = 0; i < growths->items.num && (!limit || i < limit);
	     i++) {
		const struct growth *growth = &growths->items.items[i];
		if (json) {
			cw_json_object(json, NULL);
			cw_json_text(json, "type", growth->name);
			cw_json_heap_count(json, "before", &growth->before);
			cw_json_heap_count(json, "after", &growth->after);
			cw_json_end(json);
			continue;
		}
		cw_table_row(&table);
		cw_table_bytes(&table,
			       growth->after.bytes - growth->before.bytes);
		cw_table_format(&table, "%+" PRId64,
				(int64_t)(growth->after.blocks -
					  growth->before.blocks));
		cw_table_bytes(&table, growth->after.bytes);
		cw_table_text(&table, growth->name);
	}
	if (json) {
		cw_json_end(json);
		return;
	}
	cw_table_end(&table);
	if (growths->items.num == 0)
		cw_output_line(call->out, 0, "nothing grew");
}

/* False: the watch is to end. */
static bool rest(double seconds)
{
	struct timespec time = {.tv_sec = seconds};

	time.tv_nsec = (seconds - time.tv_sec) * 1e9;
	return !must_end && nanosleep(&time, NULL) == 0 && !must_end;
}

/* Samples until the end; the process may end first, which is no error. */
static struct cw_error *watch(struct cw_call *call,
			      const struct cw_condition *condition,
			      struct sample *first, struct sample *last)
{
	const struct cw_options *options = call->options;
	uint64_t interval = options->interval ? options->interval : 10;
	uint64_t began = cw_clock_now();

	for (uint64_t num = 0;; num++) {
		struct sample sample;
		double at = seconds_since(began);
		bool holds = false;

		struct cw_error *err =
			sample_take(call, condition, &sample, &holds);
		if (err && num > 0 && !call->out->json)
			cw_output_line(call->out, 2, "the end: %s",
				       cw_error_message(err));
		if (err && num > 0) {
			cw_error_destroy(err);
			return NULL;
		}
		if (err)
			return err;
		sample.at = at;
		write_sample(call, &sample);
		sample_deinit(num == 0 ? first : last);
		*(num == 0 ? first : last) = sample;
		if (holds && !call->out->json)
			cw_output_line(call->out, 2, "%s%s%s", options->fail_if,
				       options->save ? ": saved as " : "",
				       options->save ? options->save : "");
		if (holds)
			call->result->status = 1;
		double pause = interval - sample.took;
		if (pause < MIN_REST * sample.took)
			pause = MIN_REST * sample.took;
		if (holds || (options->count && num + 1 >= options->count) ||
		    !rest(pause))
			return NULL;
	}
}

static struct cw_error *run_watch(struct cw_call *call,
				  const struct cw_condition *condition)
{
	struct sample first = {0}, last = {0};
	struct growths growths = {0};

	if (call->out->json)
		cw_json_array(call->out->json, "samples");
	else
		cw_output_text(call->out, "%8s  %12s  %9s  %12s  %9s  %8s\n",
			       "seconds", "used blocks", "bytes", "unreachable",
			       "bytes", "pause ms");
	struct cw_error *err = watch(call, condition, &first, &last);
	if (call->out->json)
		cw_json_end(call->out->json);
	if (!err) {
		growths_find(&first, &last, &growths);
		write_growths(call, &growths);
	}
	cw_array_deinit(&growths.items);
	sample_deinit(&first);
	sample_deinit(&last);
	return err;
}

static struct cw_error *run(struct cw_call *call)
{
	struct cw_condition condition;
	struct cw_json json;

	if (call->out->is_gdb)
		return cw_error_new(CW_ERROR_USAGE,
				    "'watch' is for the shell: the process "
				    "must run");
	if (!call->options->pid || call->options->pid > UINT32_MAX)
		return cw_error_new(CW_ERROR_USAGE,
				    "which process? corewalk watch --pid PID");
	if (call->options->fail_if) {
		struct cw_error *err =
			cw_condition_parse(call->options->fail_if, &condition);
		if (err)
			return err;
	}
	if (call->options->save && !call->options->fail_if)
		return cw_error_new(CW_ERROR_USAGE,
				    "when is it to be saved? --fail-if "
				    "CONDITION");
	must_end = 0;
	catch_interrupts();
	if (call->options->is_json) {
		cw_json_init(&json, call->out->file);
		call->out->json = &json;
		cw_json_object(&json, NULL);
	}
	struct cw_error *err =
		run_watch(call, call->options->fail_if ? &condition : NULL);
	if (call->out->json) {
		cw_json_end_all(&json);
		call->out->json = NULL;
	}
	return err;
}

static const struct cw_option options[] = {
	{.name = "interval",
	 .argument = "SECONDS",
	 .help = "from one look to the next (10)",
	 .kind = CW_OPTION_COUNT,
	 .offset = offsetof(struct cw_options, interval)},
	{.name = "save",
	 .argument = "FILE",
	 .help = "write a core of it when the condition of --fail-if holds",
	 .kind = CW_OPTION_TEXT,
	 .offset = offsetof(struct cw_options, save)},
	{.name = "count",
	 .argument = "N",
	 .help = "end after N looks (0: when the process ends)",
	 .kind = CW_OPTION_COUNT,
	 .offset = offsetof(struct cw_options, count)},
	{0},
};

const struct cw_command cw_command_watch = {
	.name = "watch",
	.arguments = "",
	.summary = "a running process again and again, and what grew",
	.help = "Looks at the process --pid at an interval: used and lost "
		"blocks,\n"
		"and for how long it stood still.  At the end, which is "
		"Ctrl-C,\n"
		"that of the process, or a --fail-if condition that holds, "
		"the\n"
		"types that grew since the first look.  It takes a fifth of "
		"one\n"
		"processor at most: if need be it looks less often.",
	.known_as = "UMDH (Windows), memleak-bpfcc",
	.needs_no_target = true,
	.takes = CW_TAKES_LIMIT | CW_TAKES_FILTER,
	.own_options = options,
	.run = run,
};

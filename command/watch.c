#include <elf.h>
#include <inttypes.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>

#include "base/cache.h"
#include "base/clock.h"
#include "base/map.h"
#include "base/memory.h"
#include "command/command.h"
#include "command/condition.h"
#include "command/growth.h"
#include "command/heading.h"
#include "command/place.h"
#include "config.h"
#include "target/core_write.h"

/*
 * Times as long as a look took of a processor are waited at least: so its cost
 * is bounded.
 */
enum { MIN_REST = 4 };

struct sample {
	double at; /* seconds since the first */
	struct cw_heap_count used, unreachable;
	uint64_t elsewhere; /* bytes in no known allocator */
	double pause;	    /* milliseconds */
	double took;	    /* seconds of a processor */
	char *exe;	    /* or NULL */
	uint64_t program;   /* another number in each that the process runs */
	struct cw_kinds kinds;
};

static void sample_deinit(struct sample *sample)
{
	free(sample->exe);
	cw_kinds_deinit(&sample->kinds);
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

static double processor_seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return now.tv_sec + now.tv_nsec / 1e9;
}

/* The kernel puts random bytes at a random place of each new program. */
static uint64_t program_of(const struct cw_target *target)
{
	cw_array_foreach(entry, &target->auxv)
	{
		uint64_t word = 0;
		if (entry->type != AT_RANDOM)
			continue;
		cw_target_read_word(target, entry->value, &word);
		return cw_hash_mix(entry->value ^ word);
	}
	return 0;
}

static struct cw_error *look_at(const struct cw_call *call,
				const struct cw_condition *condition,
				struct cw_session *session, struct sample *ret,
				bool *ret_holds)
{
	const char *save = call->options->save;

	session->num_threads = call->options->threads;
	struct cw_error *err = cw_session_need(session, CW_NEEDS_REACH);
	if (!err) {
		count_used(session, ret);
		ret->elsewhere = cw_places_elsewhere(session);
		err = cw_kinds_count(call, session, &ret->kinds);
	}
	if (!err && condition)
		err = cw_condition_test(condition, session, ret_holds);
	if (!err && *ret_holds && save)
		err = cw_core_write(session->target, save);
	return err;
}

static struct cw_error *sample_take(const struct cw_call *call,
				    const struct cw_condition *condition,
				    bool is_first, struct sample *ret,
				    bool *ret_holds)
{
	const struct cw_options *options = call->options;
	cw_cleanup_free char *cache =
		options->has_no_cache ? NULL : cw_cache_folder();
	const struct cw_target_options target_options = {
		.exe = options->exe,
		.sysroot = options->sysroot,
		.debug_dir = options->debug_dir,
		.cache = cache,
	};
	struct sample sample = {0};
	struct cw_target *target;
	double began = processor_seconds();

	struct cw_error *err = cw_target_open_process(
		options->pid, options->snapshot, &target_options, &target);
	if (err)
		return err;
	if (is_first && !call->out->json)
		cw_heading_write(call->out, target);
	sample.pause = target->pause / 1e6;
	sample.exe = target->exe_path ? cw_strdup(target->exe_path) : NULL;
	sample.program = program_of(target);
	struct cw_session *session = cw_session_create(target);
	err = look_at(call, condition, session, &sample, ret_holds);
	cw_session_destroy(session);
	if (err) {
		sample_deinit(&sample);
		return err;
	}
	sample.took = processor_seconds() - began;
	*ret = sample;
	return NULL;
}

/* Milliseconds are enough. */
static double rounded(double number)
{
	return round(number * 1000) / 1000;
}

/* One line of JSON. */
static void json_begin(const struct cw_call *call)
{
	struct cw_json *json = call->out->json;

	cw_json_object(json, NULL);
	cw_json_text(json, "corewalk", PACKAGE_VERSION);
	cw_json_text(json, "command", "watch");
	cw_json_count(json, "pid", call->options->pid);
}

static void json_end(const struct cw_call *call)
{
	cw_json_end_all(call->out->json);
	fflush(call->out->file);
}

static void write_json_sample(const struct cw_call *call,
			      const struct sample *sample)
{
	struct cw_json *json = call->out->json;

	json_begin(call);
	cw_json_text(json, "exe", sample->exe);
	cw_json_share(json, "seconds", rounded(sample->at));
	cw_json_heap_count(json, "used", &sample->used);
	cw_json_heap_count(json, "unreachable", &sample->unreachable);
	cw_json_count(json, "elsewhere", sample->elsewhere);
	cw_json_share(json, "pause_ms", rounded(sample->pause));
	cw_json_share(json, "cpu_seconds", rounded(sample->took));
	json_end(call);
}

static void write_sample(const struct cw_call *call,
			 const struct sample *sample)
{
	char used[CW_NUMBER_SIZE], lost[CW_NUMBER_SIZE];
	char blocks[CW_NUMBER_SIZE], lost_blocks[CW_NUMBER_SIZE];
	char elsewhere[CW_NUMBER_SIZE];

	if (call->out->json) {
		write_json_sample(call, sample);
		return;
	}
	cw_output_text(
		call->out, "%8.0f  %12s  %9s  %12s  %9s  %9s  %8.1f\n",
		sample->at, cw_text_count(blocks, sample->used.blocks),
		cw_output_bytes(call->out, used, sample->used.bytes),
		cw_text_count(lost_blocks, sample->unreachable.blocks),
		cw_output_bytes(call->out, lost, sample->unreachable.bytes),
		cw_output_bytes(call->out, elsewhere, sample->elsewhere),
		sample->pause);
	fflush(call->out->file);
}

/* False: the watch is to end. */
static bool rest(double seconds)
{
	struct timespec time = {.tv_sec = seconds};

	time.tv_nsec = (seconds - time.tv_sec) * 1e9;
	return !must_end && nanosleep(&time, NULL) == 0 && !must_end;
}

/* What was seen from the first look on, or since it runs another program. */
struct watched {
	struct sample first, last;
	uint64_t num; /* looks */
	char *end;    /* why there were no more, or NULL: it was told to end */
};

static void write_note(const struct cw_call *call, const char *what,
		       const char *text)
{
	if (!call->out->json)
		cw_output_line(call->out, 2, "%s%s", what, text);
}

static void write_threshold(const struct cw_call *call)
{
	const char *save = call->options->save;
	cw_cleanup_free char *saved =
		cw_format(": saved as %s", save ? save : "");

	write_note(call, call->options->fail_if, save ? saved : "");
	call->result->status = 1;
}

/* Takes the sample. */
static void watched_add(const struct cw_call *call, struct watched *watched,
			struct sample *sample)
{
	if (watched->num > 0 && watched->first.program != sample->program) {
		write_note(call, "another program, from now on: ",
			   sample->exe ? sample->exe : "?");
		sample_deinit(&watched->first);
		sample_deinit(&watched->last);
		*watched = (struct watched){0};
	}
	write_sample(call, sample);
	if (watched->num > 0)
		sample_deinit(&watched->last);
	*(watched->num > 0 ? &watched->last : &watched->first) = *sample;
	watched->num++;
}

/* Samples until the end; the process may end first, which is no error. */
static struct cw_error *watch(struct cw_call *call,
			      const struct cw_condition *condition,
			      struct watched *watched)
{
	const struct cw_options *options = call->options;
	uint64_t interval = options->interval ? options->interval : 10;
	uint64_t began = cw_clock_now();

	for (uint64_t num = 0;; num++) {
		struct sample sample;
		uint64_t looked = cw_clock_now();
		bool holds = false;

		struct cw_error *err =
			sample_take(call, condition, num == 0, &sample, &holds);
		if (err && num > 0) {
			write_note(call, "the end: ", cw_error_message(err));
			watched->end = cw_strdup(cw_error_message(err));
			cw_error_destroy(err);
			return NULL;
		}
		if (err)
			return err;
		sample.at = (looked - began) / 1e9;
		if (num == 0 && !call->out->json)
			cw_output_text(call->out,
				       "%8s  %12s  %9s  %12s  %9s  %9s  %8s\n",
				       "seconds", "used blocks", "bytes",
				       "unreachable", "bytes", "elsewhere",
				       "pause ms");
		double pause = interval - seconds_since(looked);
		if (pause < MIN_REST * sample.took)
			pause = MIN_REST * sample.took;
		watched_add(call, watched, &sample);
		if (holds)
			write_threshold(call);
		if (holds || (options->count && num + 1 >= options->count) ||
		    !rest(pause))
			return NULL;
	}
}

static void add_bytes(uint64_t before, uint64_t after, double seconds,
		      struct cw_text *text)
{
	bool is_less = after < before;
	uint64_t bytes = is_less ? before - after : after - before;
	char number[CW_NUMBER_SIZE];

	cw_text_addf(text, "%c%s", is_less ? '-' : '+',
		     cw_text_bytes(number, bytes, false));
	if (seconds > 0 && bytes > 0)
		cw_text_addf(text, " (%s a second)",
			     cw_text_bytes(number, bytes / seconds, false));
}

static void add_blocks(const struct cw_heap_count *before,
		       const struct cw_heap_count *after, double seconds,
		       struct cw_text *text)
{
	cw_text_addf(text, "%+" PRId64 " blocks, ",
		     (int64_t)(after->blocks - before->blocks));
	add_bytes(before->bytes, after->bytes, seconds, text);
}

static void write_end(const struct cw_call *call, const struct watched *watched)
{
	const struct sample *first = &watched->first, *last = &watched->last;
	struct cw_json *json = call->out->json;
	cw_cleanup_text struct cw_text text = {0};
	double seconds = last->at - first->at;

	if (json) {
		json_begin(call);
		cw_json_text(json, "end", watched->end);
		cw_json_count(json, "looks", watched->num);
	}
	/* Nothing to compare: then nothing grew. */
	if (json || watched->num > 1)
		cw_growth_write(call, &first->kinds,
				watched->num > 1 ? &last->kinds
						 : &first->kinds);
	if (json) {
		json_end(call);
		return;
	}
	if (watched->num < 2)
		return;
	cw_text_addf(&text, "= in %.0f s: ", seconds);
	cw_text_add(&text, "used ");
	add_blocks(&first->used, &last->used, seconds, &text);
	cw_text_add(&text, "; unreachable ");
	add_blocks(&first->unreachable, &last->unreachable, seconds, &text);
	cw_text_add(&text, "; in no known allocator ");
	add_bytes(first->elsewhere, last->elsewhere, seconds, &text);
	cw_output_line(call->out, 2, "%s", text.chars);
}

static struct cw_error *run_watch(struct cw_call *call,
				  const struct cw_condition *condition)
{
	struct watched watched = {0};

	struct cw_error *err = watch(call, condition, &watched);
	if (!err)
		write_end(call, &watched);
	sample_deinit(&watched.first);
	sample_deinit(&watched.last);
	free(watched.end);
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
		json.is_line = true;
		call->out->json = &json;
	}
	struct cw_error *err =
		run_watch(call, call->options->fail_if ? &condition : NULL);
	call->out->json = NULL;
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
		"types that grew since the first look, and how much of that "
		"no\n"
		"root leads to.  It takes a fifth of one processor at most: "
		"if\n"
		"need be it looks less often.  --json gives a line a look, "
		"and\n"
		"one at the end.",
	.known_as = "UMDH (Windows), memleak-bpfcc",
	.needs_no_target = true,
	.takes = CW_TAKES_LIMIT | CW_TAKES_FILTER,
	.own_options = options,
	.run = run,
};

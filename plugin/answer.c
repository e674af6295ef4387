/*
 * Answer: the plugin proper; the words of a command in GDB to its answer.
 */
#include <langinfo.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "command/meter.h"
#include "command/run.h"
#include "plugin/analysis.h"
#include "plugin/info.h"
#include "plugin/interrupt.h"
#include "plugin/plugin.h"
#include "plugin/told.h"
#include "plugin/words.h"

struct cw_plugin {
	struct cw_analysis analysis;
};

/* One command on its way. */
struct command {
	struct cw_plugin *plugin;
	const struct cw_plugin_request *request;
	const struct cw_plugin_frame *frame;
	struct cw_request *parsed;
	struct cw_plugin_answer *answer;
	char *expression; /* that GDB is to evaluate, or NULL */
	size_t num_replies_used;
	/* What the session is opened with when there is none yet. */
	struct cw_info info;
	bool has_info;
	struct cw_told told; /* of a remote process */
	bool has_told;
	struct cw_far_memory *far; /* its memory, until the session has it */
};

static void destroy_request(struct cw_request **request)
{
	if (*request)
		cw_request_destroy(*request);
}

static void ask(struct cw_plugin_answer *answer,
		enum cw_plugin_question_kind kind, const char *text)
{
	size_t num = answer->num_questions + 1;

	answer->questions =
		cw_realloc(answer->questions, num * sizeof(*answer->questions));
	answer->questions[answer->num_questions].kind = kind;
	answer->questions[answer->num_questions].text = cw_strdup(text);
	answer->num_questions = num;
}

/* GDB's next reply; NULL: it gave fewer than were asked for. */
static const char *next_reply(struct command *command)
{
	const struct cw_plugin_request *request = command->request;

	if (command->num_replies_used >= request->num_replies)
		return NULL;
	return request->replies[command->num_replies_used++];
}

static struct cw_error *parse(const struct cw_plugin_request *request,
			      struct cw_request **ret)
{
	char **words = cw_alloc((request->num_words + 1) * sizeof(*words));

	for (size_t i = 0; i < request->num_words; i++)
		words[i] = cw_word_unquote(request->words[i]);
	struct cw_error *err = cw_request_parse(
		request->num_words, (const char *const *)words, ret);
	for (size_t i = 0; i < request->num_words; i++)
		free(words[i]);
	free(words);
	return err;
}

static struct cw_error *missing_reply(void)
{
	return cw_error_new(CW_ERROR_TARGET, "GDB did not answer");
}

static void ask_value(struct command *command)
{
	if (command->expression)
		ask(command->answer, CW_PLUGIN_ASK_VALUE, command->expression);
}

static void ask_inferior(struct command *command)
{
	ask(command->answer, CW_PLUGIN_ASK_OUTPUT, "info inferiors");
	ask(command->answer, CW_PLUGIN_ASK_OUTPUT, "info files");
	ask(command->answer, CW_PLUGIN_ASK_OUTPUT, "show sysroot");
}

/* What GDB shows, and the values of the user's expressions. */
static void ask_gdb(struct command *command)
{
	ask_value(command);
	if (!cw_analysis_is_current(&command->plugin->analysis, command->frame,
				    cw_request_target_options(command->parsed)))
		ask_inferior(command);
}

/* Of a process that neither GDB nor the system has here. */
static void ask_told(struct command *command)
{
	ask_value(command);
	ask_inferior(command);
	for (int i = 0; i < CW_TOLD_NUM; i++) {
		cw_cleanup_free char *words =
			cw_told_question(i, &command->info);
		ask(command->answer, CW_PLUGIN_ASK_OUTPUT, words);
	}
}

/* In the order of the questions. */
static struct cw_error *take_replies(struct command *command)
{
	const char *replies[3], *told[CW_TOLD_NUM];

	if (command->expression) {
		const char *value = next_reply(command);
		if (!value)
			return missing_reply();
		cw_request_set_value(command->parsed,
				     strtoull(value, NULL, 10));
	}
	if (command->num_replies_used == command->request->num_replies)
		return NULL;

	for (size_t i = 0; i < cw_num_elements(replies); i++)
		if (!(replies[i] = next_reply(command)))
			return missing_reply();
	cw_info_read(replies[0], replies[1], replies[2], &command->info);
	command->has_info = true;
	if (command->num_replies_used == command->request->num_replies)
		return NULL;

	for (size_t i = 0; i < CW_TOLD_NUM; i++)
		if (!(told[i] = next_reply(command)))
			return missing_reply();
	cw_told_read(&command->info, told, &command->told);
	command->has_told = true;
	return NULL;
}

static void finish(struct cw_plugin_answer *answer,
		   const struct cw_run_result *result)
{
	answer->status = result->status;
	answer->has_address = result->has_address;
	answer->address = result->address;
	answer->has_totals = result->has_totals;
	answer->count = result->count;
	answer->bytes = result->bytes;
}

/* A piece of work: Ctrl-C stops it, and how far it is may be seen. */
struct watch {
	struct cw_interrupt interrupt;
	struct cw_meter meter;
	struct cw_progress *progress;
};

static void watch_begin(struct watch *watch, const struct command *command,
			struct cw_progress *progress)
{
	watch->progress = progress;
	progress->must_stop = 0;
	if (command->request->has_terminal &&
	    cw_request_wants_progress(command->parsed))
		cw_meter_attach(&watch->meter, progress, stderr);
	cw_interrupt_begin(&watch->interrupt, &progress->must_stop);
}

static void watch_end(struct watch *watch)
{
	cw_interrupt_end(&watch->interrupt);
	if (watch->progress->show)
		cw_meter_detach(&watch->meter, watch->progress);
}

/* GDB's errors fly through our frames. */
#define cleanup_watch __attribute__((cleanup(watch_end)))

static struct cw_far_reader reader_of(const struct command *command)
{
	return (struct cw_far_reader){command->frame->read,
				      command->frame->context};
}

/* The session of what GDB shows. */
static struct cw_error *open_session(struct command *command)
{
	struct cw_analysis *analysis = &command->plugin->analysis;
	const struct cw_target_options *options =
		cw_request_target_options(command->parsed);
	cleanup_watch struct watch watch;

	watch_begin(&watch, command, &analysis->progress);
	if (!command->has_told)
		return cw_analysis_begin(analysis, command->frame, options,
					 &command->info);
	struct cw_error *err = cw_analysis_begin_remote(
		analysis, command->frame, options, &command->info,
		&command->told.remote, command->far);
	if (!err)
		command->far = NULL;
	return err;
}

/*
 * What the session is opened with, and values in the place of expressions; or
 * the questions to GDB that this takes.
 */
static struct cw_error *prepare(struct command *command)
{
	if (!command->frame->has_registers)
		return cw_error_new(CW_ERROR_TARGET,
				    "no x86-64 process or core: open a core or "
				    "attach to a process first");
	if (!command->request->has_replies) {
		/* Without a question the session is there. */
		ask_gdb(command);
		return NULL;
	}

	struct cw_error *err = take_replies(command);
	if (err || !cw_info_is_remote(&command->info))
		return err;
	if (!command->has_told) {
		ask_told(command);
		return NULL;
	}
	const struct cw_far_reader reader = reader_of(command);
	if (cw_remote_is_here(&command->told.remote, &reader))
		return NULL;
	return cw_remote_far_create(&command->told.remote, &command->far);
}

static struct cw_error *run_request(struct command *command,
				    struct cw_session *session, FILE *out,
				    struct cw_run_result *ret)
{
	const struct cw_run_style style = {
		.width = command->request->width,
		.is_gdb = true,
		.is_utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0,
	};
	if (!session)
		return cw_request_run(command->parsed, NULL, &style, out, ret);

	cleanup_watch struct watch watch;
	watch_begin(&watch, command, &session->progress);
	return cw_request_run(command->parsed, session, &style, out, ret);
}

/* What may be done on another thread, while GDB's fetches memory for it. */
struct work {
	struct command *command;
	FILE *out;
	struct cw_run_result result;
	struct cw_error *error;
};

static void work_do(void *context)
{
	struct work *work = context;
	struct command *command = work->command;
	struct cw_session *session = NULL;

	if (command->has_info)
		work->error = open_session(command);
	if (work->error)
		return;
	if (cw_request_needs_target(command->parsed))
		session = command->plugin->analysis.session;
	work->error = run_request(command, session, work->out, &work->result);
}

static struct cw_error *work_run(struct work *work)
{
	struct command *command = work->command;
	const struct cw_far_reader reader = reader_of(command);
	struct cw_far_memory *far = command->far;

	if (!far && !command->has_info &&
	    cw_request_needs_target(command->parsed))
		far = command->plugin->analysis.far;
	if (!far) {
		work_do(work);
		return work->error;
	}
	struct cw_error *err = cw_far_memory_serve(far, &reader, work_do, work);
	return err ? err : work->error;
}

static struct cw_error *run(struct command *command)
{
	struct cw_plugin_answer *answer = command->answer;
	struct work work = {.command = command};
	struct cw_error *err = cw_request_check(command->parsed);

	if (err)
		return err;
	if (cw_request_needs_target(command->parsed)) {
		err = prepare(command);
		if (err || answer->num_questions > 0)
			return err;
	}

	work.out = open_memstream(&answer->text, &answer->size);
	if (!work.out)
		return cw_error_new(CW_ERROR_MEMORY, "no memory for an answer");
	err = work_run(&work);
	fclose(work.out);
	finish(answer, &work.result);
	return err;
}

static void command_deinit(struct command *command)
{
	cw_info_deinit(&command->info);
	if (command->has_told)
		cw_told_deinit(&command->told);
	cw_far_memory_destroy(command->far);
}

/* Appends the message to what was written until then. */
static void say_error(struct cw_plugin_answer *answer, struct cw_error *err)
{
	char *old = cw_take(answer->text);

	answer->text = cw_format("%.*scorewalk: %s\n", (int)answer->size,
				 old ? old : "", cw_error_message(err));
	answer->size = strlen(answer->text);
	answer->status = cw_run_status(err);
	free(old);
}

static void answer(struct cw_plugin *plugin,
		   const struct cw_plugin_request *request,
		   const struct cw_plugin_frame *frame,
		   struct cw_plugin_answer *ret)
{
	__attribute__((cleanup(destroy_request))) struct cw_request *parsed =
		NULL;
	cw_cleanup_error struct cw_error *err = parse(request, &parsed);

	if (!err) {
		__attribute__((
			cleanup(command_deinit))) struct command command = {
			.plugin = plugin,
			.request = request,
			.frame = frame,
			.parsed = parsed,
			.answer = ret,
		};
		const char *expression = cw_request_expression(parsed);
		cw_cleanup_free char *copy =
			expression ? cw_strdup(expression) : NULL;
		command.expression = copy;
		plugin->analysis.is_stale |= request->has_moved;
		err = run(&command);
	}
	if (err)
		say_error(ret, err);
}

static struct cw_plugin *create(void)
{
	struct cw_plugin *plugin = cw_alloc(sizeof(*plugin));

	cw_analysis_init(&plugin->analysis);
	return plugin;
}

static void destroy(struct cw_plugin *plugin)
{
	cw_analysis_deinit(&plugin->analysis);
	free(plugin);
}

extern const struct cw_plugin_functions cw_plugin_functions;

__attribute__((visibility("default")))
const struct cw_plugin_functions cw_plugin_functions = {
	.version = CW_PLUGIN_VERSION,
	.create = create,
	.destroy = destroy,
	.answer = answer,
};

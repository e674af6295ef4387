/*
 * Answer: the plugin proper; the words of a command in GDB to its answer.
 */
#include <errno.h>
#include <langinfo.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "command/meter.h"
#include "command/run.h"
#include "plugin/analysis.h"
#include "plugin/info.h"
#include "plugin/interrupt.h"
#include "plugin/plugin.h"
#include "plugin/words.h"

struct cw_plugin {
	struct cw_analysis analysis;
	/* What GDB is to write of a process that it does not hold itself, and
	 * the folder; or NULL. */
	char *dump, *dump_folder;
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
	bool has_dump;
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
}

/* What GDB shows, and the values of the user's expressions. */
static void ask_gdb(struct command *command)
{
	ask_value(command);
	if (!cw_analysis_is_current(&command->plugin->analysis, command->frame,
				    cw_request_target_options(command->parsed)))
		ask_inferior(command);
}

static void dump_remove(struct cw_plugin *plugin)
{
	if (plugin->dump)
		unlink(plugin->dump);
	if (plugin->dump_folder)
		rmdir(plugin->dump_folder);
	free(cw_take(plugin->dump));
	free(cw_take(plugin->dump_folder));
}

/*
 * Whoever holds the process, GDB can write its core.  That is done once a stop.
 */
static struct cw_error *ask_dump(struct command *command)
{
	struct cw_plugin *plugin = command->plugin;
	const char *folder = getenv("TMPDIR");
	char random[7] = "";

	dump_remove(plugin);
	memset(random, 'X', 6); /* as mkdtemp() wants it */
	plugin->dump_folder = cw_format(
		"%s/corewalk-%s",
		folder && folder[0] == '/' ? folder : "/var/tmp", random);
	if (!mkdtemp(plugin->dump_folder)) {
		struct cw_error *err =
			cw_error_errno(CW_ERROR_TARGET, errno,
				       "cannot make '%s'", plugin->dump_folder);
		free(cw_take(plugin->dump_folder));
		return err;
	}
	plugin->dump = cw_format("%s/core", plugin->dump_folder);
	cw_cleanup_free char *words =
		cw_format("generate-core-file %s", plugin->dump);
	ask_value(command);
	ask_inferior(command);
	ask(command->answer, CW_PLUGIN_ASK_OUTPUT, words);
	return NULL;
}

/* In the order of the questions. */
static struct cw_error *take_replies(struct command *command,
				     struct cw_info *ret)
{
	if (command->expression) {
		const char *value = next_reply(command);
		if (!value)
			return missing_reply();
		cw_request_set_value(command->parsed,
				     strtoull(value, NULL, 10));
	}
	if (command->num_replies_used == command->request->num_replies)
		return NULL;

	const char *inferiors = next_reply(command);
	const char *files = next_reply(command);
	if (!files)
		return missing_reply();
	cw_info_read(inferiors, files, ret);
	command->has_dump = command->plugin->dump && next_reply(command);
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

static struct cw_error *open_target(struct command *command,
				    const struct cw_info *info)
{
	struct cw_analysis *analysis = &command->plugin->analysis;
	cleanup_watch struct watch watch;

	watch_begin(&watch, command, &analysis->progress);
	return cw_analysis_begin(analysis, command->frame,
				 cw_request_target_options(command->parsed),
				 info);
}

/* What GDB wrote is opened as the process that it is of. */
static struct cw_error *open_dump(struct command *command, struct cw_info *info)
{
	struct cw_plugin *plugin = command->plugin;

	free(info->core);
	info->core = cw_strdup(plugin->dump);
	struct cw_error *err = open_target(command, info);
	dump_remove(plugin);
	if (err)
		return err;
	plugin->analysis.is_moment = true;
	struct cw_target *target = plugin->analysis.session->target;
	target->path = cw_arena_format(&target->arena, "pid %u, %s", info->pid,
				       info->connection);
	return NULL;
}

/*
 * The session of what GDB shows, and values in the place of expressions; or
 * the questions to GDB that this takes.
 */
static struct cw_error *need_session(struct command *command)
{
	struct cw_info info = {0};

	if (!command->frame->has_registers)
		return cw_error_new(CW_ERROR_TARGET,
				    "no x86-64 process or core: open a core or "
				    "attach to a process first");
	if (!command->request->has_replies) {
		/* Without a question the session is there. */
		ask_gdb(command);
		return NULL;
	}

	struct cw_error *err = take_replies(command, &info);
	if (!err && command->has_dump)
		err = open_dump(command, &info);
	else if (!err && cw_info_is_remote(&info))
		err = ask_dump(command);
	else if (!err)
		err = open_target(command, &info);
	cw_info_deinit(&info);
	return err;
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

static struct cw_error *run(struct command *command)
{
	struct cw_plugin_answer *answer = command->answer;
	struct cw_session *session = NULL;
	struct cw_error *err = cw_request_check(command->parsed);

	if (err)
		return err;
	if (cw_request_needs_target(command->parsed)) {
		err = need_session(command);
		if (err || answer->num_questions > 0)
			return err;
		session = command->plugin->analysis.session;
	}

	struct cw_run_result result = {0};
	FILE *out = open_memstream(&answer->text, &answer->size);
	if (!out)
		return cw_error_new(CW_ERROR_MEMORY, "no memory for an answer");
	err = run_request(command, session, out, &result);
	fclose(out);
	finish(answer, &result);
	return err;
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
		struct command command = {
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
	dump_remove(plugin);
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

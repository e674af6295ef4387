#include "command/request.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/cache.h"
#include "base/memory.h"
#include "command/alias.h"
#include "command/condition.h"
#include "command/suggest.h"

#define MAX_ALIAS_WORDS 8

extern const struct cw_command cw_command_help, cw_command_version;

static const char *command_label(const struct cw_command *command, char *buffer,
				 size_t size)
{
	snprintf(buffer, size, "%s%s%s", command->group ? command->group : "",
		 command->group ? " " : "", command->name);
	return buffer;
}

const struct cw_command *cw_command_find(const char *group, const char *name)
{
	const struct cw_command *without = NULL;

	for (size_t i = 0; cw_commands[i]; i++) {
		const struct cw_command *command = cw_commands[i];
		if (strcmp(command->name, name) != 0)
			continue;
		if (!group ||
		    (command->group && strcmp(command->group, group) == 0))
			return command;
		if (!command->group)
			without = command;
	}
	return without;
}

bool cw_command_info(size_t i, struct cw_command_info *ret)
{
	for (size_t j = 0; j <= i; j++)
		if (!cw_commands[j])
			return false;
	const struct cw_command *command = cw_commands[i];
	*ret = (struct cw_command_info){
		.group = command->group,
		.name = command->name,
		.arguments = command->arguments,
		.summary = command->summary,
		.help = command->help,
	};
	return true;
}

/* The group that the word names, which stays; or NULL. */
static const char *find_group(const char *word)
{
	for (size_t i = 0; cw_commands[i]; i++)
		if (cw_commands[i]->group &&
		    strcmp(cw_commands[i]->group, word) == 0)
			return cw_commands[i]->group;
	return NULL;
}

static void remove_words(struct cw_request *request, size_t at, size_t num)
{
	for (size_t i = 0; i < num; i++)
		free(request->words.items[at + i]);
	memmove(request->words.items + at, request->words.items + at + num,
		(request->words.num - at - num) * sizeof(char *));
	request->words.num -= num;
}

static void insert_words(struct cw_request *request, size_t at, char **words,
			 size_t num)
{
	cw_array_reserve(&request->words, request->words.num + num);
	memmove(request->words.items + at + num, request->words.items + at,
		(request->words.num - at) * sizeof(char *));
	memcpy(request->words.items + at, words, num * sizeof(char *));
	request->words.num += num;
}

/* Puts our words in the place of an alias at @at. */
static void replace_alias(struct cw_request *request, size_t at)
{
	const char *const *words = (const char *const *)request->words.items;
	char *ours[MAX_ALIAS_WORDS];
	size_t num_taken;

	const struct cw_alias *alias =
		cw_alias_find(request->words.num - at, words + at, &num_taken);
	if (!alias)
		return;
	size_t num_ours =
		cw_alias_expand(alias, words + at, ours, MAX_ALIAS_WORDS);
	remove_words(request, at, num_taken);
	insert_words(request, at, ours, num_ours);
}

/*
 * Finds the command and takes its words away.  What stands there instead of a
 * command may be a core file: that is for later to complain about.
 */
static void find_command(struct cw_request *request)
{
	const char *group = NULL;
	size_t at = 0;

	while (at < request->words.num) {
		const char *const *words =
			(const char *const *)request->words.items;

		if (!group) {
			group = find_group(words[at]);
			if (group)
				remove_words(request, at, 1);
		}
		if (at == request->words.num)
			break;
		if (!group || strcmp(group, "heap") == 0)
			replace_alias(request, at);
		words = (const char *const *)request->words.items;
		request->command = cw_command_find(group, words[at]);
		if (request->command) {
			remove_words(request, at, 1);
			return;
		}
		if (!cw_option_is_option(words[at]) ||
		    !cw_option_skip_common(request->words.num, words, &at))
			break;
	}
	request->command = cw_command_find(group, "analyze");
	request->is_by_default = true;
}

static struct cw_error *read_words(struct cw_request *request)
{
	const char *const *words = (const char *const *)request->words.items;
	char label[64];
	struct cw_option_set set = {
		.takes = request->command->takes,
		.own = request->command->own_options,
		.who = command_label(request->command, label, sizeof(label)),
	};
	bool has_options_ended = false;

	for (size_t at = 0; at < request->words.num;) {
		if (!has_options_ended && strcmp(words[at], "--") == 0) {
			has_options_ended = true;
			at++;
		} else if (!has_options_ended &&
			   cw_option_is_option(words[at])) {
			struct cw_error *err =
				cw_option_read(&set, request->words.num, words,
					       &at, &request->options);
			if (err)
				return err;
		} else {
			*cw_array_push(&request->arguments) = words[at++];
		}
	}
	return NULL;
}

/* --help and --version turn any request into another. */
static void redirect(struct cw_request *request)
{
	const struct cw_command *to = NULL;

	if (request->options.wants_version)
		to = &cw_command_version;
	else if (request->options.wants_help)
		to = &cw_command_help;
	if (!to)
		return;
	request->arguments.num = 0;
	if (to == &cw_command_help && !request->is_by_default) {
		if (request->command->group)
			*cw_array_push(&request->arguments) =
				request->command->group;
		*cw_array_push(&request->arguments) = request->command->name;
	}
	request->command = to;
	request->is_by_default = false;
}

struct cw_error *cw_request_parse(size_t num_words, const char *const *words,
				  struct cw_request **ret)
{
	struct cw_request *request = cw_alloc(sizeof(*request));

	request->options = cw_option_defaults;
	for (size_t i = 0; i < num_words; i++)
		*cw_array_push(&request->words) = cw_strdup(words[i]);
	find_command(request);
	struct cw_error *err = read_words(request);
	if (err) {
		cw_request_destroy(request);
		return err;
	}
	redirect(request);
	if (!request->options.has_no_cache)
		request->cache = cw_cache_folder();
	request->target_options = (struct cw_target_options){
		.exe = request->options.exe,
		.sysroot = request->options.sysroot,
		.debug_dir = request->options.debug_dir,
		.cache = request->cache,
	};
	*ret = request;
	return NULL;
}

void cw_request_destroy(struct cw_request *request)
{
	if (!request)
		return;
	cw_array_foreach(word, &request->words) free(*word);
	cw_array_deinit(&request->words);
	cw_array_deinit(&request->arguments);
	free(request->cache);
	free(request);
}

const struct cw_target_options *
cw_request_target_options(const struct cw_request *request)
{
	return &request->target_options;
}

uint64_t cw_request_pid(const struct cw_request *request)
{
	return request->options.pid;
}

enum cw_snapshot cw_request_snapshot(const struct cw_request *request)
{
	return request->options.snapshot;
}

bool cw_request_needs_target(const struct cw_request *request)
{
	return !request->command->needs_no_target;
}

bool cw_request_wants_progress(const struct cw_request *request)
{
	return !request->options.has_no_progress;
}

const char *cw_request_take_core(struct cw_request *request)
{
	if (request->arguments.num == 0)
		return NULL;
	return request->arguments.items[--request->arguments.num];
}

static bool is_number(const char *word)
{
	char *end;

	errno = 0;
	strtoull(word, &end, 0);
	return word[0] != '-' && end != word && *end == '\0' && errno == 0;
}

const char *cw_request_expression(const struct cw_request *request)
{
	const char *wanted = request->command->arguments;

	if (request->arguments.num == 0)
		return NULL;
	const char *word = request->arguments.items[0];
	if (strncmp(wanted, "ADDR", 4) == 0)
		return is_number(word) ? NULL : word;
	/* What else a value may be needs no evaluation. */
	if (strncmp(wanted, "VALUE", 5) == 0)
		return word[0] == '$' || word[0] == '&' ? word : NULL;
	return NULL;
}

void cw_request_set_value(struct cw_request *request, uint64_t value)
{
	char *word = cw_format("0x%" PRIx64, value);

	*cw_array_push(&request->words) = word;
	request->arguments.items[0] = word;
}

const char *cw_command_meant(const char *word)
{
	struct cw_suggestion suggestion = {.word = word};

	for (size_t i = 0; cw_commands[i]; i++)
		cw_suggestion_try(&suggestion, cw_commands[i]->name);
	return suggestion.best;
}

static struct cw_error *unknown_command(const char *word)
{
	const char *meant = cw_command_meant(word);

	if (meant)
		return cw_error_new(CW_ERROR_USAGE,
				    "unknown command '%s'; did you mean '%s'?",
				    word, meant);
	return cw_error_new(CW_ERROR_USAGE, "unknown command '%s'; see 'help'",
			    word);
}

struct cw_error *cw_request_check(const struct cw_request *request)
{
	const struct cw_command *command = request->command;
	size_t num = request->arguments.num;
	struct cw_condition condition;
	char label[64];

	if (request->is_by_default && num > 0)
		return unknown_command(request->arguments.items[0]);
	command_label(command, label, sizeof(label));
	if (num < command->min_arguments)
		return cw_error_new(CW_ERROR_USAGE, "'%s' needs %s", label,
				    command->arguments);
	if (num > command->max_arguments)
		return cw_error_new(
			CW_ERROR_USAGE,
			"'%s' has no use for '%s'; see 'help %s'", label,
			request->arguments.items[command->max_arguments],
			label);
	if (request->options.fail_if)
		return cw_condition_parse(request->options.fail_if, &condition);
	return NULL;
}

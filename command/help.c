#include <stdlib.h>
#include <string.h>

#include "command/command.h"
#include "command/condition.h"
#include "command/manual.h"

#define OWN_OPTION(member) .offset = offsetof(struct cw_options, member)

static void write_option(struct cw_output *out, const struct cw_option *option)
{
	char left[64];

	snprintf(left, sizeof(left), "%s%s%s%s", out->is_gdb ? "-" : "--",
		 option->name, option->argument ? " " : "",
		 option->argument ? option->argument : "");
	if (strlen(left) > 20)
		cw_output_text(out, "  %s\n  %20s  %s\n", left, "",
			       option->help);
	else
		cw_output_text(out, "  %-20s  %s\n", left, option->help);
}

static void write_command(struct cw_output *out,
			  const struct cw_command *command)
{
	struct cw_option_set set = {.takes = command->takes};

	cw_output_text(out, "%s%s%s%s%s [OPTIONS]%s\n\n%s\n",
		       command->group ? command->group : "",
		       command->group ? " " : "", command->name,
		       command->arguments[0] ? " " : "", command->arguments,
		       out->is_gdb || command->needs_no_target ? "" : " CORE",
		       command->help);
	if (command->known_as)
		cw_output_text(out, "\nKnown as: %s\n", command->known_as);
	cw_output_text(out, "\nOptions:\n");
	for (const struct cw_option *o = command->own_options; o && o->name;
	     o++)
		write_option(out, o);
	for (const struct cw_option *o = cw_common_options; o->name; o++)
		if (o->takes && cw_option_is_taken(&set, o))
			write_option(out, o);
	cw_output_text(out, "and those that all commands have; see 'help'\n");
}

static void write_overview(struct cw_output *out)
{
	if (out->is_gdb)
		cw_output_text(out, "heap COMMAND [ARGUMENTS] [OPTIONS]\n\n");
	else
		cw_output_text(
			out,
			"corewalk [heap|hang] COMMAND [ARGUMENTS] [OPTIONS] "
			"CORE\n"
			"corewalk CORE                      the first look\n\n"
			"What is in this heap, what keeps it alive, what is "
			"lost, what forms rings;\nwhy its threads do not "
			"move.\n\n");
	for (size_t i = 0; cw_commands[i]; i++) {
		char left[64];

		const char *group = cw_commands[i]->group;
		if (!group || strcmp(group, "heap") == 0)
			group = "";
		snprintf(left, sizeof(left), "%s%s%s%s%s", group,
			 group[0] ? " " : "", cw_commands[i]->name,
			 cw_commands[i]->arguments[0] ? " " : "",
			 cw_commands[i]->arguments);
		cw_output_text(out, "  %-20s  %s\n", left,
			       cw_commands[i]->summary);
	}
	cw_output_text(out, "\nOptions that all commands have:\n");
	for (const struct cw_option *o = cw_common_options; o->name; o++)
		if (!o->takes)
			write_option(out, o);
	cw_output_text(
		out,
		"\nOptions may be cut short: %s is %s.\n"
		"Exit status: 0 done, 1 a --fail-if condition holds, 2 wrong "
		"use, 3 the target\ncannot be read.\n",
		out->is_gdb ? "-lim 5" : "--lim 5",
		out->is_gdb ? "-limit 5" : "--limit 5");
	cw_output_suggest(out, "help COMMAND");
	cw_output_suggestions(out);
}

/*
 * The help text of a command, or with NULL of the whole program, written for
 * the front end that @out is for.
 */
static void help_write(struct cw_output *out, const struct cw_command *command)
{
	if (command)
		write_command(out, command);
	else
		write_overview(out);
}

static struct cw_error *run(struct cw_call *call)
{
	const struct cw_command *command = NULL;

	if (call->options->is_man) {
		cw_manual_write(call->out->file);
		return NULL;
	}
	if (call->options->is_completion) {
		cw_completion_write(call->out->file);
		return NULL;
	}
	if (call->num_arguments > 0) {
		/* "help heap leaks", "help leaks", "help heap" */
		const char *name = call->arguments[call->num_arguments - 1];
		command = cw_command_find(
			call->num_arguments > 1 ? call->arguments[0] : NULL,
			name);
		if (!command && strcmp(name, "heap") != 0 &&
		    strcmp(name, "hang") != 0) {
			const char *meant = cw_command_meant(name);
			return cw_error_new(
				CW_ERROR_USAGE, "no command '%s'%s%s%s", name,
				meant ? "; did you mean '" : "",
				meant ? meant : "", meant ? "'?" : "");
		}
	}
	help_write(call->out, command);
	return NULL;
}

static const struct cw_option options[] = {
	{.name = "man",
	 .help = "write the manual page",
	 .kind = CW_OPTION_FLAG,
	 OWN_OPTION(is_man)},
	{.name = "completion",
	 .help = "write the completion for bash",
	 .kind = CW_OPTION_FLAG,
	 OWN_OPTION(is_completion)},
	{0},
};

const struct cw_command cw_command_help = {
	.name = "help",
	.arguments = "[COMMAND]",
	.max_arguments = 2,
	.summary = "what the commands do, and their options",
	.help = "Lists the commands, or explains one.",
	.needs_no_target = true,
	.own_options = options,
	.run = run,
};

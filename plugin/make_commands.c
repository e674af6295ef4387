/*
 * Make-commands: the commands of corewalk as user-defined commands of GDB,
 * written at build time from the command table.
 *
 *	make-commands PREFIX >PREFIX-commands.gdb
 *
 * The commands of other groups than "heap" keep their group as prefix.  A
 * prefix gets its body, for words that are no command, before its commands
 * are defined: GDB 13 crashes otherwise.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "command/run.h"

/* Passes on whatever arguments there are, after the words of the command. */
static void write_body(const char *words)
{
	printf("  _corewalk_begin %s\n"
	       "  while $_corewalk_count < $argc\n"
	       "    eval \"_corewalk_word $arg%%d\", $_corewalk_count\n"
	       "  end\n"
	       "  _corewalk_end\n"
	       "end\n",
	       words);
}

/* The help of a command, or with NULL of all, written for GDB. */
static struct cw_error *help_text(const char *command, char **ret)
{
	const char *words[] = {"help", command};
	const struct cw_run_style style = {.width = 80, .is_gdb = true};
	struct cw_run_result result = {0};
	struct cw_request *request;
	size_t size;

	struct cw_error *err =
		cw_request_parse(command ? 2 : 1, words, &request);
	if (err)
		return err;
	FILE *out = open_memstream(ret, &size);
	err = cw_request_run(request, NULL, &style, out, &result);
	fclose(out);
	cw_request_destroy(request);
	return err;
}

/* GDB shows the first line in lists, and the whole with `help`. */
static struct cw_error *write_document(const char *prefix, const char *command,
				       const char *summary)
{
	cw_cleanup_free char *help = NULL;
	struct cw_error *err = help_text(command, &help);

	if (err)
		return err;
	printf("document %s%s%s\n", prefix, command ? " " : "",
	       command ? command : "");
	printf("%c%s.\n\n%s%send\n\n", summary[0] & ~0x20, summary + 1, help,
	       help[0] && help[strlen(help) - 1] == '\n' ? "" : "\n");
	return NULL;
}

static struct cw_error *write_prefix(const char *prefix, const char *group)
{
	printf("define-prefix %s\n"
	       "define %s\n",
	       prefix, prefix);
	write_body(group);
	return write_document(prefix, NULL,
			      strcmp(group, "hang") == 0
				      ? "why the threads of this core or "
					"process do not move"
				      : "what is in the heap of this core or "
					"process, and what keeps it");
}

static struct cw_error *write_command(const char *prefix, const char *group,
				      const struct cw_command_info *info)
{
	cw_cleanup_free char *words = cw_format("%s %s", group, info->name);

	printf("define %s %s\n", prefix, info->name);
	write_body(words);
	return write_document(prefix, info->name, info->summary);
}

/* The commands of the heap's group, or of @group only. */
static struct cw_error *write_commands(const char *prefix, const char *group)
{
	struct cw_error *err = write_prefix(prefix, group);
	struct cw_command_info info;

	for (size_t i = 0; !err && cw_command_info(i, &info); i++)
		if (strcmp(info.group ? info.group : "heap", group) == 0)
			err = write_command(prefix, group, &info);
	return err;
}

static bool has_group(const char *group)
{
	struct cw_command_info info;

	for (size_t i = 0; cw_command_info(i, &info); i++)
		if (info.group && strcmp(info.group, group) == 0)
			return true;
	return false;
}

int main(int argc, char **argv)
{
	if (argc != 2) {
		fprintf(stderr, "usage: %s PREFIX\n", argv[0]);
		return 2;
	}
	cw_cleanup_error struct cw_error *err = write_commands(argv[1], "heap");
	if (!err && has_group("hang"))
		err = write_commands("hang", "hang");
	if (err)
		fprintf(stderr, "%s: %s\n", argv[0], cw_error_message(err));
	return err != NULL;
}

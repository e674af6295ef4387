#include "command/manual.h"

#include <ctype.h>
#include <string.h>

#include "base/text.h"
#include "command/alias.h"
#include "command/command.h"
#include "command/condition.h"
#include "config.h"

/* Text for troff: no line may begin as a request, dashes stay dashes. */
static void write_troff(FILE *file, const char *text)
{
	bool is_line_start = true;

	for (const char *c = text; *c; c++) {
		if (is_line_start && (*c == '.' || *c == '\''))
			fputs("\\&", file);
		if (*c == '\\')
			fputs("\\e", file);
		else if (*c == '-')
			fputs("\\-", file);
		else if (is_line_start && *c == '\n')
			fputs(".PP\n", file);
		else
			fputc(*c, file);
		is_line_start = *c == '\n';
	}
	if (!is_line_start)
		fputc('\n', file);
}

static void write_option(FILE *file, const struct cw_option *option)
{
	fputs(".TP\n\\fB\\-\\-", file);
	for (const char *c = option->name; *c; c++)
		fputs(*c == '-' ? "\\-" : (char[]){*c, '\0'}, file);
	fputs("\\fR", file);
	if (option->argument)
		fprintf(file, " \\fI%s\\fR", option->argument);
	fputc('\n', file);
	write_troff(file, option->help);
}

static void write_command(FILE *file, const struct cw_command *command)
{
	struct cw_option_set set = {.takes = command->takes};

	fprintf(file, ".SS %s%s%s %s\n", command->group ? command->group : "",
		command->group ? " " : "", command->name, command->arguments);
	write_troff(file, command->help);
	if (command->known_as) {
		fputs(".PP\nKnown as: ", file);
		write_troff(file, command->known_as);
	}
	for (const struct cw_option *o = command->own_options; o && o->name;
	     o++)
		write_option(file, o);
	bool has_any = false;
	for (const struct cw_option *o = cw_common_options; o->name; o++) {
		if (!o->takes || !cw_option_is_taken(&set, o))
			continue;
		fprintf(file, "%s\\fB\\-\\-%s\\fR",
			has_any ? ", " : ".PP\nAlso takes ", o->name);
		has_any = true;
	}
	if (has_any)
		fputs(".\n", file);
}

static void write_aliases(FILE *file)
{
	fputs(".SH WORDS OF OTHER TOOLS\n", file);
	for (const struct cw_alias *a = cw_aliases; a->family; a++) {
		cw_cleanup_text struct cw_text line = {0};
		cw_text_addf(&line, "%s (%s)", a->from, a->family);
		fputs(".TP\n", file);
		write_troff(file, line.chars);
		line.length = 0;
		cw_text_addf(&line, "heap %s", a->to);
		write_troff(file, line.chars);
	}
}

static const char description[] =
	"says, from the core dump of a process and with no instrumentation "
	"before, what is in its heap, what keeps it alive, what is lost, and "
	"what forms rings; and why its threads do not move.\n"
	"Without a command it takes a first look (heap analyze).\n"
	"The word heap may be left out.\n"
	"With --pid PID it looks at a running process instead of a core.\n"
	"The same commands run inside GDB, where options begin with one dash "
	"or two and addresses are expressions.\n"
	"Options may be cut short as long as they stay clear.\n";

void cw_manual_write(FILE *file)
{
	cw_cleanup_text struct cw_text figures = {0};

	fprintf(file,
		".TH COREWALK 1 \"\" \"corewalk %s\" \"User Commands\"\n"
		".SH NAME\ncorewalk \\- what is in the heap of a core dump\n"
		".SH SYNOPSIS\n.B corewalk\n[\\fBheap\\fR | \\fBhang\\fR] "
		"\\fICOMMAND\\fR "
		"[\\fIARGUMENTS\\fR] [\\fIOPTIONS\\fR] \\fICORE\\fR\n.br\n"
		".B corewalk\n\\fICORE\\fR\n"
		".SH DESCRIPTION\n.B corewalk\n",
		PACKAGE_VERSION);
	write_troff(file, description);
	fputs(".SH COMMANDS\n", file);
	for (size_t i = 0; cw_commands[i]; i++)
		write_command(file, cw_commands[i]);
	fputs(".SH OPTIONS\n", file);
	for (const struct cw_option *o = cw_common_options; o->name; o++)
		write_option(file, o);
	fputs(".SH CONDITIONS\nFigures that \\fB\\-\\-fail\\-if\\fR compares, "
	      "with one of > < >= <= == != and a number or a size:\n.nf\n",
	      file);
	cw_condition_describe(&figures);
	write_troff(file, figures.chars);
	fputs(".fi\n", file);
	write_aliases(file);
	fputs(".SH EXIT STATUS\n.TP\n0\nDone.\n.TP\n1\nA \\fB\\-\\-fail\\-if"
	      "\\fR condition holds.\n.TP\n2\nWrong use.\n.TP\n3\nThe target "
	      "cannot be read.\n.TP\n130\nStopped by Ctrl\\-C.\n"
	      ".SH ENVIRONMENT\n.TP\nNO_COLOR\nWhen set and not empty, no "
	      "colour.\n.TP\nCOLUMNS\nWidth of the output.\n"
	      ".TP\nCOREWALK_CACHE\nFolder for what one run finds out in a "
	      "program's code, for the next; empty: none.  Else "
	      "$XDG_CACHE_HOME/corewalk or ~/.cache/corewalk.\n"
	      ".TP\nDEBUGINFOD_URLS\nServers to be asked for debug info that "
	      "is not on this machine.\n"
	      ".SH SEE ALSO\n.BR gdb (1),\n.BR gcore (1),\n.BR core (5)\n",
	      file);
}

/* Lists the options of a command that may follow, in one line. */
static void write_option_words(FILE *file, const struct cw_command *command)
{
	struct cw_option_set set = {.takes = command->takes};

	for (const struct cw_option *o = command->own_options; o && o->name;
	     o++)
		fprintf(file, " --%s", o->name);
	for (const struct cw_option *o = cw_common_options; o->name; o++)
		if (cw_option_is_taken(&set, o))
			fprintf(file, " --%s", o->name);
}

static void write_choices(FILE *file, const struct cw_option *options)
{
	for (; options && options->name; options++) {
		if (options->kind == CW_OPTION_CHOICE) {
			fprintf(file, "\t--%s)\n\t\twords=\"", options->name);
			for (size_t i = 0; options->choices[i]; i++)
				fprintf(file, "%s%s", i ? " " : "",
					options->choices[i]);
			fputs("\" ;;\n", file);
		}
	}
}

/* Whether no command before has the same name, in another group. */
static bool is_first(size_t i)
{
	return cw_command_find(NULL, cw_commands[i]->name) == cw_commands[i];
}

void cw_completion_write(FILE *file)
{
	fputs("# Completion of corewalk for bash; made by "
	      "'corewalk help --completion'.\n\n"
	      "_corewalk() {\n"
	      "\tlocal word=${COMP_WORDS[COMP_CWORD]} command= words= i\n"
	      "\tlocal before=${COMP_WORDS[COMP_CWORD-1]}\n"
	      "\tlocal commands=\"",
	      file);
	for (size_t i = 0; cw_commands[i]; i++)
		if (is_first(i))
			fprintf(file, "%s%s", i ? " " : "",
				cw_commands[i]->name);
	fputs("\"\n"
	      "\tCOMPREPLY=()\n"
	      "\tfor ((i = 1; i < COMP_CWORD; i++)); do\n"
	      "\t\tcase \" $commands \" in\n"
	      "\t\t*\" ${COMP_WORDS[i]} \"*) command=${COMP_WORDS[i]}; break ;;"
	      "\n\t\tesac\n"
	      "\tdone\n"
	      "\tcase $before in\n"
	      "\t--exe | --output)\n"
	      "\t\tcompopt -o default\n\t\treturn ;;\n"
	      "\t--sysroot | --debug-dir)\n"
	      "\t\tmapfile -t COMPREPLY < <(compgen -d -- \"$word\")\n"
	      "\t\treturn ;;\n",
	      file);
	write_choices(file, cw_common_options);
	for (size_t i = 0; cw_commands[i]; i++)
		write_choices(file, cw_commands[i]->own_options);
	fputs("\tesac\n\tif [[ -z $words && $word == -* ]]; then\n"
	      "\t\tcase $command in\n",
	      file);
	for (size_t i = 0; cw_commands[i]; i++) {
		if (!is_first(i))
			continue;
		fprintf(file, "\t\t%s) words=\"", cw_commands[i]->name);
		write_option_words(file, cw_commands[i]);
		fputs("\" ;;\n", file);
	}
	fputs("\t\t*) words=\"--help --version\" ;;\n\t\tesac\n"
	      "\telif [[ -z $words && -z $command ]]; then\n"
	      "\t\twords=\"heap hang $commands\"\n"
	      "\t\tcompopt -o default\n"
	      "\telif [[ -z $words && $command == help ]]; then\n"
	      "\t\twords=$commands\n"
	      "\telif [[ -z $words ]]; then\n"
	      "\t\tcompopt -o default\n"
	      "\tfi\n"
	      "\tmapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$word\")\n"
	      "}\n"
	      "complete -F _corewalk corewalk\n",
	      file);
}

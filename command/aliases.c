#include <string.h>

#include "base/memory.h"
#include "command/alias.h"
#include "command/command.h"

static const struct cw_column columns[] = {
	{"of", CW_COLUMN_TEXT},
	{"words", CW_COLUMN_TEXT},
	{"are", CW_COLUMN_CUT},
};

static struct cw_error *run(struct cw_call *call)
{
	const char *family = call->num_arguments ? call->arguments[0] : NULL;
	struct cw_table table;
	bool has_any = false;

	cw_table_init(&table, call->out, columns, cw_num_elements(columns));
	for (const struct cw_alias *a = cw_aliases; a->family; a++) {
		if (family && strcmp(family, a->family) != 0)
			continue;
		has_any = true;
		cw_table_row(&table);
		cw_table_text(&table, a->family);
		cw_table_format(&table, "heap %s", a->from);
		cw_table_format(&table, "heap %s", a->to);
	}
	cw_table_end(&table);
	if (!has_any)
		return cw_error_new(CW_ERROR_USAGE,
				    "no aliases '%s': there are windbg, sos "
				    "and mat",
				    family);
	return NULL;
}

const struct cw_command cw_command_aliases = {
	.group = "heap",
	.name = "aliases",
	.arguments = "[windbg|sos|mat]",
	.max_arguments = 1,
	.summary = "the words of other tools that are understood",
	.help = "Lists the words that users of WinDbg, SOS and MAT type, and\n"
		"what they mean here.  They work wherever a command does.",
	.needs_no_target = true,
	.run = run,
};

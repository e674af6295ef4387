#include "command/command.h"

#include "config.h"

static struct cw_error *run(struct cw_call *call)
{
	cw_output_text(call->out,
		       "corewalk %s\n"
		       "License GPLv3+: GNU GPL version 3 or later.\n"
		       "There is no warranty, as far as the law permits.\n",
		       PACKAGE_VERSION);
	return NULL;
}

const struct cw_command cw_command_version = {
	.name = "version",
	.arguments = "",
	.summary = "which corewalk this is",
	.help = "Says the version and the license.",
	.needs_no_target = true,
	.run = run,
};

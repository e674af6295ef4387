#include "command/command.h"

#include "base/memory.h"

extern const struct cw_command cw_command_analyze, cw_command_summary,
	cw_command_memory, cw_command_help, cw_command_version;

/* As they are shown in help. */
const struct cw_command *const cw_commands[] = {
	&cw_command_analyze, &cw_command_summary, &cw_command_memory,
	&cw_command_help,    &cw_command_version, NULL,
};

#include "command/command.h"

extern const struct cw_command cw_command_analyze, cw_command_summary,
	cw_command_memory, cw_command_stat, cw_command_list, cw_command_object,
	cw_command_refs, cw_command_path, cw_command_dominators,
	cw_command_leaks, cw_command_cycles, cw_command_search,
	cw_command_verify, cw_command_gc, cw_command_profile,
	cw_command_hang_analyze, cw_command_hang_stacks, cw_command_hang_tasks,
	cw_command_hang_waits, cw_command_hang_locks, cw_command_hang_deadlocks,
	cw_command_watch, cw_command_aliases, cw_command_help,
	cw_command_version;

/* As they are shown in help. */
const struct cw_command *const cw_commands[] = {
	&cw_command_analyze,	    &cw_command_summary,
	&cw_command_memory,	    &cw_command_stat,
	&cw_command_list,	    &cw_command_object,
	&cw_command_refs,	    &cw_command_path,
	&cw_command_dominators,	    &cw_command_leaks,
	&cw_command_cycles,	    &cw_command_search,
	&cw_command_verify,	    &cw_command_gc,
	&cw_command_profile,	    &cw_command_hang_analyze,
	&cw_command_hang_stacks,    &cw_command_hang_tasks,
	&cw_command_hang_waits,	    &cw_command_hang_locks,
	&cw_command_hang_deadlocks, &cw_command_watch,
	&cw_command_aliases,	    &cw_command_help,
	&cw_command_version,	    NULL,
};

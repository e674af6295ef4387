/*
 * Request: the words of a user, understood.
 *
 * Words are: a group ("heap", "hang"; may be left out), a command or an alias
 * (none: analyze), and in any order options and arguments.  Common options may
 * stand before the command as well.
 *
 * The front ends see a request only through command/run.h.
 */
#ifndef COMMAND_REQUEST_H
#define COMMAND_REQUEST_H

#include "base/array.h"
#include "command/command.h"

struct cw_request {
	const struct cw_command *command;
	bool is_by_default; /* no word named the command */
	struct cw_options options;
	struct cw_target_options target_options;
	char *cache;			  /* folder, or NULL */
	CW_ARRAY(char *) words;		  /* all, ours; options borrow */
	CW_ARRAY(const char *) arguments; /* of the words */
};

#endif

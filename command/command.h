/*
 * Command: one word of the user and what answers it.
 *
 * Each command is a file of this folder that ends in its own struct
 * cw_command; command/commands.c lists them in the order in which they are
 * shown.  A command finds its session computed as far as @needs says, writes
 * its answer to the output, as text or as JSON, and never prints elsewhere.
 *
 * Not here: how words become a command and options (command/request.h), what
 * stands around every answer (command/run.c).
 */
#ifndef COMMAND_COMMAND_H
#define COMMAND_COMMAND_H

#include "command/option.h"
#include "command/output.h"
#include "command/run.h"
#include "command/session.h"
#include "command/table.h"

/* A command at work: all it may look at and write to. */
struct cw_call {
	const struct cw_command *command;
	const struct cw_options *options;
	size_t num_arguments;
	const char *const *arguments;
	struct cw_session *session; /* NULL when it needs no target */
	struct cw_output *out;
	struct cw_run_result *result;
};

struct cw_command {
	const char *group;     /* "heap"; NULL: neither heap nor hang */
	const char *name;      /* "leaks" */
	const char *arguments; /* "ADDR", "[N]", "" */
	size_t min_arguments, max_arguments;
	const char *summary;  /* one line, lower case, no full stop */
	const char *help;     /* paragraphs, lines up to 72 columns */
	const char *known_as; /* what others call it, or NULL */
	bool needs_no_target;
	enum cw_needs needs;
	unsigned takes;			     /* of enum cw_takes */
	const struct cw_option *own_options; /* up to one without name */
	/* Writes the answer.  What must be computed beyond @needs it asks of
	 * the session itself. */
	struct cw_error *(*run)(struct cw_call *call);
};

/* All commands, NULL behind the last. */
extern const struct cw_command *const cw_commands[];

/*
 * The command of that name in that group, or with NULL in the first group that
 * has one; NULL: none.
 */
const struct cw_command *cw_command_find(const char *group, const char *name);

#endif

/*
 * Run: the words of a command to its answer; what the program and the plugin
 * call.
 *
 *	cw_request_parse(num_words, words, &request);
 *	core = cw_request_take_core(request);         (the program only)
 *	cw_request_check(request);
 *	cw_target_open_core(core, cw_request_target_options(request), &target);
 *	session = cw_session_create(target);
 *	cw_request_run(request, session, &style, stdout, &result);
 */
#ifndef COMMAND_RUN_H
#define COMMAND_RUN_H

#include <stdio.h>

#include "command/session.h"

/* How the answer is to look; the words of the command may say otherwise. */
struct cw_run_style {
	unsigned width; /* columns of the terminal; 0: any */
	bool has_color;
	/* Options are suggested as "-limit" in GDB, "--limit" in the shell. */
	bool is_gdb;
	bool is_utf8; /* the terminal shows more than ASCII */
};

/* Exit status of what Ctrl-C stopped, as shells have it. */
enum { CW_STATUS_STOPPED = 130 };

/*
 * What a GDB user's convenience variables are set to: the first address shown,
 * and the count and bytes of the answer.
 */
struct cw_run_result {
	int status; /* exit status: 0 to 3, or CW_STATUS_STOPPED */
	bool has_address;
	cw_addr address;
	bool has_totals;
	uint64_t count, bytes;
};

struct cw_request;

/*
 * Which command the words name, and its options: "heap leaks --limit 5",
 * "leaks -lim 5", "heap -l"; no words: "heap analyze".  The words after the
 * command that are no options are its arguments, in order.
 */
struct cw_error *cw_request_parse(size_t num_words, const char *const *words,
				  struct cw_request **ret) cw_must_check;
void cw_request_destroy(struct cw_request *request);

/* Target options in the words: --exe, --sysroot, --debug-dir. */
const struct cw_target_options *
cw_request_target_options(const struct cw_request *request);
/* --pid; 0: not given.  --snapshot. */
uint64_t cw_request_pid(const struct cw_request *request);
enum cw_snapshot cw_request_snapshot(const struct cw_request *request);
/* Whether it can only be answered with a target; help and version need none. */
bool cw_request_needs_target(const struct cw_request *request);
/* --no-progress was not given. */
bool cw_request_wants_progress(const struct cw_request *request);
/*
 * In the shell the target's core file is the last argument: takes it off and
 * returns it; NULL: none left.
 */
const char *cw_request_take_core(struct cw_request *request);

/*
 * In GDB an address may be any expression, which GDB has to evaluate: gives
 * the argument that is one; NULL: the command takes no address, or it is a
 * number already.
 */
const char *cw_request_expression(const struct cw_request *request);
/* Puts the value of that expression in its place. */
void cw_request_set_value(struct cw_request *request, uint64_t value);

/* Whether the arguments are those that the command has; cw_request_run() asks
 * this too, but by then the target is open. */
struct cw_error *
cw_request_check(const struct cw_request *request) cw_must_check;

/*
 * Runs the request and writes the answer to @out (or to --output FILE).
 * @session may be NULL for requests that need no target.  An error has not been
 * written; cw_run_status() is then the status.
 */
struct cw_error *cw_request_run(struct cw_request *request,
				struct cw_session *session,
				const struct cw_run_style *style, FILE *out,
				struct cw_run_result *ret) cw_must_check;

/* Exit status for an error: 2 for CW_ERROR_USAGE, CW_STATUS_STOPPED for
 * CW_ERROR_INTERRUPTED, 3 otherwise. */
int cw_run_status(const struct cw_error *err);

/*
 * The commands, in the order in which they are shown; for GDB's help.  Writes
 * number @i, counted from 0; false: there are no more.
 */
struct cw_command_info {
	const char *group; /* "heap"; NULL: none, as "help" */
	const char *name;
	const char *arguments; /* "ADDR" */
	const char *summary;   /* one line */
	const char *help;      /* paragraphs */
};
bool cw_command_info(size_t i, struct cw_command_info *ret);

/* The command that a word is nearest to, for "did you mean"; or NULL. */
const char *cw_command_meant(const char *word);

#endif

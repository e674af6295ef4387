/*
 * Run: the words of a command to its answer; what the program and the plugin
 * call.
 */
#ifndef COMMAND_RUN_H
#define COMMAND_RUN_H

#include <stdio.h>

#include "command/session.h"

/* How the answer is to look; the words of the command may say otherwise. */
struct cw_run_style {
	unsigned width; /* columns of the terminal */
	bool has_color;
	/* Options are suggested as "-limit" in GDB, "--limit" in the shell. */
	bool is_gdb;
};

/*
 * What a GDB user's convenience variables are set to: the first address shown,
 * and the count and bytes of the answer.
 */
struct cw_run_result {
	int status; /* exit status: 0 to 3 */
	bool has_address;
	cw_addr address;
	bool has_totals;
	uint64_t count, bytes;
};

/*
 * Which command the words name, and the options of it that the caller acts on
 * before there is a session.  "heap leaks --limit 5", "leaks -lim 5",
 * "heap -l"; no words: "heap analyze".  The words after the command that are
 * no options are left in @arguments, in order.
 */
struct cw_request;

struct cw_error *cw_request_parse(size_t num_words, const char *const *words,
				  struct cw_request **ret) cw_must_check;
void cw_request_destroy(struct cw_request *request);

/* Target options in the words: --exe, --sysroot, --debug-dir. */
const struct cw_target_options *
cw_request_target_options(const struct cw_request *request);
/* --pid; 0: not given. */
uint32_t cw_request_pid(const struct cw_request *request);
/* Whether it can be answered without a target (help, version). */
bool cw_request_needs_target(const struct cw_request *request);
/* --no-progress was not given. */
bool cw_request_wants_progress(const struct cw_request *request);
/*
 * In the shell the target's core file is the last argument: takes it off and
 * returns it; NULL: none left.
 */
const char *cw_request_take_core(struct cw_request *request);

/*
 * Runs the request and writes the answer to @out (or to --output FILE).
 * @session may be NULL for requests that need no target.  An error has not been
 * written; the result is then its status.
 */
struct cw_error *cw_request_run(struct cw_request *request,
				struct cw_session *session,
				const struct cw_run_style *style, FILE *out,
				struct cw_run_result *ret) cw_must_check;

/* Exit status for an error: 2 for CW_ERROR_USAGE, 3 otherwise. */
int cw_run_status(const struct cw_error *err);

/*
 * The names of all commands, "heap leaks", … in the order of the table, and
 * the help text of one; for GDB's help, the man page and completion.
 */
size_t cw_command_names(const char *const **ret);

#endif

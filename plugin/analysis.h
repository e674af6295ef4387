/*
 * Analysis: the session of the inferior that GDB shows, kept from command to
 * command.
 *
 * It is dropped when GDB shows another inferior, when the process has run or
 * the core has been written anew, and when other files are asked for.
 *
 * Not here: the words of commands (plugin/answer.c).
 */
#ifndef PLUGIN_ANALYSIS_H
#define PLUGIN_ANALYSIS_H

#include "command/session.h"
#include "plugin/inferior.h"
#include "plugin/info.h"

struct cw_analysis {
	struct cw_session *session; /* NULL: none */
	struct cw_inferior inferior;
	/* It is of one moment of a process that is not GDB's own: it is good
	 * until GDB unwinds frames anew. */
	bool is_moment;
	bool is_stale; /* that has happened since */
	/* As the words said, and as used; their strings are ours. */
	struct cw_target_options options, used_options;
	/* Of opening the target; the session has one of its own. */
	struct cw_progress progress;
};

void cw_analysis_init(struct cw_analysis *analysis);
void cw_analysis_deinit(struct cw_analysis *analysis);

/*
 * Whether the session is that of the inferior that shows @frame, without
 * asking GDB.
 */
bool cw_analysis_is_current(const struct cw_analysis *analysis,
			    const struct cw_plugin_frame *frame,
			    const struct cw_target_options *options);

/*
 * Opens the inferior that shows @frame, and begins its session.  @options are
 * those of the words; the program that GDB has is used when they name none.
 */
struct cw_error *cw_analysis_begin(struct cw_analysis *analysis,
				   const struct cw_plugin_frame *frame,
				   const struct cw_target_options *options,
				   const struct cw_info *info) cw_must_check;

#endif

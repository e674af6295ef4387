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
#include "target/remote.h"

struct cw_analysis {
	struct cw_session *session; /* NULL: none */
	struct cw_inferior inferior;
	/* GDB unwound frames since: it may show another inferior, or the
	 * process may have run. */
	bool is_stale;
	/* What the session reads, of a process that is not here; or NULL.  It
	 * is good until GDB unwinds frames anew. */
	struct cw_far_memory *far;
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

/*
 * The same for a process that somebody else holds.  @far is its memory, which
 * is served meanwhile and becomes the analysis's; NULL: it is here.
 */
struct cw_error *cw_analysis_begin_remote(
	struct cw_analysis *analysis, const struct cw_plugin_frame *frame,
	const struct cw_target_options *options, const struct cw_info *info,
	const struct cw_remote *remote,
	struct cw_far_memory *far) cw_must_check;

#endif

/*
 * Path text: a path from a root to a block in one line,
 * "g_cache.buckets[3]->next->body".
 */
#ifndef COMMAND_PATH_TEXT_H
#define COMMAND_PATH_TEXT_H

#include "base/text.h"
#include "command/session.h"

void cw_path_text(const struct cw_session *session, const struct cw_path *path,
		  struct cw_text *text);

/*
 * Adds the shortest path to @block, or nothing when no root leads to it.  The
 * session must have CW_NEEDS_PATHS.
 */
struct cw_error *cw_path_describe(struct cw_session *session,
				  const struct cw_block *block,
				  struct cw_text *text) cw_must_check;

#endif

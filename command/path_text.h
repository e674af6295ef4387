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
/*
 * The path that says most, of which only one is to be told: a shortest one from
 * a variable with a name if there is one of some shortest; else a shortest one.
 * As cw_paths_find() otherwise, with one path at most; *has_more as usual.
 */
struct cw_error *cw_path_find_telling(struct cw_session *session,
				      const struct cw_block *block,
				      struct cw_paths *ret) cw_must_check;

struct cw_error *cw_path_describe(struct cw_session *session,
				  const struct cw_block *block,
				  struct cw_text *text) cw_must_check;

#endif

/*
 * Describe: blocks and places in a few words.
 */
#ifndef COMMAND_DESCRIBE_H
#define COMMAND_DESCRIBE_H

#include "base/text.h"
#include "command/session.h"
#include "object/name.h"

/*
 * Adds the type of a block, "Node", "char [20]", or "unknown"; when no types
 * were looked for, "".
 */
void cw_describe_type(const struct cw_session *session,
		      const struct cw_block *block, struct cw_text *text);

/*
 * Adds the text that the block begins with, in quotes and cut to @max bytes;
 * false: it does not begin with a text.
 */
bool cw_describe_string(const struct cw_session *session,
			const struct cw_block *block, size_t max,
			struct cw_text *text);

/* Both of the above, for the last column of a table. */
void cw_describe_block(const struct cw_session *session,
		       const struct cw_block *block, struct cw_text *text);

/* What the session knows that names are made from. */
struct cw_name_context cw_describe_context(const struct cw_session *session);

/* Adds the path of a place in a block: ".next", "[3].key", "+0x18". */
void cw_describe_offset(const struct cw_session *session,
			const struct cw_block *block, uint64_t offset,
			struct cw_text *text);

/*
 * Adds what holds the word: "g_cache.buckets[3]" in a root, "Node.next" in a
 * block.  @slot is its address where @root is NULL.
 */
void cw_describe_root_word(const struct cw_session *session,
			   const struct cw_root *root, uint64_t offset,
			   struct cw_text *text);
void cw_describe_field(const struct cw_session *session,
		       const struct cw_block *block, uint64_t offset,
		       struct cw_text *text);

/* "yes", "no", or "" where reach was not computed. */
const char *cw_describe_reachable(const struct cw_session *session,
				  const struct cw_block *block);

#endif

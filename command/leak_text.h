/*
 * Leak text: a group of leaks or rings in one line, "chain of 500 item via
 * .next".
 */
#ifndef COMMAND_LEAK_TEXT_H
#define COMMAND_LEAK_TEXT_H

#include "command/json.h"
#include "command/session.h"

/* The name of a label; NULL: it is 0, or no types were looked for. */
const char *cw_leak_label_name(const struct cw_session *session,
			       uint32_t label);

void cw_leak_group_text(const struct cw_session *session,
			const struct cw_leak_group *group,
			struct cw_text *text);
void cw_ring_group_text(const struct cw_session *session,
			const struct cw_ring_group *group,
			struct cw_text *text);

/* Opens the object of a group, with its signature and its line of text. */
void cw_leak_group_json_begin(struct cw_json *json, uint64_t signature,
			      const struct cw_text *text);

/* ".next", "+0x8": the word at @offset of the block at @address. */
void cw_leak_link_text(const struct cw_session *session, cw_addr address,
		       uint64_t offset, struct cw_text *text);

#endif

/*
 * Value: what a field of a known type holds, as a person reads it.
 */
#ifndef COMMAND_VALUE_H
#define COMMAND_VALUE_H

#include "base/text.h"
#include "command/session.h"

/*
 * Adds the value of the scalar of @type at @address (bit-fields by @member,
 * which may be NULL): "42", "'a'", "0x55…", "RED".  "?" when it cannot be
 * read.
 */
void cw_value_add(const struct cw_session *session, const struct cw_type *type,
		  const struct cw_member *member, cw_addr address,
		  struct cw_text *text);

#endif

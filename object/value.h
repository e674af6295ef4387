/*
 * Value: what a field of a known type holds, as a person reads it.
 */
#ifndef OBJECT_VALUE_H
#define OBJECT_VALUE_H

#include "base/text.h"
#include "object/name.h"

/*
 * Adds the value of the scalar of @type at @address (bit-fields by @member,
 * which may be NULL): "42", "'a'", "0x55…", "RED".  "?" when it cannot be
 * read.
 */
void cw_value_add(const struct cw_name_context *context,
		  const struct cw_type *type, const struct cw_member *member,
		  cw_addr address, struct cw_text *text);

/*
 * Adds an object of a library's type in a person's words, as its rule has
 * them: "3 elements, room for 4", "\"abc\"".  False: no rule speaks of it.
 */
bool cw_value_add_object(const struct cw_name_context *context,
			 const struct cw_type *type, cw_addr address,
			 struct cw_text *text);

/*
 * Adds what a person would write to look up the key of @type at @address: 42,
 * "user:42", RED.  False: nothing short stands for it.
 */
bool cw_value_add_key(const struct cw_name_context *context,
		      const struct cw_type *type, cw_addr address,
		      struct cw_text *text);

#endif

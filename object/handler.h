/*
 * Handlers: the functions that an object keeps beside a pointer, itself or in a
 * table of operations, and what they take.
 *
 * Code that calls ops->free(context) says of "context" what any function takes
 * that some table has there.  The table of this one object says which of them.
 *
 * Not here: names of objects by their tables (object/operations.h).
 */
#ifndef OBJECT_HANDLER_H
#define OBJECT_HANDLER_H

#include "object/vague.h"

/*
 * The candidate of @field that functions of the object at @holder take, and no
 * other; -1: there are no such functions, or they do not say.
 */
int cw_handlers_tell(struct cw_vagues *fields, const struct cw_vague *field,
		     cw_addr holder);

#endif

/*
 * Pointer array: blocks of unknown type that hold pointers to blocks of one
 * type and hardly anything else.
 *
 * Such a block is likely an array of those pointers; nothing is concluded from
 * it.
 */
#ifndef OBJECT_POINTER_ARRAY_H
#define OBJECT_POINTER_ARRAY_H

#include "object/typing_private.h"

/* Looks at all blocks that are unknown. */
struct cw_error *
cw_pointer_arrays_seek(struct cw_typing *typing,
		       struct cw_progress *progress) cw_must_check;

#endif

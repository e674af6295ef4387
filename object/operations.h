/*
 * Operations: objects of C that begin with a pointer to a table of functions.
 *
 * A block of unknown type whose first word is the address of a variable that
 * holds functions is an object that these are for.  What it is called nobody
 * says, but the table has a name: "object of tcp_ops".  Not so where debug info
 * declares the table: that it leads to no type is then no lack of names.
 *
 * Not here: tables of C++ classes (object/vtable.h), which say more.
 */
#ifndef OBJECT_OPERATIONS_H
#define OBJECT_OPERATIONS_H

#include "object/typing_private.h"

/* Looks at all blocks that are unknown. */
struct cw_error *cw_operations_seek(struct cw_typing *typing,
				    struct cw_progress *progress) cw_must_check;

#endif

/*
 * Lock types: which types are a library's locks, and what else threads wait
 * for.  A person knows such an object by where it is, not by the member of it
 * that a thread waits at.
 *
 * Source of the names: the libraries' own headers and debug info.
 */
#ifndef OBJECT_LOCK_TYPE_H
#define OBJECT_LOCK_TYPE_H

#include <stdbool.h>

#include "dwarf/type.h"

enum cw_lock_type {
	CW_LOCK_TYPE_NONE,
	CW_LOCK_TYPE_PLAIN,
	CW_LOCK_TYPE_AROUND, /* what it guards is a member, and may be another
			      */
};

/* Of a type as it is declared, typedefs and all. */
enum cw_lock_type cw_lock_type_of(const struct cw_type *type);

#endif

/*
 * Python: objects of CPython, which say themselves of which type they are.
 *
 * Every object begins with its reference count and a pointer to its type, which
 * has its name.  Objects that the collector tracks have its links before them,
 * and those with a dictionary of their own two words more.  Types are known by
 * theirs: in the end `type`, which has a symbol also where nothing else has
 * one.
 *
 * What lists, dictionaries and the like have in a block of its own is named by
 * them.
 *
 * Not here: where CPython's own allocator has its blocks (heap/pymalloc.c).
 */
#ifndef OBJECT_PYTHON_H
#define OBJECT_PYTHON_H

#include "object/typing_private.h"

/* Names all that no declared pointer leads to.  No Python: nothing. */
struct cw_error *cw_python_seek(struct cw_typing *typing,
				struct cw_progress *progress) cw_must_check;

#endif
